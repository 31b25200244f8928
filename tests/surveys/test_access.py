"""Who may open what: every address of organisations and accounts against everybody.

The addresses come from the URL configuration: one without a rule here fails.
"""

from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from surveys import urls
from surveys.membership import invite
from surveys.models import (
    Comment,
    Invitation,
    Member,
    Organisation,
    Questionnaire,
    Response,
    Role,
    User,
)
from surveys.people import make_person
from surveys.roles import secretariat
from tests.kept_rows import put_once
from tests.surveys.doors import said_by
from tests.surveys.signing_in import sign_in_staff

VISITORS = (*("stranger", "other", "former", "editor", "sender", "secretariat", "superuser"),)
# Everybody but the organisation's own members: to a stranger it says "sign in", to all others
# that there is no such page.
NOT_THEIRS = {"stranger": 302, "other": 404, "former": 404, "secretariat": 404, "superuser": 404}
# A form that comes from a stranger is kept until they have signed in.
NOT_THEIR_FORM = NOT_THEIRS | {"stranger": 403}


def members(method, status, **differing):
    """Both kinds of members get this, except where told."""
    others = NOT_THEIRS if method == "get" else NOT_THEIR_FORM
    return method, others | {"editor": status, "sender": status} | differing


RULES = {
    "stakeholder_sections": [members("get", 200)],
    "stakeholder_section": [members("get", 302), members("post", 422)],
    "stakeholder_check": [members("get", 302), members("post", 302)],
    "stakeholder_ask": [members("post", 302)],
    "stakeholder_receipt": [members("get", 200)],
    "stakeholder_versions": [members("get", 200)],
    "stakeholder_copy": [members("get", 200)],
    "stakeholder_proof": [members("get", 200)],
    "stakeholder_change": [members("post", 302)],
    "stakeholder_drop": [members("get", 200), members("post", 302)],
    "stakeholder_withdraw": [members("get", 200), members("post", 302, editor=403)],
    "stakeholder_history": [members("get", 200)],
    "stakeholder_comments": [members("get", 200), members("post", 422)],
    "comment_settle": [members("post", 302)],
    "stakeholder_members": [members("get", 200)],
    "stakeholder_approval": [members("post", 302, editor=403)],
    "member_invite": [members("post", 422, editor=403)],
    "member_hand_over": [members("get", 200), members("post", 422)],
    "member_role": [members("get", 200, editor=403), members("post", 422, editor=403)],
    "member_remove": [members("get", 200, editor=403), members("post", 302, editor=403)],
    "invitation_again": [members("post", 302, editor=403)],
    "invitation_withdraw": [members("post", 302, editor=403)],
}
# Of one's own, whoever one is.
OWN = {
    "stakeholder_home": 302,
    "account": 200,
    "account_data": 200,
    "account_data_pdf": 200,
    "account_close": 200,
    "passkey_add": 200,
    "passkey_remove": 404,
    "authenticator_add": 200,
    "authenticator_remove": 404,
}
# For everybody, by their own rules: tests/surveys/test_signing_in.py, test_mailbox.py and
# test_subscribing.py.
PUBLIC = {
    *("sign_in", "sign_in_code", "sign_in_passkey", "sign_in_demonstration", "sign_out"),
    *("second_factor", "second_factor_again", "passkey_again", "register"),
    *("invitation", "invitation_decline", "mailbox", "mailbox_message", "mailbox_html"),
    *("landing", "page", "privacy_version", "blank_questionnaire", "citizens"),
    *("replies", "replies_feed", "replies_subscribe", "replies_confirm", "replies_unsubscribe"),
    # tests/surveys/test_results.py
    *("results", "results_question", "results_figures", "results_comments"),
    "report_download",
    # tests/surveys/test_open_data.py
    *("open_data", "open_data_file"),
    # What is in them: tests/surveys/test_record_pages.py.
    *("record", "record_check", "record_list", "record_states", "record_checkpoint"),
    *("record_checkpoints", "record_specification", "record_verifier"),
}
# By reference and secret: tests/surveys/test_citizens.py.
BY_SECRET = {name for name in urls.by_name if name.startswith("citizen_")}
CASES = [
    (name, method, visitor, statuses[visitor])
    for name, rules in RULES.items()
    for method, statuses in rules
    for visitor in VISITORS
]


