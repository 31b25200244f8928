"""What an organisation has sent can be approved, changed and withdrawn until closing."""

import io
from datetime import timedelta
from threading import Thread

import pypdf
import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from surveys.answering import checking, stakeholders
from surveys.lifecycle import organisations, withdraw
from surveys.models import (
    Amendment,
    Commitment,
    Consultation,
    Event,
    Member,
    Message,
    Organisation,
    Response,
    User,
)
from surveys.people import make_person
from surveys.subjects.restricting import lift, restrict
from tests.content import load_content
from tests.surveys.keys import key_on

TEAM = "/en/stakeholders/31/"
BORDER = f"{TEAM}section/border/"
CHECK = f"{TEAM}check/"
SENT = f"{TEAM}sent/"
PROFILE = {"org_type": "ngo", "place": "timis"}
ANSWERS = PROFILE | {"S1": "both"}


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
    user = make_person("dragan@example.org", name="Драган П.", language="sr")
    return Member.objects.create(organisation=organisation, user=user, role="edit")


def save(client, address, entered):
    return client.post(address, {"key": key_on(client.get(address))} | entered)


def send(client, publication="named"):
    return save(client, CHECK, {"publication": publication, "authorised": "on"})


@pytest.fixture
def sent(client, elena):
    save(client, f"{TEAM}section/organisation/", PROFILE)
    save(client, BORDER, {"S1": "both"})
    send(client)
    return Response.objects.get()


def stored():
    return Response.objects.get()


# Approval


def test_where_approval_is_needed_an_editor_asks_and_a_sender_sends(
    client, organisation, elena, dragan
):
    Organisation.objects.update(needs_approval=True)
    client.force_login(dragan.user)
    save(client, f"{TEAM}section/organisation/", PROFILE)
    page = client.get(CHECK).content.decode()
    refused = send(client)
    client.post(f"{TEAM}ask/")
    client.post(f"{TEAM}ask/")

    message = Message.objects.get(kind="approval")
    assert "Ask for approval" in page
    assert "publication" not in page
    assert refused.status_code == 403
    assert stored().state == "draft"
    assert (message.to, message.language) == ("elena@example.org", "ro")
    assert "/ro/stakeholders/31/check/" in message.text
    assert "Драган П." in message.text

    client.force_login(elena.user)
    send(client)
    assert stored().state == "sent"


def test_where_no_sender_has_an_address_nobody_was_asked_and_the_page_says_so(
    client, organisation, elena, dragan
):
    Organisation.objects.update(needs_approval=True)
    User.objects.filter(pk=elena.user_id).update(email="")
    client.force_login(dragan.user)
    save(client, f"{TEAM}section/organisation/", PROFILE)

    page = client.post(f"{TEAM}ask/", follow=True).content.decode()

    assert "Nobody was asked: no colleague who can send has an e-mail address here." in page
    assert "Tell them yourself that the response is ready to be sent" in page
    assert "They were asked already" not in page
    assert not Message.objects.filter(kind="approval").exists()


def test_after_the_closing_nobody_is_asked_to_send(client, listens, elena, dragan):
    Organisation.objects.update(needs_approval=True)
    client.force_login(dragan.user)
    save(client, f"{TEAM}section/organisation/", PROFILE)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(hours=1))

    page = client.post(f"{TEAM}ask/").content.decode()

    assert "The consultation closed before this draft was sent." in page
    assert not Message.objects.filter(kind="approval").exists()


def test_where_it_is_not_needed_an_editor_sends(client, dragan):
    client.force_login(dragan.user)
    save(client, f"{TEAM}section/organisation/", PROFILE)
    send(client)

    assert stored().state == "sent"


def test_a_check_page_without_its_token_leads_to_what_was_sent_meanwhile(sent, elena):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(elena.user)

    refused = browser.post(CHECK, {"publication": "named"})

    assert (refused.status_code, refused["Location"]) == (302, SENT)


