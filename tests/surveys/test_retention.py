"""Every class of data has a period and is erased when it is over; how much is noted."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.dates import long_date
from surveys.desk.erasers import ERASERS, run
from surveys.exporting.asking import ask
from surveys.exporting.running import export_due
from surveys.models import (
    Attempts,
    AuditEntry,
    Comment,
    Export,
    Fault,
    Invitation,
    Member,
    Message,
    OrganisationList,
    QuestionnaireUpload,
    Response,
    RetentionRun,
    Revision,
    SoftLock,
    SubjectRequest,
    Subscriber,
    Transcript,
    Typing,
    User,
)
from surveys.people import make_person
from surveys.postman import unclear
from surveys.retention import BY_KEY, CLASSES, KEPT_WITH_A_REASON
from surveys.roles import SECRETARIAT
from tests.content import load_content
from tests.surveys.quoting_cast import an_organisation, answered, decided
from tests.surveys.signing_in import sign_in_staff
from tests.surveys.two_at_once import at_the_first_delete

LATER = timedelta(days=4000)


@pytest.mark.django_db(transaction=True)
def test_who_signs_in_while_unused_accounts_are_erased_keeps_the_account():
    person = make_person("ana@example.org", language="ro")
    User.objects.update(date_joined=timezone.now() - timedelta(days=2))

    def sign_in():
        return User.objects.filter(pk=person.pk).update(last_login=timezone.now())

    with at_the_first_delete(sign_in) as signing_in:
        ERASERS["people"](timezone.now())
        signed_in = signing_in[0].result()

    assert signed_in == User.objects.count()


def after_closing(consultation, days):
    return consultation.closes_at + timedelta(days=days)


def test_every_model_has_a_class_or_a_reason_to_stay():
    ours = {model.__name__ for model in apps.get_app_config("surveys").get_models()}
    classed = {name for kept in CLASSES for name in kept.models}

    assert ours - classed - set(KEPT_WITH_A_REASON) == set()
    assert (classed | set(KEPT_WITH_A_REASON)) - ours == set()
    assert classed & set(KEPT_WITH_A_REASON) == set()


def test_every_class_has_what_erases_it():
    assert list(ERASERS) == [kept.key for kept in CLASSES]


@pytest.fixture
def furnished(listens):
    """One row at least of what is kept for long."""
    now = timezone.now()
    organisation, person = an_organisation(), make_person("elena@example.org", language="ro")
    Member.objects.create(organisation=organisation, user=person)
    Invitation.objects.create(organisation=organisation, email="ion@example.org")
    response = answered(listens)
    Revision.objects.create(
        response=response,
        number=1,
        answers={"C5": "Un pod"},
        language="ro",
        said_since=now,
        replaced_at=now,
    )
    Comment.objects.create(
        organisation=organisation,
        questionnaire=listens.questionnaires.get(slug="stakeholders"),
        question="S1",
        author=person,
        author_name="Elena",
        text="Oare?",
    )
    Message.objects.create(
        key="a",
        kind="receipt",
        to="elena@example.org",
        language="ro",
        subject="S",
        text="T",
        state="sent",
        next_try_at=now,
    )
    AuditEntry.objects.create(user_name="Ana", action="saw", model="response")
    return listens


def counts():
    return {
        "revisions": Revision.objects.count(),
        "contacts": Invitation.objects.count() + Member.objects.count() + User.objects.count(),
        "comments": Comment.objects.count(),
        "e-mails with an address": Message.objects.exclude(to="").count(),
        "log": AuditEntry.objects.count(),
        "responses": Response.objects.count(),
    }


KEPT = {
    "revisions": 1,
    "contacts": 3,
    "comments": 1,
    "e-mails with an address": 1,
    "log": 1,
    "responses": 1,
}


def test_nothing_is_erased_before_its_time(furnished):
    run(timezone.now())

    assert counts() == KEPT


@pytest.mark.parametrize(
    ("key", "gone"),
    [
        ("revisions", {"revisions": 0, "comments": 0, "e-mails with an address": 0}),
        ("contacts", {"contacts": 0, "revisions": 0, "comments": 0, "e-mails with an address": 0}),
    ],
)
def test_what_closed_long_enough_ago_is_erased_and_answers_stay(furnished, key, gone):
    days = BY_KEY[key].period.days
    # The e-mails of the test are of today, whenever the consultation closes.
    Message.objects.update(created_at=after_closing(furnished, 0))

    run(after_closing(furnished, days))
    before = counts()
    run(after_closing(furnished, days) + timedelta(seconds=1))

    assert before | gone == counts()
    assert counts()["responses"] == 1


def test_in_the_end_answers_alone_are_there(furnished):
    run(after_closing(furnished, 0) + LATER)

    assert counts() == dict.fromkeys(KEPT, 0) | {"responses": 1}
    assert Response.objects.get().answers["place"] == "mehedinti"


def test_an_e_mail_that_was_erased_is_not_written_again(furnished):
    run(timezone.now() + LATER)

    assert Message.objects.values_list("key", "to", "subject", "text").get() == ("a", "", "", "")


@pytest.mark.parametrize(("days", "to"), [(364, "elena@example.org"), (366, "")])
def test_an_e_mail_that_is_unclear_for_as_long_is_erased_too(furnished, days, to):
    now = timezone.now()
    Message.objects.update(state="handing_over", handed_over_at=now, created_at=now)

    run(now + timedelta(days=days))

    stored = Message.objects.get()
    assert (stored.state, stored.to) == ("handing_over", to)
    assert unclear(now + timedelta(days=days)).count() == (1 if to else 0)


def test_a_dry_run_counts_what_a_run_erases_and_erases_nothing(furnished):
    moment = after_closing(furnished, 0) + LATER
    counted = run(moment, is_dry=True)

    assert counts() == KEPT
    assert RetentionRun.objects.count() == 0
    assert run(moment) == counted
    noted = dict(RetentionRun.objects.values_list("kind", "erased"))
    assert noted == counted
    assert {key for key, number in noted.items() if number} == {
        *("organisation_drafts", "revisions", "contacts", "messages", "log"),
    }


def drafts(consultation, number):
    questionnaire = consultation.questionnaires.get(slug="citizens")
    Response.objects.bulk_create(
        Response(
            questionnaire=questionnaire,
            version=questionnaire.current_version(),
            state="draft",
            language="ro",
            secret_hash=f"{each:064}",
            reference=f"D{each}",
            started_at=consultation.opens_at,
        )
        for each in range(number)
    )


def test_a_dry_run_counts_drafts_and_reads_none(listens):
    drafts(listens, 25)

    with CaptureQueriesContext(connection) as captured:
        counted = run(after_closing(listens, 91), is_dry=True)

    assert counted["drafts"] == 25
    said = [query["sql"] for query in captured]
    assert [each for each in said if each.startswith('DELETE FROM "surveys_response" ')] == []
    assert Response.objects.count() == 25


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_broken_off_keeps_what_it_has_erased(monkeypatch):
    listens = load_content()
    drafts(listens, 25)
    monkeypatch.setattr("surveys.batches.BATCH", 10, raising=False)
    deletions = []

    def broken_off(execute, sql, params, many, context):
        if sql.startswith('DELETE FROM "surveys_response" '):
            deletions.append(sql)
        if len(deletions) == 3:
            raise OperationalError("the connection is lost")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken_off), pytest.raises(OperationalError):
        run(after_closing(listens, 91))

    assert Response.objects.count() == 5
    assert RetentionRun.objects.count() == 0
    assert run(after_closing(listens, 91))["drafts"] == 5


def test_batches_take_all_that_is_due_and_nothing_else(furnished, monkeypatch):
    drafts(furnished, 25)
    monkeypatch.setattr("surveys.batches.BATCH", 10, raising=False)

    counted = run(after_closing(furnished, 91))

    assert (counted["drafts"], Response.objects.count()) == (25, 1)


def test_the_command_tells_of_every_class(listens):
    said = io.StringIO()
    call_command("erase_expired", "--dry-run", stdout=said)

    lines = said.getvalue().splitlines()
    assert lines[0] == "Due, nothing is erased:"
    assert [line.strip() for line in lines[1:]] == [f"{kept.key}: 0" for kept in CLASSES]


def test_the_page_tells_periods_and_the_last_run_and_counts_without_erasing(furnished):
    staff = User.objects.create_user("ana", is_staff=True)
    staff.groups.add(SECRETARIAT.group())
    client = Client()
    sign_in_staff(client, staff)
    call_command("erase_expired", stdout=io.StringIO())
    RetentionRun.objects.filter(kind="revisions").update(erased=2)

    page = client.get("/en/admin/retention/").content.decode()
    counted = client.post("/en/admin/retention/").content.decode()

    due = after_closing(furnished, 365)
    assert f"<td>{long_date(timezone.localtime(due))}</td>" in page
    assert f"{long_date(timezone.localdate())}, " in page
    assert " · Earlier wordings of answers: " in page
    assert "Earlier wordings of answers" in page
    assert "<td>never</td>" not in page
    assert "Due now" not in page
    assert "Due now" in counted
    assert RetentionRun.objects.count() == len(CLASSES)


# One row of each class, and from when its period counts


def a_draft(consultation, **fields):
    questionnaire = consultation.questionnaires.get(slug="citizens")
    version = questionnaire.current_version()
    rest = {"state": "draft", "language": "ro", "started_at": consultation.opens_at}
    Response.objects.create(questionnaire=questionnaire, version=version, **rest | fields)
    return consultation.closes_at


def an_unsent_response(consultation):
    return a_draft(consultation, organisation=an_organisation())


def a_rehearsal(consultation):
    a_draft(consultation, state="sent", is_rehearsal=True, sent_at=consultation.opens_at)
    return consultation.opens_at


def an_earlier_wording(consultation):
    now = timezone.now()
    rest = {"number": 1, "answers": {}, "language": "ro", "said_since": now, "replaced_at": now}
    Revision.objects.create(response=answered(consultation), **rest)
    return consultation.closes_at


def something_typed(consultation):
    transcript = Transcript.objects.create(
        version=consultation.questionnaires.get(slug="citizens").current_version(),
        channel="paper",
        language="ro",
        received_on=timezone.localdate(),
        state="begun",
    )
    Typing.objects.create(transcript=transcript, turn=1, typed_at=timezone.now())
    return consultation.closes_at


def hidden_words(consultation):
    decided(answered(consultation), "hide", hidden=[(0, 2)])
    return consultation.closes_at


def an_invitation(consultation):
    Invitation.objects.create(organisation=an_organisation(), email="ion@example.org")
    return consultation.closes_at


def somebody_who_never_came(consultation):
    return make_person("elena@example.org", language="ro").date_joined


def an_e_mail(kind):
    def made(consultation):
        now = timezone.now()
        rest = {"language": "ro", "state": "sent", "next_try_at": now}
        letter = Message.objects.create(key="a", kind=kind, to="elena@example.org", **rest)
        return letter.created_at

    return made


def a_subscriber(consultation):
    Subscriber.objects.create(
        consultation=consultation, email="a@b.ro", language="ro", confirmed_at=timezone.now()
    )
    return consultation.closes_at


def an_unconfirmed_address(consultation):
    rest = {"email": "a@b.ro", "language": "ro"}
    return Subscriber.objects.create(consultation=consultation, **rest).asked_at


def an_export(consultation):
    user = User.objects.create_user("ana", is_staff=True)
    user.groups.add(SECRETARIAT.group())
    citizens = consultation.questionnaires.get(slug="citizens")
    ask(user, citizens, purpose="a test", formats=["csv"])
    while export_due():
        pass
    return Export.objects.get(state="done").finished_at


def a_list(consultation):
    return OrganisationList.objects.create(name="a.csv").uploaded_at


def an_upload(consultation):
    questionnaire = consultation.questionnaires.get(slug="citizens")
    rest = {"kind": "json", "name": "a.json", "content": b"{}"}
    return QuestionnaireUpload.objects.create(questionnaire=questionnaire, **rest).uploaded_at


def an_entry_of_the_log(consultation):
    return AuditEntry.objects.create(user_name="Ana", action="saw", model="response").at


def a_request(consultation):
    today = timezone.localdate()
    rest = {"received_on": today, "due_on": today, "done_at": timezone.now()}
    return SubjectRequest.objects.create(kind="erase", proof="email", **rest).done_at


def an_error(consultation):
    return Fault.objects.create(number="ab12cd34", page="start", exception="ValueError").at


def a_try(consultation):
    return Attempts.objects.create(bucket="a", since=timezone.now(), count=1).since


def a_lock(consultation):
    ana = User.objects.create_user("ana", is_staff=True)
    rest = {"held_by": ana, "since": timezone.now()}
    return SoftLock.objects.create(response=answered(consultation), **rest).since


def a_session(consultation):
    session = SessionStore()
    session.create()
    now = timezone.now()
    Session.objects.update(expire_date=now + timedelta(days=14))
    return now


BEGUN = {
    "drafts": a_draft,
    "organisation_drafts": an_unsent_response,
    "rehearsals": a_rehearsal,
    "revisions": an_earlier_wording,
    "typings": something_typed,
    "originals": hidden_words,
    "contacts": an_invitation,
    "people": somebody_who_never_came,
    "codes": an_e_mail("code"),
    "messages": an_e_mail("receipt"),
    "subscribers": a_subscriber,
    "unconfirmed": an_unconfirmed_address,
    "exports": an_export,
    "lists": a_list,
    "uploads": an_upload,
    "log": an_entry_of_the_log,
    "requests": a_request,
    "errors": an_error,
    "attempts": a_try,
    "locks": a_lock,
    "sessions": a_session,
}


@pytest.mark.parametrize("moved_by", [0, 30])
@pytest.mark.parametrize("key", BY_KEY)
def test_whatever_erases_follows_the_period_of_the_table(listens, monkeypatch, key, moved_by):
    moved = replace(BY_KEY[key], days=BY_KEY[key].period.days + moved_by)
    monkeypatch.setitem(BY_KEY, key, moved)
    due = BEGUN[key](listens) + moved.period
    erase = ERASERS[key]

    assert erase(due - timedelta(seconds=1)) == 0
    assert erase(due + timedelta(seconds=1)) == 1
