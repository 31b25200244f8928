"""What whoever runs the site sees of it: logs, numbers of errors, metrics. Nothing of anybody."""

import io
import json
import logging
import re
import sys
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultation import health, logs, metrics
from surveys.answering import citizens
from surveys.gauges import GaugesCollector
from surveys.identifiers import new_secret
from surveys.models import Fault, Member, Message, Organisation, User
from surveys.people import make_person
from tests.surveys.keys import new_key
from tests.surveys.signing_in import sign_in_staff, sign_in_with_code

GIVEN = "0123456789abcdef0123456789abcdef"
CANARIES = ("198.51.100.77", "2001:db8:77::1")
WORDS = "Un pod la Baziaș"
TOKEN = {"Authorization": "Bearer a-long-token"}


@pytest.fixture
def log():
    """What the site writes in production, as text."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    handler.addFilter(logs.RequestIdFilter())
    requests = logging.getLogger("consultation.requests")
    before = root.level, requests.level
    root.addHandler(handler)
    root.setLevel("INFO")
    requests.setLevel("INFO")
    yield stream
    root.removeHandler(handler)
    root.setLevel(before[0])
    requests.setLevel(before[1])


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = "a-long-token"


def lines(log):
    return [json.loads(line) for line in log.getvalue().splitlines()]


def broken(monkeypatch, error):
    """The citizens' form fails while it is stored, with words of whoever sent it."""

    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(citizens, BROKEN, fail)


BROKEN = "send_citizen_response"


def send(client, words=WORDS, **headers):
    form = {"key": new_key(), "place": "timis", "C5": words}
    return client.post("/en/citizens/", form, headers=headers)


def test_every_request_is_one_line_with_the_name_of_its_page(listens, client, log):
    answer = client.get("/en/citizens/")

    [said] = [each for each in lines(log) if each["logger"] == "consultation.requests"]
    assert said["id"] == answer.headers["X-Request-ID"]
    assert (said["page"], said["method"], said["status"]) == ("citizens", "GET", 200)
    assert set(said) == {
        *("time", "level", "logger", "message", "id"),
        *("page", "method", "status", "ms"),
    }


def test_the_id_of_a_server_in_front_is_taken(client, settings):
    settings.BEHIND_PROXY = True

    assert client.get("/live", headers={"X-Request-ID": GIVEN}).headers["X-Request-ID"] == GIVEN


@pytest.mark.parametrize("given", ["", "elena@example.org", GIVEN + "0", GIVEN.upper()])
def test_what_is_no_id_is_replaced(client, settings, given):
    settings.BEHIND_PROXY = True

    made = client.get("/live", headers={"X-Request-ID": given}).headers["X-Request-ID"]

    assert made != given
    assert re.fullmatch("[0-9a-f]{32}", made)


def test_nobody_but_our_own_server_in_front_names_a_request(client):
    assert client.get("/live", headers={"X-Request-ID": GIVEN}).headers["X-Request-ID"] != GIVEN


def test_the_page_of_a_fault_shows_a_number_that_the_log_has(listens, log, monkeypatch):
    broken(monkeypatch, ValueError(WORDS))
    answer = send(Client(raise_request_exception=False))
    number = answer.headers["X-Request-ID"][:8]
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"web1 | not json\n{log.getvalue()}"))
    out = io.StringIO()

    call_command("find_error", number, stdout=out)

    assert answer.status_code == 500
    assert answer.content.decode().count(f'<strong translate="no">{number}</strong>') == 4
    assert '"exception": "ValueError"' in out.getvalue()
    assert '"page": "citizens"' in out.getvalue()
    assert "tests/surveys/test_observability.py" in out.getvalue()
    assert WORDS not in log.getvalue()


def test_staff_look_a_number_up_as_it_was_read_out(listens, monkeypatch):
    broken(monkeypatch, ValueError(WORDS))
    answer = send(Client(raise_request_exception=False))
    number = answer.headers["X-Request-ID"][:8]
    desk = Client()
    sign_in_staff(desk, User.objects.create_superuser("head"))
    asked = f" {number[:4].upper()} {number[4:]} "

    page = desk.get(reverse("admin:errors"), {"number": asked}).content.decode()

    fault = Fault.objects.get()
    assert (fault.number, fault.page, fault.exception) == (number, "citizens", "ValueError")
    assert f'<h2 id="fault-{fault.pk}">{number}</h2>' in page
    assert '<dd translate="no">ValueError</dd>' in page
    assert WORDS not in page + fault.raised_at


def test_a_number_that_nobody_was_shown_is_not_found(db):
    desk = Client()
    sign_in_staff(desk, User.objects.create_superuser("head"))

    page = desk.get(reverse("admin:errors"), {"number": "01234567"}).content.decode()

    assert "There is no such number here." in page


def test_a_page_that_always_fails_does_not_fill_the_disk(listens, monkeypatch):
    monkeypatch.setattr("surveys.faults.AT_MOST", 1)
    broken(monkeypatch, ValueError(WORDS))
    for _ in range(3):
        send(Client(raise_request_exception=False))

    assert Fault.objects.count() == 1


def test_the_page_of_a_database_away_shows_its_number_too(listens, client, log, monkeypatch):
    broken(monkeypatch, OperationalError(f"server closed, {WORDS}"))
    answer = send(client)
    number = answer.headers["X-Request-ID"][:8]

    assert answer.status_code == 503
    assert f'<strong translate="no">{number}</strong>' in answer.content.decode()
    said = {each["message"] for each in lines(log) if each["id"].startswith(number)}
    assert "The database is away: OperationalError" in said


