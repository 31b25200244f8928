"""Each kind on the real questionnaires: what goes in comes out, nonsense is refused."""

import csv
import io

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.answering.forms import AnswersForm
from surveys.exports.dataset import csv_blocks
from surveys.models import Response, Version
from surveys.question_types import question_types

# Characters a form can carry: no NUL, no lone surrogates.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=60)
LONG_TEXTS = st.builds(lambda text, times: text * times, TEXTS, st.sampled_from([1, 1, 200]))
FORMULAS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", " ", "\t", "\n", "\u00a0"]),
    st.sampled_from("=+-@＝＋－＠"),
    TEXTS,
)
FEW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def version(listens):
    return Version.objects.published().with_questions().get(questionnaire__slug="stakeholders")


def form(version, data=None, part=None):
    return AnswersForm(data, version=version, sections=version.sections.all(), part=part)


def careless_entry(draw, kind):
    """What a respondent's controls can hold, right or wrong, by control name."""
    codes = list(kind.labels())
    question = kind.question
    if question.kind == "multiple":
        data = {kind.name: draw(st.lists(st.sampled_from(codes), unique=True))}
    elif question.kind == "ranking":
        ranked = draw(st.lists(st.sampled_from(codes), max_size=kind.ranks))
        data = {f"{kind.name}_{rank}": code for rank, code in enumerate(ranked, 1)}
    elif question.kind == "text":
        data = {kind.name: draw(LONG_TEXTS)}
    else:
        data = entry(draw, kind)
    return data | {name: draw(LONG_TEXTS) for name in kind.word_fields()}


def entry(draw, kind):
    """What a respondent could enter for one question, by control name."""
    codes = list(kind.labels())
    question = kind.question
    data = {}
    if question.kind == "text":
        data = {kind.name: draw(TEXTS)}
    elif question.kind in ("single", "place"):
        data = {kind.name: draw(st.sampled_from(codes))}
    elif question.kind == "multiple":
        several = [option.code for option in kind.options if not option.exclusive]
        most = question.maximum or len(several)
        data = {kind.name: draw(st.lists(st.sampled_from(several), max_size=most, unique=True))}
    elif question.kind == "ranking":
        ranked = draw(st.lists(st.sampled_from(codes), max_size=question.maximum, unique=True))
        data = {f"{kind.name}_{rank}": code for rank, code in enumerate(ranked, 1)}
    elif question.kind == "matrix":
        items = [item.code for item in question.items.all()]
        rated = draw(st.dictionaries(st.sampled_from(items), st.sampled_from(codes)))
        data = {f"{kind.name}_{item}": code for item, code in rated.items()}
    return data | {name: draw(TEXTS) for name in kind.word_fields()}


@FEW
@given(data=st.data())
def test_what_is_entered_is_stored_and_shown_again_as_it_was(version, data):
    kinds = question_types(version)
    entered = {}
    for kind in kinds:
        entered |= entry(data.draw, kind)
    first = form(version, _query(entered))
    assert first.is_valid(), first.errors

    shown = form(version, part=first.part())
    again = form(version, _query(_shown_values(shown)))

    assert again.is_valid()
    assert again.part() == first.part()
    assert first.part().unfinished == {}


@FEW
@given(data=st.data())
def test_a_draft_shows_whatever_was_entered_right_or_wrong(version, data):
    entered = {}
    for kind in question_types(version):
        entered |= careless_entry(data.draw, kind)
    sent = form(version, _query(entered))

    shown = _query(_shown_values(form(version, part=sent.part())))

    # In the order the page has them, for that is how a browser would send them.
    as_sent = {name: sorted(values) for name, values in _query(entered).lists() if any(values)}
    as_shown = {name: sorted(values) for name, values in shown.lists() if any(values)}
    assert as_shown == {n: v for n, v in as_sent.items() if any(each.strip() for each in v)}


@FEW
@given(
    data=st.dictionaries(
        st.sampled_from(
            ["place", "org_type", "role", "S1", "S1_comment", "S2_1", "S2_2", "S3_info", "S10"]
        ),
        st.one_of(st.text(max_size=30), st.sampled_from(["timis", "ngo", "lead", "na", "health"])),
    )
)
def test_whatever_is_sent_is_taken_or_refused(version, data):
    sent = form(version, _query(data))

    assert sent.is_valid() or sent.errors
    assert sent.is_valid() == (not sent.error_links())


@FEW
@given(words=TEXTS | FORMULAS)
def test_the_data_file_holds_the_words_that_were_stored(version, words):
    Response.objects.all().delete()
    answers = {"S10": words} if words.strip() else {}
    Response.objects.create(
        questionnaire=version.questionnaire,
        version=version,
        answers=answers,
        state="sent",
        language="en",
        started_at=version.published_at,
        sent_at=version.published_at,
    )

    blocks = csv_blocks(version.questionnaire, Response.objects.all())
    (row,) = csv.DictReader(io.StringIO(b"".join(blocks).decode("utf-8-sig"), newline=""))

    cell = row["S10"]
    assert cell in (answers.get("S10", ""), f"'{words}")
    assert cell.lstrip(" \t\n\u00a0")[:1] not in set("=+-@＝＋－＠")


def _query(entered):
    query = QueryDict(mutable=True)
    for name, value in entered.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def _shown_values(shown):
    """The values a browser would send back from the page as it is shown."""
    values = {}
    for kind in shown.question_types:
        stored = shown.initial.get(kind.name)
        if isinstance(stored, dict):
            values |= {f"{kind.name}_{item}": code for item, code in stored.items()}
        elif kind.question.kind == "ranking":
            values |= {f"{kind.name}_{rank}": code for rank, code in enumerate(stored or [], 1)}
        elif stored:
            values[kind.name] = stored
        values |= {name: shown.initial.get(name, "") for name in kind.word_fields()}
    return values
