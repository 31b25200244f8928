"""What must never be false, tried: each rule by its name."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys.models import (
    Consultation,
    Item,
    Option,
    Organisation,
    Question,
    Questionnaire,
    Response,
    Section,
    Version,
)


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def draft_version(citizens):
    """A version that is not published, with one question."""
    version = Version.objects.create(questionnaire=citizens, number=9)
    section = Section.objects.create(version=version, position=1, name="one")
    Question.objects.create(version=version, section=section, position=1, name="Q1", kind="single")
    return version


def response(questionnaire, **fields):
    now = timezone.now()
    defaults = {
        "questionnaire": questionnaire,
        "version": questionnaire.current_version(),
        "state": "sent",
        "language": "en",
        "started_at": now,
        "sent_at": now,
    }
    return Response.objects.create(**defaults | fields)


def refused_by(rule):
    return pytest.raises(IntegrityError, match=rule)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("response_has_a_sending_time_unless_it_is_a_draft", {"state": "lost"}),
        ("response_has_a_sending_time_unless_it_is_a_draft", {"sent_at": None}),
        ("response_has_a_sending_time_unless_it_is_a_draft", {"state": "draft"}),
        ("response_is_sent_after_it_was_started", {"sent_at": timezone.now() - timedelta(1)}),
        ("response_channel_is_known", {"channel": "pigeon"}),
        ("answers_are_an_object", {"answers": ["C1"]}),
        ("only_a_draft_has_unfinished_answers", {"unfinished": {"C5": "x"}}),
        ("withdrawn_response_keeps_no_answers", {"state": "withdrawn", "answers": {"C1": "yes"}}),
    ],
)
def test_a_response_keeps_the_rules(citizens, rule, fields):
    with refused_by(rule), transaction.atomic():
        response(citizens, **fields)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("reference_is_unique", {"reference": "AAAA-AAAA"}),
        ("a_form_is_sent_once", {"secret_hash": "hash"}),
    ],
)
def test_a_response_is_one_of_its_kind(citizens, rule, fields):
    response(citizens, **fields)

    with refused_by(rule), transaction.atomic():
        response(citizens, **fields)


def test_an_organisation_has_one_response_per_questionnaire(listens):
    stakeholders = listens.questionnaires.get(slug="stakeholders")
    organisation = Organisation.objects.create(name="Primăria Orșova")
    response(stakeholders, organisation=organisation)

    rule = "one_response_per_organisation_and_questionnaire"
    with refused_by(rule), transaction.atomic():
        response(stakeholders, organisation=organisation)


def test_a_response_answers_a_version_of_its_own_questionnaire(listens, citizens):
    other = listens.questionnaires.get(slug="stakeholders").current_version()

    with refused_by("response_belongs_to_its_versions_questionnaire"), transaction.atomic():
        response(citizens, version=other)
        transaction.get_connection().check_constraints()


def test_a_consultation_closes_after_it_opens(listens):
    with refused_by("consultation_closes_after_it_opens"), transaction.atomic():
        Consultation.objects.update(closes_at=listens.opens_at)


def test_a_respondent_category_has_one_questionnaire(listens):
    with refused_by("one_questionnaire_per_respondent_category"), transaction.atomic():
        Questionnaire.objects.create(
            consultation=listens, slug="citizens", answered_by="anyone", minutes=4
        )


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("question_name_is_unique_in_its_version", {"name": "Q1"}),
        ("question_name_can_head_a_column", {"name": "1 and a half"}),
    ],
)
def test_a_question_keeps_the_rules(draft_version, rule, fields):
    section = draft_version.sections.get()

    with refused_by(rule), transaction.atomic():
        Question.objects.create(
            version=draft_version, section=section, position=2, kind="text", **fields
        )


@pytest.mark.parametrize(
    ("model", "rule", "codes"),
    [
        (Option, "option_code_is_unique_in_its_question", ["a", "a"]),
        (Option, "option_code_can_end_a_column_name", ["Not So"]),
        (Item, "item_code_is_unique_in_its_question", ["a", "a"]),
        (Item, "item_code_can_end_a_column_name", ["Not So"]),
    ],
)
def test_codes_keep_the_rules(draft_version, model, rule, codes):
    question = Question.objects.get(version=draft_version)

    with refused_by(rule), transaction.atomic():
        for code in codes:
            model.objects.create(question=question, position=1, code=code)


@pytest.mark.parametrize("model", [Section, Question])
def test_nothing_is_deleted_from_a_published_version(listens, model):
    with pytest.raises(Exception, match="frozen"), transaction.atomic():
        model.objects.all().delete()


def test_a_published_version_is_not_taken_back(citizens):
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Version.objects.filter(questionnaire=citizens).update(published_at=None)


def test_a_version_that_is_not_published_can_be_changed(draft_version):
    Question.objects.filter(version=draft_version).update(kind="text")

    assert Question.objects.get(version=draft_version).kind == "text"