@pytest.mark.parametrize("number", ["1234567", "zzzzzzzz", "01234567"])
def test_a_number_that_is_nowhere_is_said_to_be(monkeypatch, number):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    with pytest.raises(CommandError):
        call_command("find_error", number)


def test_a_whole_journey_leaves_nothing_of_anybody_in_the_log(listens, log, monkeypatch, capfd):
    Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")
    person = make_person("elena@example.org", language="en")
    Member.objects.create(organisation_id=31, user=person)
    secret = new_secret()
    staff = User.objects.create_superuser("head")
    citizens_form = listens.questionnaires.get(slug="citizens")
    for address in CANARIES:
        client = Client(
            raise_request_exception=False, REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR=address
        )
        sent = send(client)
        assert client.get(sent.url).status_code == 200
        client.get(f"/en/citizens/sent/AAAA-AAAA/{secret}/?email=elena@example.org")
        client.get(f"/{secret}/", headers={"Host": "elena.example.org"})
        sign_in_with_code(client, "elena@example.org")
        assert client.get("/en/stakeholders/31/").status_code == 200
        client.post("/en/stakeholders/31/section/border/", {"S1": "both", "S2": WORDS})
        sign_in_staff(client, staff)
        export = reverse("admin:surveys_response_export", args=[citizens_form.pk, "codes"])
        assert client.post(export).status_code in (200, 302)
        with monkeypatch.context() as patched:
            broken(patched, ValueError(f"{WORDS} {address} elena@example.org {secret}"))
            assert send(client, f"{WORDS}, vă rog").status_code == 500

    told = capfd.readouterr()
    text = "\n".join([log.getvalue(), told.out, told.err])
    secrets = [*sent.url.strip("/").split("/")[3:], secret]
    unwanted = [*CANARIES, "elena", "timis", "Bazia", "Dunărea", *secrets, "/en/"]
    assert len(lines(log)) > 20
    assert [each for each in unwanted if each in text] == []


def test_metrics_are_for_who_knows_the_token(client, token, db):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 404
    assert client.get("/metrics", headers=TOKEN).status_code == 200


def test_without_a_token_there_are_no_metrics(client, db):
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def numbers(client):
    """Each line of /metrics, by what stands before its value."""
    text = client.get("/metrics", headers=TOKEN).content.decode()
    said = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in said}


def test_requests_are_counted_by_page_and_responses_by_language(listens, client, token):
    line = 'consultation_requests_total{method="POST",page="citizens",status="3xx"}'
    before = numbers(client).get(line, 0)
    send(client)
    now = numbers(client)

    questionnaire = listens.questionnaires.get(slug="citizens").pk
    labels = f'{{language="en",questionnaire="{questionnaire}"}}'
    assert now[line] == before + 1
    assert now[f"consultation_responses_sent{labels}"] == 1
    assert now["consultation_database_up"] == 1


def test_the_number_of_lines_does_not_grow_with_addresses_that_are_made_up(client, token, db):
    for method in ("GET", "PROPFIND", "ELENA"):
        client.generic(method, "/en/made-up-1/")
    client.get("/metrics", headers=TOKEN)
    before = len(numbers(client))
    for n in range(9):
        client.generic(f"ELENA{n}", f"/en/made-up-{n}/")

    assert len(numbers(client)) == before


def test_an_email_that_waits_is_told_with_its_age(client, token, db):
    Message.objects.create(
        **{"key": "a", "kind": "code", "to": "a@example.org", "language": "en"},
        next_try_at=timezone.now(),
    )
    Message.objects.update(created_at=timezone.now() - timezone.timedelta(hours=1))
    now = numbers(client)

    assert now["consultation_emails_waiting"] == 1
    assert 3600 <= now["consultation_oldest_email_seconds"] < 3700


def test_where_the_database_is_away_metrics_say_so(monkeypatch, db):
    def away():
        raise OperationalError

    monkeypatch.setattr("surveys.gauges.drafts", away)

    [said] = GaugesCollector().collect()
    assert (said.name, said.samples[0].value) == ("consultation_database_up", 0)


def test_the_age_of_the_last_backup_is_that_of_its_file(client, token, db, settings, tmp_path):
    settings.BACKUP_STAMP = str(tmp_path / "done")
    assert "consultation_backup_age_seconds" not in numbers(client)
    (tmp_path / "done").touch()

    assert numbers(client)["consultation_backup_age_seconds"] < 60


def test_a_process_whose_database_lacks_a_migration_is_not_ready(client, db, monkeypatch):
    health._all_migrations_seen.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'surveys'")

    answer = client.get("/ready")
    assert (answer.status_code, answer.content) == (503, b"migrations missing\n")


def test_every_alert_asks_for_metrics_that_there_are(client, token, listens, tmp_path, settings):
    settings.BACKUP_STAMP = str(tmp_path / "done")
    (tmp_path / "done").touch()
    send(client)
    metrics.UNAVAILABLE.labels("database").inc(0)
    there = {name.partition("{")[0] for name in numbers(client)} | {"up"}
    document = Path(configured.BASE_DIR / "docs" / "operating.md").read_text("utf-8")
    asked = re.findall(r"```promql\n(.*?)```", document, re.DOTALL)
    names = {name for each in asked for name in re.findall(r"\bconsultation_\w+", each)}

    # Of the last fold there is nothing before the first.
    assert len(asked) >= 8
    assert names - there <= {"consultation_tallies_age_seconds"}


def test_the_document_lists_every_gauge():
    source = Path(configured.BASE_DIR / "surveys" / "gauges.py").read_text("utf-8")
    document = Path(configured.BASE_DIR / "docs" / "operating.md").read_text("utf-8")

    assert [n for n in re.findall(r'"(consultation_\w+)"', source) if n not in document] == []
