"""Which questions are asked: by rule, in SQL, and what makes a route that cannot be gone."""

import csv
import io
from itertools import combinations, count, product

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.codebook import NOT_ASKED
from surveys.documents import document_of
from surveys.exports.dataset import csv_blocks
from surveys.journey import Journey, asked, faults, only_asked, only_if, when_answered
from surveys.models import Condition, Questionnaire, Response, Version
from tests.surveys.routes import (
    after,
    answers_to,
    documents,
    draft_with,
    publish,
    publish_with,
    written,
)

numbers = count(1)
random_routes = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def stakeholders(listens):
    return listens.questionnaires.get(slug="stakeholders")


@pytest.fixture
def branching(stakeholders):
    """Conditions on each kind of source; a chain of them; one on a section."""
    return draft_with(
        stakeholders,
        {
            "S2": [after("S1", "rather_dis", "both")],
            "S5": [after("S3", "1", "2", item="money")],
            "support": [after("S2", "health")],
            "S7": [after("S6", "small"), after("place", "timis")],
            "S9": [after("S7", "speed", "help")],
        },
    )


def test_without_conditions_everything_is_asked(citizens):
    version = Version.objects.with_questions().get(questionnaire=citizens)

    assert asked(version, {}) == {question.name for question in version.questions}


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({}, set()),
        ({"S1": "both"}, {"S2"}),
        ({"S3": {"money": "1", "info": "5"}}, {"S5"}),
        ({"S3": {"money": "5", "info": "1"}}, set()),
        ({"S1": "both", "S2": ["nature", "health"]}, {"S2", "S6"}),
        ({"S2": ["health"]}, set()),
        ({"S1": "both", "S2": ["health"], "S6": ["small"]}, {"S2", "S6"}),
        (
            {"S1": "both", "S2": ["health"], "S6": ["small"], "place": "timis", "S7": ["help"]},
            {"S2", "S6", "S7", "S9"},
        ),
        # What is not asked opens nothing, whatever was stored for it.
        ({"S7": ["help"]}, set()),
    ],
)
def test_what_is_asked_follows_from_what_was_answered(branching, answers, found):
    conditional = {"S2", "S5", "S6", "S7", "S9"}

    assert asked(branching, answers) & conditional == found


def test_only_what_is_asked_is_left_of_answers(branching):
    answers = {"S1": "dk", "S2": ["health"], "S6": ["small"], "S10": "a", "S99": "b"}

    assert only_asked(branching, answers) == {"S1": "dk", "S10": "a"}


def store(version, answers):
    now = timezone.now()
    return Response.objects.create(
        questionnaire_id=version.questionnaire_id,
        version=version,
        answers=answers,
        state="sent",
        language="en",
        started_at=now,
        sent_at=now,
    )


@random_routes
@given(st.data())
def test_the_data_file_and_the_pages_agree_on_what_is_not_asked(listens, data):
    document = data.draw(documents())
    every = data.draw(st.lists(answers_to(document), min_size=1, max_size=4))
    questionnaire = Questionnaire.objects.create(
        consultation=listens, slug=f"random-{next(numbers)}", minutes=1, answered_by="anyone"
    )
    version = publish(written(questionnaire, document))
    sent = [store(version, answers) for answers in every]

    rows = cells_of(questionnaire)

    journey = Journey(version)
    assert len(rows) == len(sent)
    for response in sent:
        row = rows[response.reference]
        found = journey.asked(response.answers)
        for name, step in journey.steps.items():
            cells = {row[variable.name] for variable in step.kind.variables()}
            if name in found:
                assert NOT_ASKED not in cells
            else:
                assert cells == {NOT_ASKED}


def cells_of(questionnaire, *, labels=False):
    """The rows of the data file by reference: within a millisecond their order is by chance."""
    blocks = csv_blocks(questionnaire, Response.objects.all(), labels=labels)
    text = b"".join(blocks).decode("utf-8-sig")
    return {row["reference"]: row for row in csv.DictReader(io.StringIO(text))}


def test_not_asked_has_a_label_and_stands_in_those_rows_alone(citizens):
    first = citizens.current_version()
    second = publish_with(citizens, {"C2": [after("C1", "both")]})
    sent = [
        store(first, {"C1": "dk", "C2": ["health"]}),
        store(second, {"C1": "both", "C2": ["health"]}),
        store(second, {"C1": "dk"}),
        store(second, {}),
    ]

    rows = cells_of(citizens, labels=True)

    cells = [rows[response.reference]["C2_health"] for response in sent]
    assert cells == ["Chosen", "Chosen", "Not asked", "Not asked"]


