"""The outbox, the page that shows it while the site is tried out, and what comes back."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from surveys import outbox
from surveys.accounts import letters
from surveys.models import Message

NOTIFICATION = """\
From: MAILER-DAEMON@example.org
To: consultation@localhost
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your message.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; elena@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: Invitation

--b--
"""


def compose(language="en", **fields):
    fields = {"kind": "invitation", "to": "elena@example.org", "key": "a"} | fields
    return outbox.compose(lambda: letters.code("KBCD-FGHJ"), language=language, **fields)


@pytest.fixture
def message(listens):
    outbox.put([compose()])
    return Message.objects.get()


def record(action, message_id):
    notification = NOTIFICATION.format(action=action, message_id=message_id)
    out = io.StringIO()
    call_command("record_bounce", source=io.BytesIO(notification.encode()), stdout=out)
    return out.getvalue()


def test_an_email_is_of_a_kind_that_staff_know():
    with pytest.raises(ValueError, match="No e-mail is of the kind greeting"):
        compose(kind="greeting")


def test_a_subject_is_one_line_whatever_the_names_in_it_hold(listens):
    listens.short_title = {"en": "Thrive!\r\nBcc: everybody@example.org"}
    listens.save()

    assert compose().subject == "KBCD-FGHJ is your code for Thrive! Bcc: everybody@example.org"


def test_what_has_a_key_that_is_there_already_is_not_written_again(listens):
    assert outbox.put([compose(), compose(key="b")]) == 2
    assert outbox.put([compose(), compose(key="b"), compose(key="c")]) == 1
    assert Message.objects.count() == 3


def test_a_letter_is_in_its_readers_language_and_says_the_same_twice(listens):
    message = compose("ro")

    assert "KBCD-FGHJ" in message.subject
    assert message.text.count("KBCD-FGHJ") == 1
    assert '<html lang="ro">' in message.html
    assert "KBCD-FGHJ" in message.html


@override_settings(DEBUG=True, MAILBOX=True)
@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_the_mailbox_shows_what_would_have_been_sent(client, message, language):
    listed = client.get(f"/{language}/mailbox/").content.decode()
    shown = client.get(f"/{language}/mailbox/{message.pk}/").content.decode()
    framed = client.get(f"/{language}/mailbox/{message.pk}/html/")

    assert f'href="/{language}/mailbox/{message.pk}/"' in listed
    assert "KBCD-FGHJ" in shown
    assert framed.content.decode() == message.html
    assert "script-src" not in framed["Content-Security-Policy"]
    assert "default-src 'none'" in framed["Content-Security-Policy"]
    assert framed["X-Frame-Options"] == "SAMEORIGIN"


@override_settings(DEBUG=True, MAILBOX=True)
def test_an_empty_mailbox_says_how_to_get_something_into_it(client, listens):
    assert "No e-mail was written yet" in client.get("/en/mailbox/").content.decode()


@pytest.mark.parametrize(("debug", "is_mailbox"), [(False, True), (True, False), (False, False)])
def test_elsewhere_there_is_no_mailbox(client, message, debug, is_mailbox):
    with override_settings(DEBUG=debug, MAILBOX=is_mailbox):
        for path in ("", f"{message.pk}/", f"{message.pk}/html/"):
            assert client.get(f"/en/mailbox/{path}").status_code == 404


def test_without_a_mail_server_nothing_is_thrown_away_in_production(message):
    with override_settings(DEBUG=False, MAILBOX=True), pytest.raises(CommandError):
        call_command("send_messages")

    message.refresh_from_db()
    assert message.state == "waiting"


def test_a_message_that_comes_back_is_marked_with_what_the_server_said(message):
    told = record("failed", message.message_id)

    message.refresh_from_db()
    assert told == "elena@example.org: came back.\n"
    assert (message.state, message.error) == ("bounced", "smtp; 550 5.1.1 no such user")


def test_a_delay_changes_nothing(message):
    record("delayed", message.message_id)

    message.refresh_from_db()
    assert message.state == "waiting"


@pytest.mark.parametrize("message_id", ["<x@example.org>", "<listens-1-20270101000000@evil>", ""])
def test_what_names_no_message_of_ours_changes_nothing(message, message_id):
    with pytest.raises(CommandError, match="It names no e-mail of ours"):
        record("failed", message_id)

    message.refresh_from_db()
    assert message.state == "waiting"


@pytest.mark.parametrize("garbage", [b"", b"\xff\xfe\0", b"Content-Type: multipart/report\n\nx"])
def test_what_is_no_notification_is_told_in_words(message, garbage):
    with pytest.raises(CommandError, match="It names no e-mail of ours"):
        call_command("record_bounce", source=io.BytesIO(garbage))
