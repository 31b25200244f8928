"""The frame of the desk: its links, its log."""

import re

import pytest
from django.core.cache import cache
from django.db import ProgrammingError, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

from surveys import audit
from surveys.capped import capped, number
from surveys.coding.frames import change_frame, open_frame
from surveys.desk.navigation import links
from surveys.desk.sources import tasks
from surveys.documents import document_of, write_document
from surveys.models import (
    AuditEntry,
    Campaign,
    Decision,
    Organisation,
    Questionnaire,
    Response,
    User,
    Version,
)
from surveys.reviewing.deciding import Decided, Seen, decide
from surveys.roles import CODER, OBSERVER, secretariat
from surveys.tallying.folding import fold
from surveys.verbatims import digest_of
from tests.surveys.coding_cast import answer, at_the_desk
from tests.surveys.signing_in import sign_in_staff


@pytest.fixture
def ana(db):
    user = User.objects.create_user("ana", first_name="Ana", is_staff=True)
    user.groups.add(secretariat())
    return User.objects.get(pk=user.pk)


def test_only_what_somebody_may_open_is_linked(ana):
    request = RequestFactory().get("/en/admin/")
    request.resolver_match = None
    shown = {}

    for user in (ana, User.objects.create_user("guest", is_staff=True)):
        request.user = user
        shown[user.username] = [link["url"] for link in links(request)]

    assert "/en/admin/surveys/response/" in shown["ana"]
    assert shown["guest"] == []


def test_a_coder_whom_a_frame_names_finds_coding(client, listens, ana):
    petar = User.objects.create_user("petar", is_staff=True)
    petar.groups.add(CODER.group())
    sign_in_staff(client, petar)
    coding = reverse("admin:coding_frames")
    before = client.get("/en/admin/").content.decode()

    frame = open_frame(listens.questionnaires.get(slug="citizens"), "C5", ana)
    change_frame(frame, 10, [petar], ana)

    assert f'href="{coding}"' not in before
    assert f'href="{coding}"' in client.get("/en/admin/").content.decode()


def test_the_first_page_says_on_every_clock_as_of_when_it_counts(client, listens, ana):
    sign_in_staff(client, ana)

    page = client.get("/en/admin/").content.decode()

    assert re.search(r"as of \d+ \w+ \d{4}, \d\d:\d\d \(Romania\), \d\d:\d\d \(Serbia\)\.", page)


def test_the_log_says_who_did_what_and_is_not_changed(ana, listens):
    audit.record(ana, AuditEntry.Action.CHANGED, listens, purpose="a test", fields=["title"])

    entry = AuditEntry.objects.get()
    assert (entry.user_id, entry.user_name, entry.action) == (ana.pk, "Ana", "changed")
    assert (entry.model, entry.object_id) == ("consultation", str(listens.pk))
    assert (entry.details, entry.purpose) == ({"fields": ["title"]}, "a test")
    for change in (lambda: AuditEntry.objects.update(purpose=""), AuditEntry.objects.all().delete):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            change()


def test_the_log_outlives_the_account(ana):
    audit.record(ana, AuditEntry.Action.EXPORTED, model="response")
    User.objects.all().delete()

    assert AuditEntry.objects.get().user_name == "Ana"


@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_a_version_written_from_its_document_says_the_same(listens, slug):
    questionnaire = listens.questionnaires.get(slug=slug)
    first = Version.objects.with_questions().get(questionnaire=questionnaire)
    copy = Version.objects.create(questionnaire=questionnaire, number=2)

    write_document(copy, document_of(first))

    second = Version.objects.with_questions().get(pk=copy.pk)
    assert document_of(second) == document_of(first)


# The first page


@pytest.fixture
def first_page(client):
    def look(user):
        cache.clear()
        sign_in_staff(client, user)
        return client.get("/en/admin/").content.decode()

    return look