@random_routes
@given(st.data())
def test_an_answer_taken_back_and_given_again_loses_nothing(citizens, data):
    document = data.draw(documents(only_earlier=True))
    journey = Journey(written(citizens, document))
    answers, entered = journey.set_apart(data.draw(answers_to(document)), {})
    name = data.draw(st.sampled_from(sorted(journey.steps)))

    without = {key: value for key, value in answers.items() if key != name}
    other_answers, other_entered = journey.set_apart(without, entered)
    again, left = journey.set_apart(
        other_answers | ({name: answers[name]} if name in answers else {}), other_entered
    )

    assert other_answers | other_entered == without | entered
    assert set(other_answers) <= journey.names(other_answers)
    assert (again, left) == (answers, entered)


@random_routes
@given(documents(kinds=("single", "multiple", "ranking"), most_questions=4, only_earlier=True))
def test_what_no_answers_lead_to_is_found_and_nothing_else(citizens, document):
    version = written(citizens, document)
    journey = Journey(version)
    reached, sections = set(), set()
    for answers in all_answers(document):
        reached |= journey.asked(answers)
        sections |= {section.name for section in journey.sections(answers)}

    told = {fault.target.name for fault in faults(version)}

    conditional = {c.question.name for c in version.conditions.all() if c.question_id}
    assert {fault.name for fault in faults(version)} <= {"never_asked"}
    assert told & conditional == conditional - reached


def all_answers(document):
    questions = [question for section in document for question in section["questions"]]
    for values in product(*map(all_of_one, questions)):
        names = [question["name"] for question in questions]
        yield {name: value for name, value in zip(names, values, strict=True) if value}


def all_of_one(question):
    codes = [option["code"] for option in question["options"]]
    if question["kind"] == "single":
        return [None, *codes]
    alone = [option["code"] for option in question["options"] if option.get("exclusive")]
    most = question["maximum"] or len(codes)
    several = [
        list(chosen)
        for size in range(most + 1)
        for chosen in combinations([code for code in codes if code not in alone], size)
    ]
    return [*several, *([code] for code in alone)]


@pytest.mark.parametrize(
    ("conditions", "name", "words"),
    [
        ({"S2": [after("S77", "yes")]}, "source_is_unknown", "“S77”, which does not exist"),
        ({"S10_topic": [after("S10", "yes")]}, "source_is_open", "no answers to choose"),
        ({"S2": [after("S5", "topic")]}, "source_comes_later", "which comes later"),
        ({"S2": [after("S2", "health")]}, "source_is_itself", "a loop"),
        ({"border": [after("S1", "both")]}, "source_is_itself", "a loop"),
        ({"border": [after("S3", "1", item="info")]}, "source_comes_later", "comes later"),
        ({"S2": [after("S1", "both", "maybe")]}, "answer_is_unknown", "does not offer"),
        ({"S5": [after("S3", "1", item="food")]}, "item_is_unknown", "a row"),
        ({"S5": [after("S3", "1")]}, "item_is_unknown", "a row"),
        ({"S2": [after("S1", "both", item="info")]}, "item_is_unknown", "a row"),
        ({"S2": [after("S1", "both"), after("S1", "dk")]}, "never_asked", "can never be asked"),
        (
            {"S5": [after("S3", "1", item="info"), after("S3", "2", item="info")]},
            "never_asked",
            "can never be asked",
        ),
    ],
)
def test_a_route_that_cannot_be_gone_is_told_in_words(stakeholders, conditions, name, words):
    version = draft_with(stakeholders, conditions)

    found = faults(version)

    assert [fault.name for fault in found] == [name]
    assert words in found[0].words


def test_what_comes_after_an_unreachable_question_is_unreachable_too(stakeholders):
    version = draft_with(
        stakeholders,
        {"S2": [after("S1", "both"), after("S1", "dk")], "S5": [after("S2", "health")]},
    )

    assert [(fault.name, fault.target.name) for fault in faults(version)] == [
        ("never_asked", "S2"),
        ("never_asked", "S5"),
    ]


def test_a_route_that_can_be_gone_has_no_fault(branching):
    assert faults(branching) == []


def test_conditions_survive_the_way_through_a_document(branching, stakeholders):
    document = document_of(branching)

    copy = written(stakeholders, document)

    assert document_of(copy) == document
    assert Condition.objects.filter(version=copy).count() == 6


def test_a_condition_is_told_in_the_words_of_its_question(branching):
    steps = Journey(branching).steps

    assert when_answered(steps["S2"].needs) == (
        "If you answered “More a disadvantage than an opportunity” or “Both in equal measure” "
        "to question 1:"
    )
    assert only_if(steps["S5"].needs) == (
        "Answer only if you answered “Very poor” or “Poor” for “Payments and own contribution” in "
        "question 3."
    )
    assert only_if(steps["S7"].needs) == (
        "Answer only if you answered “Health care and long-term care” to question 2, “Small "
        "projects with simple rules” to question 6 and “Timiș County” to the question “Where is "
        "your organisation based?”."
    )


def test_asking_takes_no_query(branching, django_assert_num_queries):
    with django_assert_num_queries(0):
        Journey(branching).asked({"S1": "both"})
        faults(branching)
