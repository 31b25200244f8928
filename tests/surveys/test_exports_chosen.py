"""Which responses a data file holds, however they were chosen, and what is written of them."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.codebook import variables
from surveys.exports import dataset
from surveys.exports.copying import ROWS_IN_BLOCK
from surveys.exports.dataset import counted_blocks, csv_blocks
from surveys.models import Response, Revision
from tests.surveys.exports_cast import data_of, made_up, respond, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


def lines(questionnaire, responses):
    return b"".join(csv_blocks(questionnaire, responses)).decode("utf-8-sig").splitlines()[1:]


def test_a_response_chosen_by_its_revisions_is_there_once(citizens):
    response = respond(citizens, {"place": "timis"})
    respond(citizens, {"place": "arad"})
    for number in (1, 2):
        Revision.objects.create(
            response=response,
            number=number,
            language="en",
            said_since=timezone.now(),
            replaced_at=timezone.now(),
        )

    found = lines(citizens, Response.objects.filter(revisions__number__gte=1))

    assert [line.split(",")[0] for line in found] == [response.reference]


def test_of_a_slice_only_what_was_sent_is_there(citizens):
    first = respond(citizens)
    respond(citizens, state="draft", sent_at=None)
    respond(citizens)

    found = lines(citizens, Response.objects.order_by("id")[:2])

    assert [line.split(",")[0] for line in found] == [first.reference]


def test_blocks_tell_how_many_responses_are_in_them(citizens):
    number = ROWS_IN_BLOCK + 3
    made_up(citizens, number)

    blocks = list(counted_blocks(citizens, Response.objects.all()))

    assert [rows for _block, rows in blocks] == [0, ROWS_IN_BLOCK, 3]


words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
said = st.fixed_dictionaries(
    {},
    optional={
        "place": st.sampled_from(["timis", "na"]),
        "C1": st.sampled_from(["both", "dk"]),
        "C1_comment": words,
        "C2": st.lists(st.sampled_from(["nature", "risk", "other"]), unique=True),
        "C2_other_text": st.sampled_from(["=1", '"', "\\.", "a,b", " -2", "\r\n"]),
        "C5": words,
    },
)


@given(st.lists(said, min_size=1, max_size=6), st.booleans())
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_postgresql_writes_what_is_written_row_by_row(citizens, answers, labels):
    Response.objects.all().delete()
    for document in answers:
        respond(citizens, document)

    by_postgresql = b"".join(csv_blocks(citizens, Response.objects.all(), labels=labels))

    assert by_postgresql == written(data_of(citizens, labels=labels), "csv")


def query_of(questionnaire, responses):
    """The SQL that rows of the file are read with."""
    columns = variables(questionnaire)
    chosen = dataset._counted(responses)
    query = dataset._query(columns, chosen, lambda column: dataset._answer(column, False), "-66")
    return query.all().as_string(None)


def test_an_answer_that_many_cells_look_at_is_found_once_a_row(citizens):
    found = query_of(citizens, Response.objects.all())

    assert found.count("answers->'C2'") == 1
    assert found.count("answers->>'C5'") == 1
    # One cell looks at it, once.
    assert found.count("answers->>'C1',") == 1


def test_chosen_by_their_own_columns_responses_are_not_looked_up_again(citizens):
    chosen = Response.objects.filter(questionnaire=citizens, language="ro")

    assert " IN (SELECT " not in query_of(citizens, chosen)
    assert " IN (SELECT " in query_of(citizens, chosen.filter(revisions__number=1))
