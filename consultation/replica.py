"""Reading from a streaming replica, for as long as it is hardly behind the primary.

Nothing is read there unless code asks for it with `from_replica` or `reads_replica`, and nothing
is ever written there. Without REPLICA_URL all of this is the primary.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from consultation.lag import Lag
from consultation.middleware import brings_session

ALIAS = "replica"
WROTE_AT = "wrote_at"
"""In the session of a member of staff: the primary's time when they last wrote."""

LOOK_EVERY = 1
AWAY_FOR = 10
"""Seconds for which nobody tries a replica that did not answer."""

READ_THERE = "surveys"
"""Of this app alone; sessions, rights and counts of tries are the primary's."""

Read = TypeVar("Read")
View = Callable[..., Any]
Since = Callable[[HttpRequest], datetime | None]

log = logging.getLogger(__name__)
_alias: ContextVar[str] = ContextVar("alias", default=DEFAULT_DB_ALIAS)


class Router:
    """Where the ORM reads and writes. Installed where there is a replica."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        told = model._meta
        is_read_there = told.app_label == READ_THERE and told.label != settings.AUTH_USER_MODEL
        return alias() if is_read_there else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        # They are the same rows on both.
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def alias() -> str:
    """Where to read now: the replica inside of `from_replica`, else the primary."""
    return _alias.get()


def connection() -> BaseDatabaseWrapper:
    """The connection to read by now, for SQL that no router sees."""
    return connections[alias()]


def from_replica(read: Callable[[], Read], since: datetime | None = None) -> Read:
    """What `read` gives on the replica; on the primary where that is away or late.

    With `since`, the replica serves only once it has all that was written until then. `read` must
    bear to be called twice: if the replica goes away meanwhile, the primary is asked.
    """
    if not _watch.holds(since):
        return read()
    try:
        with _reading():
            return read()
    except (OperationalError, InterfaceError) as error:
        _watch.is_away(error)
        return read()


def reads_replica(since: Since | None = None) -> Callable[[View], View]:
    """Let GET of a view read from the replica. `since` tells of a request what it must show."""

    def decorate(view: View) -> View:
        @wraps(view)
        def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD"):
                answer: HttpResponseBase = view(request, *args, **kwargs)
                return answer
            return from_replica(
                lambda: _rendered(view(request, *args, **kwargs)), since(request) if since else None
            )

        return served

    return decorate


def own_writes(request: HttpRequest) -> datetime | None:
    """When the visitor last wrote, so that nobody misses what they have just done."""
    wrote_at = request.session.get(WROTE_AT) if is_there() else None
    return datetime.fromisoformat(wrote_at) if wrote_at else None


class OwnWritesMiddleware:
    """Note when a member of staff has written. Installed where there is a replica."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        is_write = request.method not in ("GET", "HEAD", "OPTIONS")
        if is_write and brings_session(request) and _is_staff(request):
            request.session[WROTE_AT] = _primary()[0].isoformat()
        return answer


def _is_staff(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_staff", False))


def _rendered(answer: HttpResponseBase) -> HttpResponseBase:
    """The admin's pages ask their questions only while they are rendered."""
    render = getattr(answer, "render", None)
    if render:
        render()
    return answer


@contextmanager
def _reading() -> Iterator[None]:
    token = _alias.set(ALIAS)
    try:
        yield
    finally:
        _alias.reset(token)


def is_there() -> bool:
    """Whether a replica is configured at all."""
    return ALIAS in settings.DATABASES


def _primary() -> tuple[datetime, int]:
    """Its time, and until where its log was written then or later."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp(), pg_current_wal_lsn() - '0/0'")
        moment, written = cursor.fetchone()
        return moment, int(written)


def _replayed() -> int | None:
    """Until where the replica has that log; None of a server that is no replica any more."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_last_wal_replay_lsn() - '0/0' WHERE pg_is_in_recovery()")
        found = cursor.fetchone()
        return int(found[0]) if found and found[0] is not None else None


class Watch:
    """Looks at the replica once in a while, and answers from what was seen last."""

    def __init__(self) -> None:
        self.lag = Lag()
        self._next_look = 0.0

    def holds(self, since: datetime | None) -> bool:
        """Whether the replica has everything until then, and is not late."""
        if not is_there():
            return False
        if time.monotonic() >= self._next_look:
            # Whoever comes meanwhile goes by the last look instead of waiting for this one.
            self._next_look = time.monotonic() + LOOK_EVERY
            self._look()
        return self.lag.is_within(settings.REPLICA_MAX_LAG_SECONDS, since)

    def is_away(self, error: Exception) -> None:
        """Leave it alone for a while."""
        log.warning("The replica is away, the primary is asked: %s", error)
        self.lag.forget()
        self._next_look = time.monotonic() + AWAY_FOR

    def _look(self) -> None:
        moment, written = _primary()
        try:
            self.lag.note(moment, written, _replayed())
        except (OperationalError, InterfaceError) as error:
            self.is_away(error)


_watch = Watch()