@pytest.fixture
def address(listens):
    """The organisation's address of that name; its response was sent and there is a colleague."""
    made = put_once(make_organisation, listens)

    def find(name):
        kwargs = {"organisation_id": 31}
        if name == "stakeholder_comments":
            kwargs["question"] = "S1"
        if name == "comment_settle":
            kwargs["pk"] = made.comment.pk
        if name == "stakeholder_section":
            kwargs["name"] = "border"
        if name in ("member_role", "member_remove"):
            kwargs["pk"] = made.colleague.pk
        if name in ("invitation_again", "invitation_withdraw"):
            kwargs["pk"] = made.invited.pk
        return reverse(name, kwargs=kwargs)

    return find


def make_organisation(listens):
    organisation = Organisation.objects.create(
        pk=31, name="Asociația Dunărea Verde", needs_approval=True
    )
    for name, role in (("editor", Role.EDIT), ("sender", Role.SEND), ("ion", Role.SEND)):
        person = make_person(f"{name}@example.org", language="en")
        Member.objects.create(organisation=organisation, user=person, role=role)
    sender = Member.objects.get(user__email="sender@example.org")
    now = listens.now
    invited = invite(sender, email="new@example.org", role="edit", language="en", moment=now)
    comment = said_by(organisation, listens.questionnaires.get(slug="stakeholders"), now)
    EmailAddress.objects.update(verified=True)
    colleague = Member.objects.get(user__email="ion@example.org")
    return SimpleNamespace(comment=comment, colleague=colleague, invited=invited)


def visit(visitor):
    client = Client()
    if visitor == "stranger":
        return client
    if visitor in ("editor", "sender"):
        client.force_login(User.objects.get(email=f"{visitor}@example.org"))
        return client
    person = make_person(f"{visitor}@example.org", language="en")
    if visitor == "other":
        organisation = Organisation.objects.create(pk=32, name="Општина Кладово")
        Member.objects.create(organisation=organisation, user=person)
    if visitor == "former":
        member = Member.objects.create(organisation_id=31, user=person)
        client.force_login(person)
        assert client.get("/en/stakeholders/31/members/").status_code == 200
        member.delete()
        return client
    if visitor == "secretariat":
        person.groups.add(secretariat())
        User.objects.filter(pk=person.pk).update(is_staff=True)
    if visitor == "superuser":
        User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    sign_in_staff(client, User.objects.get(pk=person.pk))
    return client


@pytest.mark.parametrize(("name", "method", "visitor", "status"), CASES)
def test_a_visitor_gets_what_the_rule_says(address, name, method, visitor, status):
    client = visit(visitor)
    before = contents()

    answer = getattr(client, method)(address(name))

    assert answer.status_code == status
    if visitor not in ("editor", "sender"):
        assert contents() == before
        assert "Dunărea Verde" not in answer.content.decode(errors="replace")


def contents():
    """All that anybody could have changed."""
    return (
        list(Response.objects.values()),
        list(Member.objects.filter(organisation=31).order_by("pk").values()),
        list(Invitation.objects.order_by("pk").values()),
        list(Organisation.objects.filter(pk=31).values()),
        list(Comment.objects.values()),
    )


def test_every_address_has_a_rule():
    ruled = {*RULES, *OWN, *PUBLIC, *BY_SECRET}

    assert set(urls.by_name) == ruled


def test_every_address_of_an_organisation_says_whose_it_is():
    for name in RULES:
        assert str(urls.by_name[name].pattern).startswith("stakeholders/<int:organisation_id>/")


@pytest.mark.parametrize("name", OWN)
def test_ones_own_pages_are_for_whoever_is_signed_in(address, name):
    kwargs = {"pk": 1} if name == "passkey_remove" else {}
    own = visit("sender").get(reverse(name, kwargs=kwargs))
    stranger = Client().get(reverse(name, kwargs=kwargs))

    assert own.status_code == OWN[name]
    assert stranger.status_code == 302
    assert "/sign-in/" in stranger.url


@pytest.mark.parametrize(
    "name", ["member_role", "member_remove", "invitation_again", "comment_settle"]
)
def test_a_number_of_another_organisation_does_not_exist_in_ones_own(address, name):
    other = Organisation.objects.create(pk=32, name="Општина Кладово")
    person = make_person("jovana@example.org", language="sr")
    member = Member.objects.create(organisation=other, user=person)
    invited = invite(
        member, email="x@example.org", role="edit", language="sr", moment=member.joined_at
    )
    questionnaire = Questionnaire.objects.get(slug="stakeholders")
    comment = Comment.objects.create(
        organisation=other, questionnaire=questionnaire, question="S1", text="?"
    )
    pk = {"invitation_again": invited.pk, "comment_settle": comment.pk}.get(name, member.pk)
    address = reverse(name, kwargs={"organisation_id": 31, "pk": pk})

    assert visit("sender").post(address, {"role": "edit"}).status_code == 404
    member.refresh_from_db()
    assert member.role == "send"
