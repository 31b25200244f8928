"""The Secretariat sees what became of e-mails, and settles what is unclear."""

from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.models import Message, User
from surveys.roles import secretariat
from tests.surveys.signing_in import sign_in_staff

LIST = "/en/admin/surveys/message/"


@pytest.fixture
def staff(client, listens):
    user = User.objects.create_user("ana", is_staff=True)
    user.groups.add(secretariat())
    sign_in_staff(client, user)
    return client


def write(to, state="waiting", kind="invitation", minutes_ago=0):
    moment = timezone.now() - timedelta(minutes=minutes_ago)
    return Message.objects.create(
        key=to,
        kind=kind,
        to=to,
        language="ro",
        subject="Invitație",
        text="KBCD-FGHJ",
        state=state,
        next_try_at=moment,
        handed_over_at=moment,
    )


def act(client, action, *messages):
    chosen = [message.pk for message in messages]
    return client.post(LIST, {"action": action, "_selected_action": chosen}, follow=True)


def states():
    return dict(Message.objects.values_list("to", "state"))


def test_what_is_unclear_is_told_with_what_to_do(staff):
    stuck = write("a@example.org", "handing_over", minutes_ago=10)
    write("b@example.org", "handing_over")

    listed = staff.get(LIST).content.decode()
    shown = staff.get(f"{LIST}{stuck.pk}/change/").content.decode()

    assert "1 e-mail was cut short while it was handed over" in listed
    assert stuck.message_id.strip("<>") in shown


def test_where_nothing_is_unclear_nothing_is_said(staff):
    write("a@example.org", "handing_over")

    assert "cut short" not in staff.get(LIST).content.decode()


def test_only_what_is_stuck_is_sent_again(staff):
    messages = [
        write("stuck@example.org", "handing_over", minutes_ago=10),
        write("busy@example.org", "handing_over"),
        write("given-up@example.org", "failed"),
        write("back@example.org", "bounced"),
        write("sent@example.org", "sent"),
        write("code@example.org", "failed", kind="code"),
    ]

    told = act(staff, "try_again", *messages).content.decode()

    assert "3 e-mails wait again." in told
    assert states() == {
        "stuck@example.org": "waiting",
        "busy@example.org": "handing_over",
        "given-up@example.org": "waiting",
        "back@example.org": "waiting",
        "sent@example.org": "sent",
        "code@example.org": "failed",
    }


def test_only_what_is_unclear_is_marked_as_sent(staff):
    stuck = write("stuck@example.org", "handing_over", minutes_ago=10)
    waiting = write("waiting@example.org")

    told = act(staff, "say_it_left", stuck, waiting).content.decode()

    assert "1 e-mail is marked as sent." in told
    assert states() == {"stuck@example.org": "sent", "waiting@example.org": "waiting"}


def test_an_email_is_of_a_kind_in_words_and_only_read(staff):
    message = write("a@example.org", kind="reminder-not-sent")
    write("b@example.org", kind="approval")

    listed = staff.get(f"{LIST}?kind=reminder-not-sent").content.decode()
    page = staff.get(f"{LIST}{message.pk}/change/").content.decode()

    assert "reminder: not sent" in listed
    assert "b@example.org" not in listed
    assert 'name="_save"' not in page


@pytest.mark.parametrize(
    ("kind", "words"), [("subscription", "subscription to replies"), ("replies", "news of replies")]
)
def test_what_subscribers_get_is_filtered_by_and_called_in_words(staff, kind, words):
    message = write("a@example.org", kind=kind)
    write("b@example.org")

    page = staff.get(f"{LIST}?kind={kind}")

    assert list(page.context["cl"].result_list) == [message]
    assert f'<td class="field-shown_kind">{words}</td>' in page.content.decode()
    assert f'<a href="?kind={kind}">{words}</a>' in staff.get(LIST).content.decode()


def test_a_one_time_code_is_shown_to_nobody(staff):
    code = write("a@example.org", kind="code")
    letter = write("b@example.org")

    assert "KBCD-FGHJ" not in staff.get(f"{LIST}{code.pk}/change/").content.decode()
    assert "KBCD-FGHJ" in staff.get(f"{LIST}{letter.pk}/change/").content.decode()


def test_nobody_adds_or_deletes_an_email(staff):
    message = write("a@example.org")

    assert staff.get(f"{LIST}add/").status_code == 403
    assert staff.get(f"{LIST}{message.pk}/delete/").status_code == 403
