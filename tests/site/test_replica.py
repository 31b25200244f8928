"""When a replica may be read from. A real one is in test_past_one_machine.py."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session

from consultation import lag, replica
from consultation.lag import Lag
from surveys.models import Response, User
from tests.site.test_settings import PRODUCTION, show

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
REPLICA = "postgresql://site:secret@db2.example.org:5433/answers"


def at(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is set."""
    seconds = [0.0]
    monkeypatch.setattr(lag.time, "monotonic", lambda: seconds[0])
    return seconds


def test_a_replica_that_nobody_has_looked_at_is_late(clock):
    assert not Lag().is_within(10)


def test_a_replica_that_has_replayed_all_is_not_late(clock):
    seen = Lag()
    seen.note(at(0), 100, 100)

    assert seen.is_within(0)


def test_a_primary_that_writes_nothing_makes_nobody_late(clock):
    seen = Lag()
    for second in range(60):
        seen.note(at(second), 100, 100)

    assert seen.is_within(0)


def test_a_replica_that_stands_still_is_late_once_the_primary_goes_on(clock):
    seen = Lag()
    seen.note(at(0), 100, 100)
    seen.note(at(10), 101, 100)
    within_the_bound = seen.is_within(10)
    seen.note(at(11), 102, 100)

    assert within_the_bound
    assert not seen.is_within(10)


def test_what_was_seen_ages_by_itself(clock):
    seen = Lag()
    seen.note(at(0), 100, 100)
    clock[0] = 10.5

    assert not seen.is_within(10)
    assert seen.is_within(11)


def test_a_replica_serves_nobody_who_wrote_later_than_it_knows(clock):
    seen = Lag()
    seen.note(at(0), 100, 100)
    seen.note(at(2), 105, 103)

    assert seen.is_within(10, since=at(0))
    assert not seen.is_within(10, since=at(1))


def test_what_was_promoted_or_is_away_is_no_replica(clock):
    promoted, away = Lag(), Lag()
    promoted.note(at(0), 100, None)
    away.note(at(0), 100, 100)
    away.forget()

    assert not promoted.is_within(10)
    assert not away.is_within(10)


def test_reads_go_where_they_are_sent_and_writes_never_do():
    router = replica.Router()

    with replica._reading():
        inside = [router.db_for_read(model) for model in (Response, User, Session)]
        written = router.db_for_write(Response)

    assert inside == ["replica", "default", "default"]
    assert written == "default"
    assert router.db_for_read(Response) == "default"
    assert not router.allow_migrate("replica", "surveys")


def test_without_a_replica_everything_is_the_primary(db):
    assert replica.from_replica(replica.alias) == "default"


def test_a_replica_is_configured_by_its_address():
    configured = show(
        "settings.DATABASES['replica']['HOST'], settings.DATABASE_ROUTERS, settings.MIDDLEWARE[-1]",
        **PRODUCTION,
        REPLICA_URL=REPLICA,
    )

    assert configured == (
        "db2.example.org ['consultation.replica.Router'] consultation.replica.OwnWritesMiddleware"
    )
    assert show("list(settings.DATABASES), settings.MIDDLEWARE[-1]", **PRODUCTION) == (
        "['default'] consultation.middleware.DatabaseAwayMiddleware"
    )


def test_behind_pgbouncer_there_is_no_second_pool_and_no_cursor_of_the_server():
    shown = "[settings.DATABASES['default'].get(n) for n in ('OPTIONS', 'CONN_MAX_AGE', {})]"
    shown = shown.format("'DISABLE_SERVER_SIDE_CURSORS'")

    assert show(shown, **PRODUCTION, PGBOUNCER="1") == "[{'connect_timeout': 2}, 60, True]"
