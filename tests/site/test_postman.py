"""Nobody is written to twice and nobody is forgotten, whatever happens to sender and server."""

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.models import Message
from surveys.postman import DELAYS, it_left, send_again, unclear
from surveys.subjects.erasing import ERASED, erase
from surveys.subjects.finding import Subject
from tests.conftest import ROOT
from tests.site.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mail_server():
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def sender(mail_server, database_of_the_tests):
    """Start `manage.py send_messages` as a process of its own, on the database of the tests."""
    started = []

    def start(*arguments):
        environment = database_of_the_tests | {
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
        }
        # The checks take longer than most of what is sent here, and other tests run them.
        process = subprocess.Popen(
            [sys.executable, "manage.py", "send_messages", "--skip-checks", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def write(count, **fields):
    now = timezone.now()
    Message.objects.bulk_create(
        Message(
            key=f"test:{number}",
            kind="invitation",
            to=f"office{number}@example.org",
            language="ro",
            subject="Invitație",
            text="Bună ziua",
            html="<p>Bună ziua</p>",
            next_try_at=now,
            **fields,
        )
        for number in range(count)
    )


def states():
    return dict(Counter(Message.objects.values_list("state", flat=True)))


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def resolve_like_staff(mail_server):
    """What somebody does who looks for each unclear message in the mail server's log."""
    later = timezone.now() + timedelta(minutes=10)
    for message in unclear(later):
        row = Message.objects.filter(pk=message.pk)
        if message.to in mail_server.accepted:
            it_left(row, later)
        else:
            send_again(row, later)
    Message.objects.update(next_try_at=timezone.now())


def test_5000_addresses_two_senders_and_five_deaths_write_to_everybody_once(mail_server, sender):
    write(5000)
    pair = [sender(), sender()]

    for death in range(1, 6):
        until(lambda death=death: len(mail_server.accepted) >= death * 700)
        kill(pair[death % 2])
        pair[death % 2] = sender()
    for process in pair:
        assert process.wait(timeout=60) == 0
    left_unclear = states().get("handing_over", 0)
    resolve_like_staff(mail_server)
    sender().wait(timeout=60)

    assert left_unclear <= 5
    assert states() == {"sent": 5000}
    assert sorted(mail_server.accepted) == sorted(f"office{n}@example.org" for n in range(5000))


def test_a_sender_that_is_killed_while_the_server_reads_is_unclear_and_not_repeated(
    mail_server, sender
):
    write(3)
    reached, go_on = threading.Event(), threading.Event()

    def wait(address):
        if address == "office1@example.org" and not go_on.is_set():
            reached.set()
            go_on.wait(20)
            return ""
        return None

    mail_server.answers["."] = wait
    process = sender()
    assert reached.wait(20)
    kill(process)
    go_on.set()
    sender().wait(timeout=20)

    assert sorted(mail_server.accepted) == ["office0@example.org", "office2@example.org"]
    assert states() == {"sent": 2, "handing_over": 1}
    resolve_like_staff(mail_server)
    sender().wait(timeout=20)
    assert Counter(mail_server.accepted) == {f"office{n}@example.org": 1 for n in range(3)}


def test_a_server_that_takes_a_message_and_hangs_up_is_not_given_it_again(mail_server, sender):
    write(2)
    mail_server.answers["taken"] = lambda address: "" if address[6] == "0" else None

    told = sender().communicate(timeout=20)[0]

    assert Counter(mail_server.accepted) == {"office0@example.org": 1, "office1@example.org": 1}
    assert states() == {"sent": 1, "handing_over": 1}
    assert "Unclear: 1" in told
    resolve_like_staff(mail_server)
    sender().wait(timeout=20)
    assert states() == {"sent": 2}
    assert len(mail_server.accepted) == 2


def test_a_server_that_hangs_up_before_the_message_gets_it_later(mail_server, sender):
    write(2)
    mail_server.answers["RCPT"] = lambda address: "" if address[6] == "0" else None
    sender().wait(timeout=20)
    waiting = Message.objects.get(state="waiting")
    del mail_server.answers["RCPT"]
    Message.objects.update(next_try_at=timezone.now())
    sender().wait(timeout=20)

    assert waiting.to == "office0@example.org"
    assert sorted(mail_server.accepted) == ["office0@example.org", "office1@example.org"]


def test_a_refused_address_comes_back_and_the_others_are_sent(mail_server, sender):
    write(3)
    mail_server.answers["RCPT"] = lambda address: "550 no such user" if address[6] == "1" else None

    told = sender().communicate(timeout=20)[0]

    refused = Message.objects.get(state="bounced")
    assert refused.to == "office1@example.org"
    assert "no such user" in refused.error
    assert told == "Sent: 2. To be tried again: 0. Given up: 1. Unclear: 0\n"


def test_an_address_that_cannot_be_written_to_stops_nobody_elses_letter(mail_server, sender):
    write(2)
    # As punycode its domain is longer than a domain may be.
    Message.objects.filter(to="office0@example.org").update(to=f"a@{'ü' * 60}.org")

    process = sender()
    process.wait(20)

    assert mail_server.accepted == ["office1@example.org"]
    assert states() == {"sent": 1, "failed": 1}


def test_a_busy_server_is_tried_again_after_longer_and_longer_and_then_given_up(
    mail_server, sender
):
    write(1)
    mail_server.answers["RCPT"] = lambda address: "451 try later"
    waited = []

    for _try in range(len(DELAYS) + 1):
        Message.objects.update(next_try_at=timezone.now())
        before = timezone.now()
        sender().wait(timeout=20)
        message = Message.objects.get()
        waited.append(round((message.next_try_at - before).total_seconds() / 60))

    assert waited[: len(DELAYS)] == [round(delay.total_seconds() / 60) for delay in DELAYS]
    assert (message.state, message.attempts) == ("failed", len(DELAYS) + 1)
    assert mail_server.accepted == []


def test_a_server_that_is_away_changes_nothing(mail_server, sender):
    write(2)
    mail_server.stop()

    told = sender().communicate(timeout=40)

    assert "The mail server cannot be reached" in told[1]
    assert states() == {"waiting": 2}
    assert Message.objects.filter(attempts=0).count() == 2


def test_the_watcher_sends_what_comes_within_seconds_and_ends_when_told(mail_server, sender):
    process = sender("--watch")
    write(1)
    until(lambda: mail_server.accepted)
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=20) == 0
    assert states() == {"sent": 1}


def test_what_leaves_has_plain_text_html_and_a_number_of_its_own(mail_server, sender):
    write(1)

    sender().wait(timeout=20)

    message = Message.objects.get()
    text = mail_server.texts[0]
    assert f"Message-ID: {message.message_id}" in text
    assert "Content-Language: ro" in text
    assert "Content-Type: text/plain" in text
    assert "Content-Type: text/html" in text


def test_a_code_is_forgotten_as_soon_as_it_was_sent(mail_server, sender):
    write(1)
    Message.objects.update(kind="code")

    sender().wait(timeout=20)

    assert Message.objects.values_list("state", "subject", "text", "html").get() == (
        *("sent", "", "", ""),
    )


@pytest.fixture
def reading(mail_server):
    """The server has got the first message's text and answers as a test wants, when it wants."""
    reached, go_on, answers = threading.Event(), threading.Event(), {}

    def wait(address):
        if not reached.is_set():
            reached.set()
            go_on.wait(20)
            return answers.get(address)
        return None

    mail_server.answers["."] = wait
    yield reached, go_on, answers
    go_on.set()


@pytest.mark.parametrize("said", [None, "451 try later", "550 no such user"])
def test_an_email_that_is_erased_while_the_server_reads_it_does_not_come_back(
    sender, reading, said
):
    reached, go_on, answers = reading
    write(1)
    answers["office0@example.org"] = said
    process = sender()
    assert reached.wait(20)

    report = erase(Subject(email="office0@example.org"))
    go_on.set()

    assert process.wait(timeout=20) == 0
    assert report["emails"] == 1
    assert not Message.objects.exists()


def test_a_name_that_is_erased_from_an_email_while_the_server_reads_it_stays_erased(
    sender, reading
):
    reached, go_on, answers = reading
    write(1)
    Message.objects.update(text="Write to ioana@example.org", html="<p>ioana@example.org</p>")
    answers["office0@example.org"] = "451 try later"
    process = sender()
    assert reached.wait(20)

    erase(Subject(email="ioana@example.org"))
    go_on.set()

    assert process.wait(timeout=20) == 0
    assert Message.objects.values_list("state", "attempts", "text", "html").get() == (
        *("waiting", 1, f"Write to {ERASED}", f"<p>{ERASED}</p>"),
    )