def test_an_answer_that_was_changed_since_is_another_question(client, elena, dragan):
    Organisation.objects.update(needs_approval=True)
    client.force_login(dragan.user)
    save(client, f"{TEAM}section/organisation/", PROFILE)
    client.post(f"{TEAM}ask/")
    save(client, BORDER, {"S1": "both"})
    client.post(f"{TEAM}ask/")

    assert Message.objects.filter(kind="approval").count() == 2


# Sent


def test_every_member_gets_a_receipt_by_email_once_and_without_answers(client, elena, dragan):
    save(client, f"{TEAM}section/organisation/", PROFILE)
    save(client, BORDER, {"S1_comment": "Podul nostru"})
    check = {"key": key_on(client.get(CHECK)), "publication": "named", "authorised": "on"}
    client.post(CHECK, check)
    client.post(CHECK, check)

    receipts = Message.objects.filter(kind="receipt").order_by("to")
    assert [(message.to, message.language) for message in receipts] == [
        ("dragan@example.org", "sr"),
        ("elena@example.org", "ro"),
    ]
    assert all(stored().reference in message.text for message in receipts)
    assert not any("Podul nostru" in message.text for message in receipts)


def test_the_receipt_leads_to_all_that_can_be_done(client, sent):
    page = client.get(SENT).content.decode()

    assert sent.reference in page
    for name in ("versions/", "copy.pdf", "change/", "withdraw/"):
        assert f"{SENT}{name}" in page


def test_the_copy_is_a_pdf_of_what_was_sent(client, sent):
    pdf = client.get(f"{SENT}copy.pdf")

    text = pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert pdf["Content-Type"] == "application/pdf"
    assert sent.reference in text


# Changing


def test_a_change_counts_when_it_is_sent_and_not_before(client, sent):
    client.post(f"{SENT}change/")
    save(client, BORDER, {"S1": "dk"})
    before = stored().answers
    notice = client.get(CHECK).content.decode()
    send(client, "anonymous")

    response = stored()
    revision = response.revisions.get()
    assert before == ANSWERS
    assert "The version you sent counts until you send again" in notice
    assert response.answers == ANSWERS | {"S1": "dk"}
    assert (revision.answers, revision.publication) == (ANSWERS, "named")
    assert (response.state, response.publication) == ("sent", "anonymous")
    assert not Amendment.objects.exists()
    assert Message.objects.filter(kind="receipt").count() == 2


def test_versions_show_what_was_said_when(client, sent):
    client.post(f"{SENT}change/")
    save(client, BORDER, {"S1": "both", "S1_comment": "acum altfel"})
    send(client)

    page = client.get(f"{SENT}versions/").content.decode()

    assert page.count("<details>") == 1
    assert page.count("acum altfel") == 1


def test_sending_a_change_that_changes_nothing_makes_no_version(client, sent):
    client.post(f"{SENT}change/")
    send(client)

    assert stored().revisions.count() == 0
    assert not Amendment.objects.exists()


def test_two_colleagues_on_one_change_see_both_texts(client, sent):
    client.post(f"{SENT}change/")
    key = key_on(client.get(BORDER))
    client.post(BORDER, {"key": key, "S1_comment": "primul"})

    second = client.post(BORDER, {"key": key, "S1_comment": "al doilea"})

    page = second.content.decode()
    assert second.status_code == 409
    assert "primul" in page
    assert "al doilea" in page
    assert Amendment.objects.get().answers["S1_comment"] == "primul"


def test_words_for_a_change_that_a_colleague_has_sent_are_shown(client, sent):
    client.post(f"{SENT}change/")
    key = key_on(client.get(BORDER))
    send(client)

    late = client.post(BORDER, {"key": key, "S1_comment": "prea târziu"})

    assert late.status_code == 409
    assert "prea târziu" in late.content.decode()
    assert stored().answers == ANSWERS