def test_the_first_page_says_where_the_consultation_stands(first_page, ana, listens):
    questionnaire = listens.questionnaires.get(slug="citizens")
    Response.objects.create(
        questionnaire=questionnaire,
        version=questionnaire.current_version(),
        state="sent",
        language="ro",
        started_at=listens.now,
        sent_at=listens.now,
    )
    fold(questionnaire)

    page = first_page(ana)

    assert "Citizen questionnaire: 1" in page
    assert "Nothing waits for anybody." in page
    assert "Closes on 28 February 2027" in page


def test_what_waits_is_linked_for_those_who_may_and_told_to_the_others(first_page, ana, listens):
    Organisation.objects.create(name="Skola Bor", standing="waiting")
    other = User.objects.create_user("observer", is_staff=True)
    other.groups.add(OBSERVER.group())
    words = "1 organisation registered itself and waits to be confirmed"

    hers, theirs = first_page(ana), first_page(other)

    assert f'?standing__exact=waiting">{words}</a>' in hers
    assert words in theirs
    assert "standing__exact=waiting" not in theirs
    assert "Joint Secretariat</td>" in theirs


def test_a_questionnaire_without_a_version_waits_until_the_opening(listens):
    Questionnaire.objects.create(
        consultation=listens, slug="youth", answered_by="anyone", minutes=3, name={"en": "Youth"}
    )

    (task,) = tasks(listens)

    assert task.words == "Youth: no version is published yet"
    assert task.until == listens.opens_at


def test_every_stage_says_what_waits_in_it(listens, ana):
    questionnaire = listens.questionnaires.get(slug="citizens")
    Version.objects.create(questionnaire=questionnaire, number=2)
    frame = open_frame(questionnaire, "C5", ana)
    first, second = (answer(frame, "Un pod", unread=["C5"]) for _each in range(2))
    seen = Seen(second.pk, "C5", digest_of("Un pod"), None)
    left_out = Decided(Decision.Verdict.COUNT, reason="It names somebody.")
    decide(seen, left_out, by=ana, moment=listens.now)
    group = Campaign.objects.create(
        questionnaire=questionnaire, question="C5", found_at=listens.now
    )
    for response in (first, second):
        said = {"questionnaire": questionnaire, "question": "C5", "likeness": 100}
        group.texts.create(response=response, **said)

    assert [(task.words, task.permission) for task in tasks(listens)] == [
        ("Citizen questionnaire 2 is written and not published yet", "surveys.change_version"),
        ("1 response has words that nobody has decided about", "surveys.review_response"),
        ("1 decision waits for a second person", "surveys.review_response"),
        ("Citizen questionnaire · C5: 2 answers wait to be coded", "surveys.code_responses"),
        ("1 group of near-identical answers was not looked at yet", "surveys.change_campaign"),
    ]


def test_the_first_page_without_any_consultation_is_the_list_of_what_there_is(first_page, ana):
    assert "What needs doing" not in first_page(ana)


def test_the_lists_of_the_first_page_are_headed_in_romanian(ana):
    headings = re.findall(r'<th scope="col">(.*?)</th>', at_the_desk(ana).get("/ro/admin/").text)

    assert {*headings} == {
        "Numele modelului",
        "Legătura de adăugare",
        "Legătura către listă, pentru modificare sau vizualizare",
    }


def test_long_queues_are_not_counted_to_their_end(db):
    Organisation.objects.bulk_create(
        Organisation(name=f"Organisation {n}", standing="waiting") for n in range(1005)
    )

    assert number(capped(Organisation.objects.all())) == "over 1,000"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "over 1,000 organisations registered themselves and wait to be confirmed"),
        ("ro", "peste 1.000 de organizații s-au înregistrat singure și așteaptă confirmarea"),
        ("sr", "преко 1.000 организација се само пријавило и чека потврду"),
    ],
)
def test_what_is_not_counted_to_its_end_takes_the_plural_of_a_thousand(listens, language, words):
    Organisation.objects.bulk_create(
        Organisation(name=f"Organisation {n}", standing="waiting") for n in range(1005)
    )

    with override(language):
        found = [task.words for task in tasks(listens)]

    assert words in found
