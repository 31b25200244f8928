"""Colleagues come, get roles, hand over and leave."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from surveys import membership
from surveys.answering import members
from surveys.membership import NobodyCouldSend, accept_invitations, change_role, invite, remove
from surveys.models import Invitation, Member, Message, Organisation
from surveys.people import make_person
from surveys.rate_limits import RateLimit
from surveys.registrations import merge
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
    remove(dragan, by=elena)

    read = client.get(section)
    saved = client.post(section, {"key": key, "S1": "both", "autosave": "yes"})

    assert (read.status_code, saved.status_code) == (404, 404)
    assert people() == [("elena@example.org", "send")]


def test_who_was_invited_and_removed_does_not_come_back_by_signing_in(client, elena):
    ask(client)
    sign_in_with_code(Client(), DRAGAN)
    remove(Member.objects.get(user__email=DRAGAN), by=elena)

    accept_invitations(make_person(DRAGAN, language="sr"), timezone.now())

    assert people() == [("elena@example.org", "send")]


def test_the_last_one_who_can_send_stays_until_somebody_else_can(client, elena, dragan):
    for verb in (
        lambda: remove(elena, by=elena),
        lambda: change_role(elena, "edit", by=elena),
    ):
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
    change_role(dragan, "send", by=elena)
    remove(elena, by=dragan)

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


# At the same moment


@pytest.fixture
def meanwhile(monkeypatch):
    """Let something happen after a page was let in, and before the organisation is locked."""
    locked = membership._locked

    def meanwhile(happens):
        def locked_too_late(organisation_id):
            monkeypatch.setattr(membership, "_locked", locked)
            happens()
            return locked(organisation_id)

        monkeypatch.setattr(membership, "_locked", locked_too_late)

    return meanwhile


def test_of_two_who_remove_each_other_the_first_one_stays(client, elena, dragan, meanwhile):
    change_role(dragan, "send", by=elena)
    visitor = Client()
    visitor.force_login(dragan.user)
    meanwhile(lambda: visitor.post(f"{TEAM}members/{elena.pk}/remove/"))

    told = client.post(f"{TEAM}members/{dragan.pk}/remove/", follow=True)

    page = told.content.decode()
    assert people() == [(DRAGAN, "send")]
    assert "You are not a member of Asociația Dunărea Verde any more. Nothing was changed." in page


@pytest.fixture
def acts(client, elena, dragan):
    """What Elena does about her colleagues, and what may never come of it once she is removed."""
    invitation = Invitation.objects.create(
        organisation=elena.organisation, email="old@example.org", role="edit", language="ro"
    )
    new = {"email": "new@example.org", "language": "ro"}
    doings = {
        "remove": (f"members/{dragan.pk}/remove/", {}),
        "role": (f"members/{dragan.pk}/role/", {"role": "edit"}),
        "invite": ("members/invite/", new | {"role": "edit"}),
        "again": (f"invitations/{invitation.pk}/again/", {}),
        "withdraw": (f"invitations/{invitation.pk}/withdraw/", {}),
        "approval": ("members/approval/", {"needed": "on"}),
        "hand over": ("members/hand-over/", new),
        "hand over to a colleague": ("members/hand-over/", new | {"email": DRAGAN}),
    }

    def acts(doing):
        address, form = doings[doing]
        return client.post(TEAM + address, form, follow=True)

    return acts


def team():
    """All that members decide about."""
    return (
        people(),
        [*Invitation.objects.values_list("email", flat=True)],
        Organisation.objects.get().needs_approval,
        Message.objects.count(),
    )


MANAGING = ("remove", "role", "invite", "again", "withdraw", "approval")


@pytest.mark.parametrize("doing", [*MANAGING, "hand over", "hand over to a colleague"])
def test_who_is_removed_at_that_moment_changes_nothing_and_is_told(
    elena, dragan, acts, meanwhile, doing
):
    change_role(dragan, "send", by=elena)
    meanwhile(lambda: remove(elena, by=dragan))

    told = acts(doing)

    page = told.content.decode()
    assert team() == ([(DRAGAN, "send")], ["old@example.org"], False, 0)
    assert "You are not a member of Asociația Dunărea Verde any more. Nothing was changed." in page


@pytest.mark.parametrize("doing", MANAGING)
def test_who_may_only_edit_from_that_moment_changes_nothing_and_is_told(
    elena, dragan, acts, meanwhile, doing
):
    change_role(dragan, "send", by=elena)
    meanwhile(lambda: change_role(elena, "edit", by=dragan))

    told = acts(doing)

    both = [(DRAGAN, "send"), ("elena@example.org", "edit")]
    assert told.status_code == 403
    assert "Only colleagues who can send may do this" in told.content.decode()
    assert team() == (both, ["old@example.org"], False, 0)


def test_a_place_is_handed_over_as_it_is_at_that_moment(elena, dragan, acts, meanwhile):
    Member.objects.create(
        organisation=elena.organisation, user=make_person("jovana@example.org", language="sr")
    )
    meanwhile(lambda: Member.objects.filter(pk=elena.pk).update(role="edit"))

    acts("hand over to a colleague")

    assert people() == [(DRAGAN, "edit"), ("jovana@example.org", "send")]


@pytest.mark.parametrize("doing", ["again", "withdraw"])
@pytest.mark.parametrize(
    ("happens", "left"),
    [
        (lambda waiting: waiting.delete(), []),
        (lambda waiting: waiting.update(accepted_at=timezone.now()), ["old@example.org"]),
    ],
)
def test_an_invitation_that_waits_no_longer_at_that_moment_stays_as_it_is(
    client, elena, acts, meanwhile, doing, happens, left
):
    meanwhile(lambda: happens(Invitation.objects.all()))

    told = acts(doing)

    assert "This invitation was withdrawn or answered meanwhile." in told.content.decode()
    assert [*Invitation.objects.values_list("email", flat=True)] == left
    assert not Message.objects.exists()


@pytest.mark.parametrize("page", ["invite", "hand-over"])
def test_who_is_invited_by_staff_at_that_moment_is_told_to_be_invited(
    client, elena, monkeypatch, page
):
    create = Invitation.objects.create

    def create_too_late(**fields):
        create(organisation=elena.organisation, email=DRAGAN)
        return create(**fields)

    monkeypatch.setattr(Invitation.objects, "create", create_too_late)

    form = {"email": DRAGAN, "role": "edit", "language": "sr"}
    told = client.post(f"{TEAM}members/{page}/", form)

    assert told.status_code == 422
    assert people() == [("elena@example.org", "send")]
    assert "This person is a member or is invited already" in told.content.decode()


@pytest.mark.parametrize("doing", [*MANAGING, "hand over", "hand over to a colleague"])
def test_whose_organisation_is_merged_at_that_moment_changes_nothing_and_is_told(
    elena, dragan, acts, meanwhile, doing
):
    target = Organisation.objects.create(name="Dunărea Verde")
    Organisation.objects.filter(pk=31).update(standing="waiting")
    meanwhile(lambda: merge(elena.organisation, target, timezone.now()))

    told = acts(doing)

    page = told.content.decode()
    assert "You are not a member of Asociația Dunărea Verde any more. Nothing was changed." in page
    assert people() == [(DRAGAN, "edit"), ("elena@example.org", "send")]
    assert [*Invitation.objects.values_list("email", flat=True)] == ["old@example.org"]


def test_who_declines_what_is_withdrawn_at_that_moment_is_told(client, organisation, monkeypatch):
    invitation = Invitation.objects.create(organisation=organisation, email=DRAGAN)
    update = QuerySet.update

    def withdrawn_before(queryset, **fields):
        if "declined_at" in fields:
            Invitation.objects.all().delete()
        return update(queryset, **fields)

    monkeypatch.setattr(QuerySet, "update", withdrawn_before)

    told = Client().post(f"/en/invitation/{invitation.token}/decline/")

    assert told.status_code == 404
    assert "We do not know this invitation" in told.content.decode()
