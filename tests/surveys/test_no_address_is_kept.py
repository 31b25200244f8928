"""Abuse is limited by network, and no network address is kept: not stored, not logged."""

import ipaddress
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from surveys.daily_key import daily_key, forget_keys
from surveys.identifiers import new_secret
from surveys.models import Attempts, Member, Organisation
from surveys.people import make_person
from surveys.rate_limits import RateLimit, hashed_network, network
from tests.surveys.keys import new_key
from tests.surveys.signing_in import sign_in_with_code

CANARIES = ("198.51.100.77", "2001:db8:77::1")
TODAY, TOMORROW = date(2026, 11, 25), date(2026, 11, 26)


@pytest.fixture
def keys(settings, tmp_path):
    settings.DAILY_KEYS = str(tmp_path / "keys")
    daily_key.cache_clear()
    yield tmp_path / "keys"
    daily_key.cache_clear()


def forms_of(address):
    """As text, packed, as a number, in hexadecimal; of IPv6 also what is common to a household."""
    ip = ipaddress.ip_address(address)
    yield from (str(ip), ip.exploded, ip.packed.hex(), str(int(ip)), f"{int(ip):x}")
    yield from (ip.reverse_pointer, address.rpartition(".")[0] or "2001:db8:77")


def everything_stored():
    """All tables as PostgreSQL writes them out, what is binary in hexadecimal."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:  # noqa: S608
                yield b"".join(map(bytes, copy)).decode()


def whole_journey(address):
    """A citizen saves, sends and mistypes; an organisation signs in and answers."""
    client = Client(REMOTE_ADDR=address)
    client.post("/en/citizens/", {"key": new_key(), "place": "timis", "save": ""})
    sent = client.post("/en/citizens/", {"key": new_key(), "place": "borski", "C5": "Un pod"})
    assert client.get(sent.url).status_code == 200
    client.get(f"/en/citizens/sent/AAAA-AAAA/{new_secret()}/")
    client.post("/en/reply/subscribe/", {"email": "vesna@example.org"})
    client.post("/en/stakeholders/31/section/border/", {"S1": "both"})
    assert sign_in_with_code(client, "elena@example.org").status_code == 302
    assert client.get("/en/stakeholders/31/").status_code == 200
    client.post("/en/stakeholders/31/section/border/", {"S1": "both"})
    client.get("/en/nothing/")
    client.post(reverse("sign_out"))


@pytest.mark.parametrize("address", CANARIES)
def test_a_whole_journey_leaves_no_address_in_the_database_or_the_logs(
    listens, keys, caplog, capfd, address
):
    caplog.set_level("DEBUG")
    organisation = Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")
    person = make_person("elena@example.org", language="en")
    Member.objects.create(organisation=organisation, user=person)

    whole_journey(address)

    told = capfd.readouterr()
    kept = "\n".join([*everything_stored(), caplog.text, told.out, told.err]).lower()
    assert Attempts.objects.count() >= 2
    assert "un pod" in kept
    assert [form for form in forms_of(address) if form.lower() in kept] == []


def test_what_is_searched_for_would_be_found(listens, keys):
    for number, form in enumerate(forms_of(CANARIES[0])):
        Attempts.objects.create(bucket=form[:64], since=datetime.now(UTC), count=number)

    kept = "\n".join(everything_stored())

    assert all(form in kept for form in forms_of(CANARIES[0]))


def test_the_same_network_is_another_one_the_next_day(rf, keys):
    request = rf.get("/", REMOTE_ADDR=CANARIES[0])
    moments = [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (25, 25, 26)]

    first, again, next_day = (hashed_network(request, "x", moment) for moment in moments)

    assert first == again != next_day


def test_the_key_of_a_day_is_gone_with_the_next(keys):
    first = daily_key(TODAY)
    daily_key(TOMORROW)

    assert [file.name for file in keys.iterdir()] == ["2026-11-26"]
    assert daily_key(TODAY) != first


def test_all_processes_of_a_machine_have_the_same_key_and_nobody_else_reads_it(keys):
    mine = daily_key(TODAY)
    daily_key.cache_clear()

    file = keys / TODAY.isoformat()
    assert daily_key(TODAY) == mine == file.read_bytes()
    assert len(mine) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700


def test_a_late_request_of_yesterday_takes_todays_key_from_nobody(keys):
    today = daily_key(TOMORROW)
    daily_key(TODAY)

    assert daily_key(TOMORROW) == today
    forget_keys(TOMORROW)
    assert [file.name for file in keys.iterdir()] == ["2026-11-26"]


def test_a_school_behind_one_address_sends_its_answers(listens, keys):
    for number in range(40):
        sent = {"key": new_key(), "place": "timis", "C5": f"Person {number}"}
        assert Client(REMOTE_ADDR=CANARIES[0]).post("/en/citizens/", sent).status_code == 302


def test_a_limit_is_for_one_network_alone(rf, listens, keys):
    few = RateLimit("few", 2, timedelta(days=1))
    busy, other = (rf.get("/", REMOTE_ADDR=address) for address in CANARIES)
    neighbour = rf.get("/", REMOTE_ADDR="2001:db8:77::ffff")

    for request in (other, neighbour):
        few.count(request)

    assert few.is_exceeded(other)
    assert not few.is_exceeded(busy)


def test_ipv4_is_told_apart_also_where_it_comes_through_ipv6(rf):
    plain, mapped, other = (
        network(rf.get("/", REMOTE_ADDR=address))
        for address in ("192.0.2.7", "::ffff:192.0.2.7", "::ffff:192.0.2.8")
    )

    assert (mapped, other) == (plain, "192.0.2.8")


def test_the_folder_of_the_keys_is_memory(settings):
    assert not Path("/dev/shm").is_dir() or settings.DAILY_KEYS.startswith("/dev/shm/")  # noqa: S108
