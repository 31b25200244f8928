"""Organisations are invited, invited again and reminded, each at most once for each reason."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from surveys.admin.invitations import InvitationAdmin
from surveys.inviting import (
    NobodyIsAsked,
    _remind,
    correct_address,
    never_opened,
    remind,
    reminders_due,
    resend,
    send_invitations,
    unsent,
    with_state,
)
from surveys.inviting_letters import Occasion
from surveys.models import (
    Consultation,
    Invitation,
    Member,
    Message,
    Organisation,
    Response,
    User,
)
from surveys.roles import secretariat
from tests.surveys.signing_in import sign_in_staff

LIST = "/en/admin/surveys/invitation/"
DAY = timedelta(days=1)


@pytest.fixture
def staff(client, db):
    user = User.objects.create_user("ana", password="secret", is_staff=True)
    user.groups.add(secretariat())
    sign_in_staff(client, user)
    return client


@pytest.fixture
def now():
    return timezone.now()


def invite(email, organisation=None, **fields):
    organisation = organisation or Organisation.objects.create(name=f"Of {email}")
    return Invitation.objects.create(organisation=organisation, email=email, **fields)


def member(email, organisation, joined_at, **fields):
    user = User.objects.create_user(email, email, **fields)
    return Member.objects.create(organisation=organisation, user=user, joined_at=joined_at)


def everyone():
    return list(Invitation.objects.values_list("pk", flat=True))


def written():
    return list(Message.objects.order_by("key").values_list("key", "to", "language"))


def respond(listens, organisation, state):
    questionnaire = listens.questionnaires.get(slug="stakeholders")
    now = timezone.now()
    return Response.objects.create(
        questionnaire=questionnaire,
        version=questionnaire.current_version(),
        organisation=organisation,
        state=state,
        language="en",
        started_at=now,
        sent_at=None if state == "draft" else now,
    )


def streamed(page):
    return b"".join(page.streaming_content).decode()


# Inviting


def test_an_invitation_is_sent_once_in_its_language(listens, now):
    one = invite("a@b.example", language="ro")

    assert send_invitations(everyone(), now) == 1
    assert send_invitations(everyone(), now + DAY) == 0

    one.refresh_from_db()
    assert one.sent_at == now
    assert written() == [(f"invitation:{one.pk}", "a@b.example", "ro")]


def test_an_invitation_says_who_asks_for_what_and_until_when(listens, now, settings):
    settings.SITE_URL = "https://consultation.example"
    one = invite("a@b.example", Organisation.objects.create(name="Школа Бор"))

    send_invitations(everyone(), now)

    message = Message.objects.get()
    said = " ".join(message.text.split())
    assert message.subject == "Interreg LISTENS: an invitation to Школа Бор"
    assert "Interreg IPA Romania–Serbia Programme asks Школа Бор to take part" in said
    assert "It takes about 20 minutes." in said
    assert "Answers are taken until 28 February 2027, 23:59 (Romania), 22:59 (Serbia)." in said
    assert f"https://consultation.example/en/invitation/{one.token}/" in message.text
    assert "Do not write to us again" in said


@pytest.mark.parametrize(
    "fields",
    [
        {"accepted_at": timezone.now()},
        {"declined_at": timezone.now()},
        {"sent_at": timezone.now()},
    ],
)
def test_who_answered_or_was_invited_is_not_invited(listens, now, fields):
    invite("a@b.example", **fields)

    assert send_invitations(everyone(), now) == 0


@pytest.mark.parametrize("standing", ["waiting", "refused"])
def test_nobody_is_invited_for_an_organisation_that_is_not_listed(listens, now, standing):
    invite("a@b.example", Organisation.objects.create(name="A", standing=standing))

    assert send_invitations(everyone(), now) == 0


def test_nobody_is_invited_after_closing(listens, now):
    invite("a@b.example")
    Consultation.objects.update(opens_at=now - 2 * DAY, closes_at=now - DAY)

    with pytest.raises(NobodyIsAsked):
        send_invitations(everyone(), now)

    assert unsent().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_the_same_moment_write_once(listens, now):
    for number in range(20):
        invite(f"a{number}@b.example")
    ids = everyone()

    def send(_process):
        try:
            return send_invitations(ids, now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as processes:
        assert sum(processes.map(send, range(2))) == 20

    assert Message.objects.count() == 20


def test_an_invitation_that_came_back_is_sent_again_to_the_corrected_address(listens, now):
    one = invite("wrong@b.example")
    send_invitations(everyone(), now)
    Message.objects.update(state="bounced")
    token, one.email = one.token, "right@b.example"
    one.save(update_fields=["email"])
    correct_address(one)

    assert resend(one, now + DAY) is True

    one.refresh_from_db()
    assert one.sent_at == now + DAY
    assert one.token != token
    assert written()[1] == (f"invitation:{one.pk}:again:1", "right@b.example", "en")


def test_a_double_click_sends_again_once(listens, now):
    one = invite("a@b.example")
    send_invitations(everyone(), now)
    Message.objects.update(state="sent")

    assert [resend(one, now), resend(one, now)] == [True, False]


def test_what_was_withdrawn_is_not_sent_again(listens, now):
    one = invite("a@b.example")
    Invitation.objects.all().delete()

    assert resend(one, now) is False


# What became of it


@pytest.mark.parametrize(
    ("fields", "message", "state"),
    [
        ({}, None, "not_sent"),
        ({"sent_at": timezone.now()}, "waiting", "waiting"),
        ({"sent_at": timezone.now()}, "handing_over", "waiting"),
        ({"sent_at": timezone.now()}, "sent", "sent"),
        ({"sent_at": timezone.now()}, "bounced", "came_back"),
        ({"sent_at": timezone.now()}, "failed", "came_back"),
        ({"sent_at": timezone.now(), "opened_at": timezone.now()}, "sent", "opened"),
        ({"accepted_at": timezone.now(), "opened_at": timezone.now()}, "bounced", "accepted"),
        ({"declined_at": timezone.now(), "opened_at": timezone.now()}, "sent", "declined"),
    ],
)
def test_the_state_of_an_invitation_is_that_of_its_last_e_mail(
    staff, listens, now, fields, message, state
):
    one = invite("a@b.example", **fields)
    for number, each in enumerate(["sent", message] if message else []):
        Message.objects.create(key=str(number), invitation=one, state=each, next_try_at=now)

    assert with_state(Invitation.objects.all()).get().state == state
    assert staff.get(LIST, {"state": state}).context["cl"].result_count == 1


def test_who_never_opened_is_found(staff, listens, now):
    quiet = invite("quiet@b.example", sent_at=now)
    invite("new@b.example")
    invite("opened@b.example", sent_at=now, opened_at=now)
    invite("came@b.example", sent_at=now, accepted_at=now)

    assert list(Invitation.objects.filter(never_opened())) == [quiet]
    assert list(staff.get(LIST, {"state": "never_opened"}).context["cl"].result_list) == [quiet]


# Reminding


def test_reminders_tell_those_who_did_not_start_from_those_who_did_not_send(listens, now):
    invited = invite("invited@b.example", sent_at=now - 4 * DAY, language="sr")
    works = member("works@b.example", invited.organisation, now - 4 * DAY, language="ro")
    respond(listens, invited.organisation, "draft")
    day = f"{now.astimezone():%Y-%m-%d}"

    assert remind(now) == 2

    assert written() == [
        (f"reminder:invitation:{invited.pk}:{day}", "invited@b.example", "sr"),
        (f"reminder:member:{works.pk}:{day}", "works@b.example", "ro"),
    ]
    assert set(Message.objects.values_list("kind", flat=True)) == {
        "reminder-not-started",
        "reminder-not-sent",
    }
    invited.refresh_from_db()
    assert invited.reminded_at == now


@pytest.mark.parametrize("state", ["sent", "withdrawn"])
def test_who_has_sent_is_not_reminded(listens, now, state):
    invited = invite("invited@b.example", sent_at=now - 4 * DAY)
    member("works@b.example", invited.organisation, now - 4 * DAY)
    respond(listens, invited.organisation, state)

    assert remind(now) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"sent_at": None},
        {"sent_at": timezone.now() - 2 * DAY},
        {"accepted_at": timezone.now()},
        {"declined_at": timezone.now()},
        {"reminded_at": timezone.now() - 6 * DAY},
    ],
)
def test_who_was_not_invited_or_answered_or_was_written_to_lately_is_left_alone(
    listens, now, fields
):
    invite("a@b.example", **{"sent_at": now - 30 * DAY} | fields)

    assert remind(now) == 0


def test_an_address_that_came_back_is_not_reminded(listens, now):
    one = invite("a@b.example", sent_at=now - 4 * DAY)
    Message.objects.create(key="1", invitation=one, state="bounced", next_try_at=now)

    assert remind(now) == 0


def test_an_address_is_reminded_once_in_seven_days_whatever_it_belongs_to(listens, now):
    invite("a@b.example", sent_at=now - 30 * DAY)
    second = Organisation.objects.create(name="Second")
    invite("A@b.example", second, sent_at=now - 30 * DAY)
    member("a@B.example", Organisation.objects.create(name="Third"), now - 30 * DAY)

    numbers = []
    for days in (0, 1, 6, 7.1, 8):
        numbers.append(remind(now + days * DAY))
        if numbers[-1]:
            # It is written on the server's clock, which stands still here.
            last = Message.objects.latest("pk")
            Message.objects.filter(pk=last.pk).update(created_at=now + days * DAY)

    assert numbers == [1, 0, 0, 1, 0]
    assert set(Message.objects.values_list("to", flat=True)) == {"a@b.example"}


def test_a_member_who_joined_yesterday_is_left_alone(listens, now):
    member("a@b.example", Organisation.objects.create(name="A"), now - DAY)

    assert remind(now) == 0


def test_who_came_without_the_link_is_told_that_nothing_was_sent(listens, now):
    one = invite("a@b.example", sent_at=now - 4 * DAY)
    member("A@b.example", one.organisation, now - 4 * DAY)

    assert [each.about for each in reminders_due(now)] == [Member.objects.get()]


@pytest.mark.parametrize("standing", ["waiting", "refused"])
def test_an_organisation_that_is_not_listed_is_not_reminded(listens, now, standing):
    organisation = Organisation.objects.create(name="A", standing=standing)
    invite("a@b.example", organisation, sent_at=now - 4 * DAY)
    member("m@b.example", organisation, now - 4 * DAY)

    assert remind(now) == 0


@pytest.mark.parametrize(("opens", "closes"), [(1, 2), (-9, -1)])
def test_nobody_is_reminded_unless_the_consultation_is_open(listens, now, opens, closes):
    invite("a@b.example", sent_at=now - 4 * DAY)
    Consultation.objects.update(opens_at=now + opens * DAY, closes_at=now + closes * DAY)

    assert remind(now) == 0


def test_days_between_reminders_are_a_setting(listens, now, settings):
    settings.REMINDER_DAYS = 2
    invite("a@b.example", sent_at=now - 4 * DAY, reminded_at=now - 2 * DAY)

    assert remind(now) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_remind_at_the_same_moment_write_once(listens, now):
    for number in range(20):
        invite(f"a{number}@b.example", sent_at=now - 4 * DAY)
        member(f"m{number}@b.example", Organisation.objects.create(name=str(number)), now - 4 * DAY)

    def send(_process):
        try:
            return remind(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as processes:
        assert sum(processes.map(send, range(2))) == 40

    assert Message.objects.count() == 40


@pytest.mark.parametrize(
    "happens",
    [
        lambda: Invitation.objects.all().delete(),
        lambda: Invitation.objects.update(declined_at=timezone.now()),
        lambda: Invitation.objects.update(accepted_at=timezone.now()),
    ],
)
def test_who_is_not_asked_any_more_when_their_turn_comes_is_not_reminded(listens, now, happens):
    one = invite("a@b.example", sent_at=now - 4 * DAY)
    member("m@b.example", one.organisation, now - 4 * DAY)
    due = reminders_due(now)
    happens()
    Member.objects.all().delete()

    assert (len(due), _remind(due, Occasion.now(), now)) == (2, 0)
    connection.check_constraints()


def test_the_command_says_how_many_it_reminded(listens, now, capsys):
    invite("a@b.example", sent_at=now - 4 * DAY)

    call_command("remind")

    assert capsys.readouterr().out == "Reminded: 1\n"


# The pages of the Secretariat


def test_the_list_offers_to_send_and_to_remind(staff, listens, now):
    invite("a@b.example")
    invite("b@b.example")
    invite("c@b.example", sent_at=now - 4 * DAY)

    page = staff.get(LIST).content.decode()

    assert "Send the 2 invitations that were not sent" in page
    assert "Remind those who have not started or not sent (1)" in page


def test_sending_to_all_is_confirmed_with_the_numbers_of_each_language(staff, listens):
    invite("a@b.example", language="ro")
    invite("b@b.example", language="sr")
    invite("c@b.example", language="sr")

    asked = staff.get(f"{LIST}send/").content.decode()
    done = streamed(staff.post(f"{LIST}send/"))

    assert "3 e-mails will be sent:" in asked
    assert re.findall("<li>([^<]*: [0-9])</li>", asked) == [
        "Romanian: 1",
        "Serbian, Cyrillic script: 2",
    ]
    assert '<progress max="3" value="3"></progress> 3 / 3' in done
    assert "3 e-mails were written. They leave within minutes." in done
    assert Message.objects.count() == 3


def test_reminding_is_confirmed_and_shown(staff, listens, now):
    invite("a@b.example", sent_at=now - 4 * DAY)

    asked = staff.get(f"{LIST}remind/").content.decode()
    done = streamed(staff.post(f"{LIST}remind/"))

    assert "1 e-mail will be sent:" in asked
    assert "1 e-mail was written. It leaves within minutes." in done
    assert "Nobody is due" in staff.get(f"{LIST}remind/").content.decode()


def test_sending_after_closing_is_told_in_words(staff, listens, now):
    invite("a@b.example")
    Consultation.objects.update(opens_at=now - 2 * DAY, closes_at=now - DAY)

    done = streamed(staff.post(f"{LIST}send/"))

    assert "There is no consultation that organisations can answer now." in done


def test_the_selection_is_sent_and_sent_again(staff, listens):
    one, other = invite("a@b.example"), invite("b@b.example")

    streamed(staff.post(LIST, {"action": "send_invitations", "_selected_action": [one.pk]}))
    Message.objects.update(state="sent")
    chosen = {"action": "send_again", "_selected_action": [one.pk]}
    page = staff.post(LIST, chosen, follow=True).content.decode()

    assert "1 e-mail was written." in page
    assert [key for key, *_rest in written()] == [
        f"invitation:{one.pk}",
        f"invitation:{one.pk}:again:1",
    ]
    assert list(unsent()) == [other]


@pytest.mark.parametrize("words", ["skola bor", "Школа", "A@B.example", "b.exam"])
def test_an_invitation_is_found_by_its_address_and_its_organisation(staff, listens, words):
    found = invite("a@b.example", Organisation.objects.create(name="Школа Бор"))
    invite("x@y.example")

    assert list(staff.get(LIST, {"q": words}).context["cl"].result_list) == [found]


def test_a_corrected_address_gets_a_link_of_its_own(staff, listens, now):
    one = invite("wrong@b.example", sent_at=now)
    form = {"email": "right@b.example", "role": "send", "language": "en"}

    r = staff.post(f"{LIST}{one.pk}/change/", form)

    after = Invitation.objects.get()
    assert r.status_code == 302
    assert (after.email, after.token != one.token) == ("right@b.example", True)


def test_an_invitation_that_is_deleted_while_staff_change_it_is_told(staff, listens, monkeypatch):
    one = invite("a@b.example")
    get_object = InvitationAdmin.get_object

    def get_it_before_it_is_deleted(*args, **kwargs):
        found = get_object(*args, **kwargs)
        Invitation.objects.all().delete()
        return found

    monkeypatch.setattr(InvitationAdmin, "get_object", get_it_before_it_is_deleted)
    form = {"email": "right@b.example", "role": "send", "language": "en"}

    told = staff.post(f"{LIST}{one.pk}/change/", form, follow=True)

    assert told.redirect_chain == [("/en/admin/", 302)]
    assert "Perhaps it was deleted?" in told.content.decode()


def test_staff_invite_an_address_by_hand(staff, listens):
    organisation = Organisation.objects.create(name="A")
    form = {
        "organisation": organisation.pk,
        "email": "a@b.example",
        "role": "edit",
        "language": "ro",
    }

    r = staff.post(f"{LIST}add/", form)

    one = Invitation.objects.get()
    assert r.status_code == 302
    assert (one.email, one.role, one.invited_by.username) == ("a@b.example", "edit", "ana")


def test_who_asked_not_to_be_written_to_is_not_deleted(staff, listens, now):
    one = invite("a@b.example", declined_at=now)

    assert staff.post(f"{LIST}{one.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("page", ["", "send/", "remind/"])
def test_who_is_not_of_the_secretariat_gets_nothing(client, listens, page):
    sign_in_staff(client, User.objects.create_user("guest", is_staff=True))

    assert client.get(f"{LIST}{page}").status_code == 403
    assert client.post(f"{LIST}{page}").status_code == 403
