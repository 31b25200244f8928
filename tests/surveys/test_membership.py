"""Colleagues come, get roles, hand over and leave."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from surveys import membership
from surveys.answering import members
from surveys.membership import NobodyCouldSend, accept_invitations, change_role, invite, remove
from surveys.models import Invitation, Member, Message, Organisation
from surveys.people import make_person
from surveys.rate_limits import RateLimit
from tests.surveys.keys import key_on
from tests.surveys.signing_in import sign_in_with_code

TEAM = "/en/stakeholders/31/"
DRAGAN = "dragan@example.org"


@pytest.fixture
def organisation(listens):
    return Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")


@pytest.fixture
def elena(client, organisation):
    user = make_person("elena@example.org", name="Elena Pop", language="ro")
    client.force_login(user)
    return Member.objects.create(organisation=organisation, user=user, role="send")


@pytest.fixture
def dragan(organisation):
    user = make_person(DRAGAN, name="Драган П.", language="sr")
    return Member.objects.create(organisation=organisation, user=user, role="edit")


def ask(client, email=DRAGAN, role="edit", language="sr"):
    form = {"email": email, "role": role, "language": language}
    return client.post(f"{TEAM}members/invite/", form)


def people():
    return sorted(Member.objects.values_list("user__email", "role"))


def test_a_colleague_is_invited_in_their_language_and_comes(client, elena):
    ask(client)
    message = Message.objects.get(kind="invitation")
    sign_in_with_code(Client(), DRAGAN)

    assert (message.to, message.language) == (DRAGAN, "sr")
    assert f"/sr/invitation/{Invitation.objects.get().token}/" in message.text
    assert "Elena Pop" in message.text
    assert people() == [(DRAGAN, "edit"), ("elena@example.org", "send")]


@pytest.mark.parametrize("email", ["Elena@example.org", "DRAGAN@example.org"])
def test_who_is_there_or_invited_is_told_and_not_written_to_again(client, elena, email):
    ask(client)

    answer = ask(client, email)

    assert answer.status_code == 422
    assert "is a member or is invited already" in answer.content.decode()
    assert Message.objects.count() == 1


def test_an_invitation_is_sent_again_once_an_hour_at_most(client, elena):
    ask(client)
    again = f"{TEAM}invitations/{Invitation.objects.get().pk}/again/"

    client.post(again)
    client.post(again)

    assert Message.objects.count() == 2


def test_one_network_invites_so_many_a_day_and_keeps_what_it_entered(client, elena, monkeypatch):
    monkeypatch.setattr(members, "COLLEAGUES", RateLimit("few", 2, timedelta(days=1)))
    ask(client, "one@example.org")
    client.post(f"{TEAM}members/hand-over/", {"email": "two@example.org", "language": "ro"})

    refused = ask(client, "three@example.org")
    handed = client.post(
        f"{TEAM}members/hand-over/", {"email": "four@example.org", "language": "ro"}
    )
    client.post(f"{TEAM}invitations/{Invitation.objects.first().pk}/again/")

    assert (refused.status_code, handed.status_code) == (429, 422)
    for page in (refused, handed):
        assert "Try again tomorrow" in page.content.decode()
    assert "three@example.org" in refused.content.decode()
    assert sorted(Message.objects.values_list("to", flat=True)) == [
        *("one@example.org", "two@example.org"),
    ]


def test_a_withdrawn_invitation_lets_nobody_in(client, elena):
    ask(client)
    invitation = Invitation.objects.get()
    client.post(f"{TEAM}invitations/{invitation.pk}/withdraw/")
    sign_in = client.get(f"/en/invitation/{invitation.token}/")
    accept_invitations(make_person(DRAGAN, language="sr"), timezone.now())

    assert sign_in.status_code == 404
    assert people() == [("elena@example.org", "send")]


def test_a_removed_member_is_out_at_once_and_their_words_come_back_to_them(client, elena, dragan):
    client.force_login(dragan.user)
    section = f"{TEAM}section/border/"
    key = key_on(client.get(section))
    remove(dragan)

    read = client.get(section)
    saved = client.post(section, {"key": key, "S1": "both", "autosave": "yes"})

    assert (read.status_code, saved.status_code) == (404, 404)
    assert people() == [("elena@example.org", "send")]


def test_who_was_invited_and_removed_does_not_come_back_by_signing_in(client, elena):
    ask(client)
    sign_in_with_code(Client(), DRAGAN)
    remove(Member.objects.get(user__email=DRAGAN))

    accept_invitations(make_person(DRAGAN, language="sr"), timezone.now())

    assert people() == [("elena@example.org", "send")]


def test_the_last_one_who_can_send_stays_until_somebody_else_can(client, elena, dragan):
    for verb in (lambda: remove(elena), lambda: change_role(elena, "edit")):
        with pytest.raises(NobodyCouldSend):
            verb()
    told = client.post(f"{TEAM}members/{elena.pk}/remove/")
    also = client.post(f"{TEAM}members/{elena.pk}/role/", {"role": "edit"})
    client.post(f"{TEAM}members/{dragan.pk}/role/", {"role": "send"})
    client.post(f"{TEAM}members/{elena.pk}/remove/")

    assert (told.status_code, also.status_code) == (409, 422)
    assert "Somebody has to be able to send" in told.content.decode()
    assert people() == [(DRAGAN, "send")]


def test_the_last_member_may_leave(client, elena):
    client.post(f"{TEAM}members/{elena.pk}/remove/")

    assert people() == []


def test_handing_over_to_a_colleague_is_done_at_once(client, elena, dragan):
    client.post(f"{TEAM}members/hand-over/", {"email": DRAGAN, "language": "sr"})

    assert people() == [(DRAGAN, "send")]


def test_handing_over_to_somebody_new_is_done_when_they_come(client, elena):
    client.post(f"{TEAM}members/hand-over/", {"email": DRAGAN, "language": "sr"})
    before = people()
    sign_in_with_code(Client(), DRAGAN)

    assert before == [("elena@example.org", "send")]
    assert people() == [(DRAGAN, "send")]


def hand_over(client, email=DRAGAN):
    return client.post(f"{TEAM}members/hand-over/", {"email": email, "language": "sr"})


def test_who_takes_a_place_takes_it_as_it_is_when_they_come(client, elena, dragan):
    visitor = Client()
    visitor.force_login(dragan.user)
    hand_over(visitor, "jovana@example.org")
    change_role(dragan, "send")
    remove(elena)

    sign_in_with_code(Client(), "jovana@example.org")

    assert people() == [("jovana@example.org", "send")]


def test_who_is_removed_has_no_place_to_hand_over(client, elena, dragan):
    visitor = Client()
    visitor.force_login(dragan.user)
    hand_over(visitor, "dragan.at.home@example.org")

    client.post(f"{TEAM}members/{dragan.pk}/remove/")
    accept_invitations(make_person("dragan.at.home@example.org", language="sr"), timezone.now())

    assert people() == [("elena@example.org", "send")]


def test_who_leaves_before_the_other_one_comes_has_handed_over_all_the_same(client, elena):
    hand_over(client)
    client.post(f"{TEAM}members/{elena.pk}/remove/")

    sign_in_with_code(Client(), DRAGAN)

    assert people() == [(DRAGAN, "send")]


@pytest.mark.parametrize("last", ["milica@example.org", "elena@example.org"])
def test_a_place_is_handed_over_to_one_person(client, elena, dragan, last):
    visitor = Client()
    visitor.force_login(dragan.user)
    hand_over(visitor, "jovana@example.org")
    hand_over(visitor, last)

    sign_in_with_code(Client(), last)
    accept_invitations(make_person("jovana@example.org", language="sr"), timezone.now())

    assert [email for email, _role in people()] == sorted({"elena@example.org", last})


@pytest.mark.parametrize("ask_again", [ask, hand_over])
def test_who_came_and_has_left_can_be_asked_again(client, elena, ask_again):
    ask(client)
    sign_in_with_code(Client(), DRAGAN)
    Member.objects.get(user__email=DRAGAN).delete()

    assert ask_again(client).status_code == 302
    accept_invitations(make_person(DRAGAN, language="sr"), timezone.now())

    assert DRAGAN in dict(people())


def test_who_asked_not_to_be_written_to_is_not_sent_it_again(client, elena):
    ask(client)
    invitation = Invitation.objects.get()
    Client().post(f"/en/invitation/{invitation.token}/decline/")

    again = client.post(f"{TEAM}invitations/{invitation.pk}/again/")

    assert again.status_code == 404
    assert "Send again" not in client.get(f"{TEAM}members/").content.decode()
    assert Message.objects.count() == 1


def test_an_invitation_that_is_withdrawn_at_that_moment_lets_nobody_in(client, elena, monkeypatch):
    ask(client)
    person = make_person(DRAGAN, language="sr")
    locked = membership._locked

    def withdrawn_before_it_is_locked(organisation_id):
        Invitation.objects.all().delete()
        return locked(organisation_id)

    monkeypatch.setattr(membership, "_locked", withdrawn_before_it_is_locked)
    accept_invitations(person, timezone.now())

    assert people() == [("elena@example.org", "send")]


def test_nobody_hands_over_to_themselves(client, elena):
    answer = client.post(
        f"{TEAM}members/hand-over/", {"email": "ELENA@example.org", "language": "ro"}
    )

    assert answer.status_code == 422
    assert people() == [("elena@example.org", "send")]


def test_coming_twice_is_coming_once_and_the_higher_role_wins(organisation, elena, dragan):
    now = timezone.now()
    Invitation.objects.create(organisation=organisation, email="Dragan@example.org", role="send")

    accept_invitations(dragan.user, now)
    accept_invitations(dragan.user, now)

    assert people() == [(DRAGAN, "send"), ("elena@example.org", "send")]


def test_inviting_is_in_the_transaction_of_what_it_writes(organisation, elena, monkeypatch):
    monkeypatch.setattr("surveys.membership.outbox.put", lambda messages: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        invite(elena, email=DRAGAN, role="edit", language="sr", moment=timezone.now())

    assert not Invitation.objects.exists()
