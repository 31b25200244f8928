"""Any bytes for any kind of question: stored and shown exactly, or refused and kept.

`make fuzz` makes many more of them. Whole questionnaires are exported and read again in
tests/surveys/test_interchange.py, each format of the data file in test_exports_formats.py.
"""

import csv
import io
from urllib.parse import quote_plus

import pytest
from django.http import QueryDict
from hypothesis import given, seed
from hypothesis import strategies as st

from surveys.answering.forms import AnswersForm
from surveys.codebook import NOT_ASKED
from surveys.exports.dataset import csv_blocks
from surveys.journey import asked, only_asked
from surveys.models import Response, Version
from surveys.parts import Part
from surveys.question_types import question_types
from tests.surveys.fuzzing import SEED, some
from tests.surveys.routes import after, publish_with
from tests.surveys.test_question_types import _query, _shown_values, entry

SHARES = 2
STARTS = set("=+-@＝＋－＠")
ODD = st.one_of(
    st.binary(max_size=20),
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(
        [b"", b"\x00", b"a\x00b", b"\xff", b"\xed\xa0\x80", b"\r\n", b" a ", b"na", b"1"]
    ),
    st.sampled_from(
        [b"x" * 20_000, "ш".encode() * 4000, b"=1+1", b"'=1", b"''\n0", "\u2028\ufeff".encode()]
    ),
)
CONDITIONS = {
    "S2": [after("S1", "rather_dis", "both")],
    "S5": [after("S3", "1", "2", item="money")],
    "support": [after("S2", "health")],
    "S7": [after("S6", "small"), after("place", "timis")],
    "S9": [after("S7", "speed", "help")],
}


@pytest.fixture(params=["straight", "with conditions"])
def version(request, listens):
    questionnaire = listens.questionnaires.get(slug="stakeholders")
    if request.param == "with conditions":
        return publish_with(questionnaire, CONDITIONS)
    return Version.objects.with_questions().get(pk=questionnaire.current_version().pk)


@st.composite
def bodies(draw, kinds):
    """What a form sends: right answers to some questions, with some values odd."""
    entered = {}
    for kind in kinds:
        if draw(st.integers(0, 3)):
            entered |= entry(draw, kind)
    sent = [(n, v.encode()) for n, vs in _query(entered).lists() for v in vs]
    names = [name for kind in kinds for name in _controls(kind)]
    # Half of the forms are all right.
    most = draw(st.sampled_from([0, 4]))
    changed = draw(st.lists(st.tuples(st.sampled_from(names), ODD), max_size=most))
    replaced = dict(changed)
    sent = [(n, v) for n, v in sent if n not in replaced] + changed
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in sent)


def _controls(kind):
    parts = {
        "ranking": [str(rank + 1) for rank in range(getattr(kind, "ranks", 0))],
        "matrix": [item.code for item in kind.question.items.all()],
    }.get(kind.question.kind)
    own = [f"{kind.name}_{part}" for part in parts] if parts else [kind.name]
    return [*own, *kind.word_fields()]


def form_of(version, data=None, part=None):
    return AnswersForm(data, version=version, sections=version.sections.all(), part=part)


def store(version, answers, unfinished, state):
    """As it stands in the database afterwards."""
    at = version.published_at
    made = Response.objects.create(
        questionnaire=version.questionnaire,
        version=version,
        answers=answers,
        unfinished=unfinished,
        state=state,
        language="en",
        started_at=at,
        sent_at=at if state == "sent" else None,
    )
    return Response.objects.get(pk=made.pk)


@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_is_entered_is_stored_as_it_is_or_refused_and_kept(version, share):
    kinds = question_types(version)

    @seed(SEED + share)
    @some(120, shares=SHARES * 2)
    @given(bodies(kinds))
    def check(body):
        sent = form_of(version, QueryDict(body))
        part = sent.part()
        if sent.is_valid():
            is_stored_and_exported(version, kinds, QueryDict(body), part)
        else:
            assert sent.error_links()
            is_kept(version, QueryDict(body), part)

    check()


def is_stored_and_exported(version, kinds, entered, part):
    answers = only_asked(version, part.answers)
    asked_for = {n for k in kinds if k.name in asked(version, answers) for n in k.stored_names()}
    # What is no answer, to a question that is not asked, keeps nobody from sending.
    assert part.unfinished.keys().isdisjoint(asked_for)
    stored = store(version, answers, {}, "sent")

    assert stored.answers == answers
    for kind in kinds:
        words = entered.get(kind.name, "")
        if kind.question.kind == "text" and kind.name in answers:
            assert answers[kind.name] == words.replace("\r\n", "\n").replace("\r", "\n")
    shown = form_of(version, part=Part.of(stored, part.names))
    again = form_of(version, _query(_shown_values(shown)))
    assert again.is_valid()
    assert again.part().answers == answers
    assert read_back(version, kinds, stored) == answers
    stored.delete()


def is_kept(version, entered, part):
    stored = store(version, part.answers, part.unfinished, "draft")

    assert (stored.answers, stored.unfinished) == (part.answers, part.unfinished)
    shown = form_of(version, part=Part.of(stored, part.names))
    again = form_of(version, _query(_shown_values(shown)))
    assert again.part().entered() == part.entered()
    # The one character that cannot be stored comes back as another, which can be.
    if not any("\0" in value for _name, values in entered.lists() for value in values):
        assert again.part() == part
    stored.delete()


def read_back(version, kinds, stored):
    """The answers that its row in the data file holds."""
    blocks = csv_blocks(version.questionnaire, Response.objects.filter(pk=stored.pk))
    text = b"".join(blocks).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    here = asked(version, stored.answers)
    found = {}
    for kind in kinds:
        cells = {v.name: row[v.name] for v in kind.variables()}
        if kind.name not in here:
            assert set(cells.values()) == {NOT_ASKED}
            continue
        found |= {name: _words(row[name]) for name in kind.word_fields() if row[name]}
        if value := _value(kind, row):
            found[kind.name] = value
    return found


def _words(cell):
    """Without the apostrophe that stands before what a spreadsheet would take for a formula."""
    bare = cell.lstrip("'")
    is_marked = cell != bare and (bare.strip()[:1] in STARTS or bare[:1] in set("\t\r\n"))
    return cell[1:] if is_marked else cell


def _value(kind, row):
    codes = list(kind.labels())
    if kind.question.kind == "multiple":
        return [code for code in codes if row[f"{kind.name}_{code}"] == "1"]
    if kind.question.kind == "ranking":
        ranks = {row[f"{kind.name}_{code}"]: code for code in codes}
        return [ranks[rank] for rank in sorted(ranks.keys() - {""}, key=int)]
    if kind.question.kind == "matrix":
        items = [item.code for item in kind.question.items.all()]
        return {item: row[f"{kind.name}_{item}"] for item in items if row[f"{kind.name}_{item}"]}
    return _words(row[kind.name]) if kind.question.kind == "text" else row[kind.name]
