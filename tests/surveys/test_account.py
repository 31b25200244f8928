"""One's account: what is kept about oneself, and leaving."""

import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pypdf
import pytest
from django.db import connections
from django.utils import timezone

from surveys import audit, outbox
from surveys.accounts.letters import second_factor
from surveys.models import (
    AuditEntry,
    Comment,
    Event,
    Invitation,
    Member,
    Message,
    Organisation,
    Questionnaire,
    Response,
    Subscriber,
    User,
)
from surveys.people import close_account, make_person

ACCOUNT = "/en/account/"


@pytest.fixture
def organisation(listens):
    return Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")


@pytest.fixture
def elena(client, organisation):
    user = make_person("elena@example.org", name="Elena Pop", language="ro")
    Member.objects.create(organisation=organisation, user=user)
    client.force_login(user)
    return user


@pytest.fixture
def words_of_elena(elena, organisation):
    now = timezone.now()
    questionnaire = Questionnaire.objects.get(slug="stakeholders")
    Comment.objects.create(
        organisation=organisation,
        questionnaire=questionnaire,
        question="S1",
        author=elena,
        author_name=str(elena),
        text="Да ли је ово тачно? Și podul?",
    )
    response = Response.objects.create(
        organisation=organisation,
        questionnaire=questionnaire,
        version=questionnaire.current_version(),
        state="draft",
        language="ro",
        started_at=now,
    )
    Event.objects.create(
        response=response,
        kind="saved",
        author=elena,
        author_name=str(elena),
        questions=["S1"],
        began_at=now,
        at=now,
    )


def test_name_and_language_of_emails_are_changed(client, elena):
    client.post(ACCOUNT, {"first_name": "Elena", "language": "sr-latn"})

    elena.refresh_from_db()
    assert (elena.first_name, elena.language) == ("Elena", "sr-latn")


def test_a_language_that_does_not_exist_is_told(client, elena):
    answer = client.post(ACCOUNT, {"first_name": "Elena", "language": "xx"})

    elena.refresh_from_db()
    assert answer.status_code == 422
    assert elena.language == "ro"


def test_own_data_holds_what_somebody_wrote_and_nobody_elses(client, words_of_elena):
    other = make_person("dragan@example.org", name="Dragan", language="sr")
    Member.objects.create(organisation_id=31, user=other)

    data = json.loads(client.get("/en/account/data.json").content)

    assert data["account"][0]["email"] == "elena@example.org"
    assert [row["organisation"] for row in data["memberships"]] == ["Asociația Dunărea Verde"]
    assert [row["text"] for row in data["comments"]] == ["Да ли је ово тачно? Și podul?"]
    assert [row["questions"] for row in data["changes"]] == ["S1"]
    assert "dragan" not in json.dumps(data)


def test_own_data_says_all_that_became_of_an_invitation(client, elena, organisation):
    stamps = ["sent_at", "reminded_at", "opened_at", "declined_at", "accepted_at"]
    moments = {name: timezone.now() for name in stamps}
    Invitation.objects.create(organisation=organisation, email="Elena@example.org", **moments)

    (row,) = json.loads(client.get("/en/account/data.json").content)["invitations"]

    assert row == {
        "organisation": "Asociația Dunărea Verde",
        **{name: moment.isoformat() for name, moment in moments.items()},
    }


def test_own_data_hold_what_somebody_asked_to_be_told(client, elena, listens):
    asked = Subscriber.objects.create(
        consultation=listens,
        email="elena@example.org",
        language="ro",
        confirmed_at=timezone.now(),
    )
    Subscriber.objects.create(consultation=listens, email="dragan@example.org", language="sr")

    (row,) = json.loads(client.get("/en/account/data.json").content)["subscriptions"]

    assert row == {
        "consultation": "Interreg LISTENS",
        "language": "ro",
        "asked_at": asked.asked_at.isoformat(),
        "confirmed_at": asked.confirmed_at.isoformat(),
    }