@pytest.mark.django_db(transaction=True)
def test_words_that_are_saved_while_the_change_is_sent_are_not_lost(client, monkeypatch):
    load_content()
    organisation = Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")
    user = make_person("elena@example.org", language="ro")
    Member.objects.create(organisation=organisation, user=user)
    client.force_login(user)
    save(client, f"{TEAM}section/organisation/", PROFILE)
    save(client, BORDER, {"S1": "both"})
    send(client)
    client.post(f"{SENT}change/")
    save(client, BORDER, {"S1": "dk"})
    key, outcomes = key_on(client.get(BORDER)), []

    def save_meanwhile():
        outcomes.append(client.post(BORDER, {"key": key, "S1_comment": "pe drum"}))
        connections.close_all()

    keep, saving = organisations.keep_revision, Thread(target=save_meanwhile)

    def keep_while_somebody_saves(*args):
        saving.start()
        saving.join(1)
        return keep(*args)

    monkeypatch.setattr(organisations, "keep_revision", keep_while_somebody_saves)
    checked = Client()
    checked.force_login(user)
    send(checked)
    saving.join()

    assert stored().answers == ANSWERS | {"S1": "dk"}
    assert outcomes[0].status_code == 409


def test_a_change_can_be_dropped(client, sent):
    client.post(f"{SENT}change/")
    save(client, BORDER, {"S1": "dk"})
    client.post(f"{SENT}drop/")

    assert not Amendment.objects.exists()
    assert stored().answers == ANSWERS


@pytest.mark.parametrize(("end", "status"), [(restrict, 403), (withdraw, 410)])
def test_of_what_was_restricted_or_withdrawn_at_that_moment_no_change_is_dropped(
    client, sent, monkeypatch, end, status
):
    client.post(f"{SENT}change/")
    save(client, BORDER, {"S1": "dk"})
    drop = organisations.drop_change

    def drop_too_late(response, **fields):
        end(stored())
        return drop(response, **fields)

    monkeypatch.setattr("surveys.answering.sent.drop_change", drop_too_late)

    told = client.post(f"{SENT}drop/", follow=True)

    assert told.status_code == status
    assert "The change was dropped" not in told.content.decode()
    assert Amendment.objects.exists() is (end is restrict)
    assert not Event.objects.filter(kind=Event.Kind.DROPPED).exists()


def test_beginning_twice_keeps_what_was_changed(client, sent):
    client.post(f"{SENT}change/")
    save(client, BORDER, {"S1": "dk"})
    client.post(f"{SENT}change/")

    assert Amendment.objects.get().answers["S1"] == "dk"


def close():
    Consultation.objects.update(closes_at=timezone.now() - timedelta(hours=1))


def test_after_closing_nothing_is_changed_or_withdrawn(client, sent):
    close()
    client.post(f"{SENT}change/")
    refused = client.post(f"{SENT}withdraw/")

    assert not Amendment.objects.exists()
    assert refused.status_code == 403
    assert stored().state == "sent"


def test_a_change_that_was_not_sent_before_closing_is_shown_and_does_not_count(client, sent):
    client.post(f"{SENT}change/")
    save(client, BORDER, {"S1_comment": "neterminat"})
    close()

    page = client.get(TEAM).content.decode()

    assert "What you sent before counts" in page
    assert "neterminat" in page
    assert stored().answers == ANSWERS


# Withdrawing


def test_withdrawing_erases_every_version_and_tells_the_members(client, sent):
    client.post(f"{SENT}change/")
    save(client, BORDER, {"S1": "dk"})
    send(client)
    client.post(f"{SENT}change/")
    client.post(f"{SENT}withdraw/")
    client.post(f"{SENT}withdraw/")

    response = stored()
    assert (response.state, response.answers) == ("withdrawn", {})
    assert response.revisions.count() == 0
    assert not Amendment.objects.exists()
    assert Message.objects.filter(key__startswith="withdrawn:").count() == 1


@pytest.mark.parametrize("page", ["", "versions/", "copy.pdf", "drop/", "withdraw/"])
def test_what_was_withdrawn_is_gone(client, sent, page):
    client.post(f"{SENT}withdraw/")

    answer = client.get(SENT + page)

    assert answer.status_code == 410
    assert "The response was withdrawn" in answer.content.decode()