def test_own_data_of_staff_holds_what_the_log_says_of_them(client, elena):
    user = User.objects.get(email="elena@example.org")
    audit.record(user, AuditEntry.Action.EXPORTED, model="response")
    audit.record(None, AuditEntry.Action.EXPORTED, model="questionnaire")

    (row,) = json.loads(client.get("/en/account/data.json").content)["desk"]

    assert (row["what"], row["kind"]) == ("exported", "response")


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_own_data_can_be_read_as_a_pdf_in_every_language(client, words_of_elena, language):
    answer = client.get(f"/{language}/account/data.pdf")

    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(page.extract_text() for page in pages)
    assert answer["Content-Type"] == "application/pdf"
    assert "elena@example.org" in text
    assert "Да ли је ово тачно? Și podul?" in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "Romanian",
                "can edit and send",
                "joined: 26 November 2026, 13:10 (Romania), 12:10 (Serbia)",
            ],
        ),
        (
            "ro",
            [
                "română",
                "poate modifica și trimite",
                "a venit: 26 noiembrie 2026, 13:10 (România), 12:10 (Serbia)",
            ],
        ),
        (
            "sr",
            [
                "румунски",
                "може да мења и шаље",
                "дошао: 26. новембра 2026, 13:10 (Румунија), 12:10 (Србија)",
            ],
        ),
    ],
)
def test_the_pdf_is_written_for_people(client, words_of_elena, language, words):
    moment = datetime(2026, 11, 26, 11, 10, 10, 433615, UTC)
    Member.objects.update(joined_at=moment)

    answer = client.get(f"/{language}/account/data.pdf")

    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    assert [each for each in words if each not in text] == []
    assert re.findall(r"\d{4}-\d\d-\d\d|saved", text) == []


def test_what_staff_did_is_told_in_words_in_the_pdf(client, elena):
    user = User.objects.get(email="elena@example.org")
    audit.record(user, AuditEntry.Action.EXPORTED, model="response")

    answer = client.get("/ro/account/data.pdf")

    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    assert "a exportat · răspuns ·" in text


def test_closing_deletes_the_person_and_leaves_the_organisations_words(client, words_of_elena):
    closed = client.post("/en/account/close/")

    assert "Your account is closed" in closed.content.decode()
    assert not User.objects.exists()
    assert Comment.objects.get().author_name == "Elena Pop"
    assert Event.objects.get().author is None
    assert Response.objects.count() == 1
    assert client.get(ACCOUNT).status_code == 302


def test_who_alone_can_send_hands_over_before_leaving(client, elena, organisation):
    colleague = make_person("dragan@example.org", language="sr")
    member = Member.objects.create(organisation=organisation, user=colleague, role="edit")

    refused = client.post("/en/account/close/")
    with pytest.raises(ValueError, match="Somebody else has to be able to send first"):
        close_account(elena)
    Member.objects.filter(pk=member.pk).update(role="send")
    client.post("/en/account/close/")

    assert refused.status_code == 409
    assert "Asociația Dunărea Verde" in refused.content.decode()
    assert [user.email for user in User.objects.all()] == ["dragan@example.org"]


def test_closing_forgets_the_address_too(client, elena, organisation):
    now = timezone.now()
    rest = {"organisation": organisation, "sent_at": now}
    Invitation.objects.create(email="Elena@example.org", accepted_at=now, **rest)
    Invitation.objects.create(email="dragan@example.org", accepted_at=now, **rest)
    outbox.put(
        [
            outbox.compose(
                lambda: second_factor(is_new=True), kind="security", to=to, language="ro", key=to
            )
            for to in ("elena@example.org", "dragan@example.org")
        ]
    )

    client.post("/en/account/close/")

    assert [each.email for each in Invitation.objects.all()] == ["dragan@example.org"]
    assert [each.to for each in Message.objects.all()] == ["dragan@example.org"]


@pytest.mark.parametrize(("minutes", "left"), [(4, 1), (6, 0)])
def test_closing_forgets_an_e_mail_that_is_unclear_and_none_that_is_just_leaving(
    client, elena, minutes, left
):
    letter = outbox.compose(
        lambda: second_factor(is_new=True), kind="security", to=elena.email, language="ro", key="a"
    )
    outbox.put([letter])
    handed_over_at = timezone.now() - timedelta(minutes=minutes)
    Message.objects.update(state="handing_over", handed_over_at=handed_over_at)

    client.post("/en/account/close/")

    assert User.objects.count() == 0
    assert Message.objects.count() == left


@pytest.mark.django_db(transaction=True)
def test_of_the_last_two_who_can_send_one_stays_when_both_leave_at_once():
    organisation = Organisation.objects.create(name="Asociația Dunărea Verde")
    roles = {"a@example.org": "send", "b@example.org": "send", "c@example.org": "edit"}
    people = [make_person(email, language="en") for email in roles]
    for person in people:
        Member.objects.create(organisation=organisation, user=person, role=roles[person.email])
    both_are_there = Barrier(2, timeout=1)

    def leave(person):
        try:
            both_are_there.wait()
            close_account(person)
        except ValueError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        left = list(pool.map(leave, people[:2]))

    assert sorted(left) == [False, True]
    assert Member.objects.filter(role="send").count() == 1


def test_the_account_of_staff_is_not_closed_by_a_click(client, elena):
    User.objects.update(is_staff=True)

    client.post("/en/account/close/")

    assert User.objects.count() == 1