@pytest.mark.parametrize("page", [TEAM, BORDER, CHECK])
def test_the_form_of_a_withdrawn_response_leads_to_that_page(client, sent, page):
    client.post(f"{SENT}withdraw/")

    assert client.get(page).url == SENT


def test_a_response_of_an_organisation_nobody_confirmed_does_not_count_yet(client, sent):
    Organisation.objects.update(standing="waiting")
    waiting = Response.objects.sent().count()
    Organisation.objects.update(standing="listed")

    assert (waiting, Response.objects.sent().count()) == (0, 1)


# Restricted


def kept():
    """What nothing may change while a response is restricted."""
    response = stored()
    return (
        (response.state, response.answers, response.publication),
        response.revisions.count(),
        Commitment.objects.count(),
        Message.objects.count(),
    )


def begin_to_change(client):
    client.post(f"{SENT}change/")
    save(client, BORDER, {"S1": "dk"})


def restricted_first(monkeypatch, module, verb):
    """Let the response be restricted after a page has looked at it, and before it is locked."""
    do = getattr(module, verb)

    def do_too_late(*args, **kwargs):
        restrict(stored())
        return do(*args, **kwargs)

    monkeypatch.setattr(module, verb, do_too_late)


def test_words_for_a_change_of_what_was_restricted_meanwhile_are_shown(client, sent):
    begin_to_change(client)
    key = key_on(client.get(BORDER))
    restrict(sent)
    before = kept()

    late = client.post(BORDER, {"key": key, "S1": "dk", "S1_comment": "prea târziu"})

    page = late.content.decode()
    assert late.status_code == 409
    assert "prea târziu" in page
    assert "Your organisation’s response is restricted" in page
    assert (kept(), Amendment.objects.get().answers) == (before, ANSWERS | {"S1": "dk"})


def test_words_that_are_saved_while_the_response_is_restricted_are_shown(client, sent, monkeypatch):
    begin_to_change(client)
    key = key_on(client.get(BORDER))
    restricted_first(monkeypatch, stakeholders, "save_section")

    late = client.post(BORDER, {"key": key, "S1": "dk", "S1_comment": "prea târziu"})

    page = late.content.decode()
    assert late.status_code == 409
    assert "prea târziu" in page
    assert "Your organisation’s response is restricted" in page
    assert Amendment.objects.get().answers == ANSWERS | {"S1": "dk"}


def test_a_change_of_what_was_restricted_meanwhile_is_not_sent(client, sent):
    begin_to_change(client)
    check = {"key": key_on(client.get(CHECK)), "publication": "anonymous", "authorised": "on"}
    restrict(sent)
    before = kept()

    told = client.post(CHECK, check, follow=True)

    assert (told.status_code, kept()) == (403, before)
    assert "These answers are restricted" in told.content.decode()


def test_a_change_is_not_sent_where_the_response_is_restricted_at_that_moment(
    client, sent, monkeypatch
):
    begin_to_change(client)
    (_state, *said), *rest = kept()
    restricted_first(monkeypatch, checking, "send_draft")

    told = send(client, "anonymous")

    assert client.get(told.url).status_code == 403
    assert kept() == (("restricted", *said), *rest)
    assert Amendment.objects.get().answers == ANSWERS | {"S1": "dk"}


@pytest.mark.parametrize("page", [TEAM, BORDER, CHECK])
def test_the_form_of_a_restricted_response_leads_to_the_page_that_says_so(client, sent, page):
    begin_to_change(client)
    restrict(sent)

    told = client.get(page, follow=True)

    assert told.redirect_chain[-1][0] == SENT
    assert told.status_code == 403
    assert "These answers are restricted" in told.content.decode()


def test_a_change_goes_on_once_the_restriction_is_lifted(client, sent):
    begin_to_change(client)
    restrict(sent)
    lift(sent)

    send(client)

    assert (stored().state, stored().answers) == ("sent", ANSWERS | {"S1": "dk"})
    assert not Amendment.objects.exists()
