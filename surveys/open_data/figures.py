"""Every released number, one a row."""

from collections.abc import Iterator
from datetime import UTC, datetime

from psycopg import sql

from surveys.exports.dataset import Row
from surveys.models import Questionnaire, Release, ReleasedTable
from surveys.question_types import Cell, Measure, Variable
from surveys.releasing.groups import dimensions
from surveys.releasing.reading import released_tables
from surveys.tabulation.counted import EVERYBODY, Counted, Number
from surveys.tallying.reading import kinds

NOTHING = sql.SQL("NULL")
ALL, NO_ANSWER, SHOWN, NOT_SHOWN = "all", "no-answer", "shown", "not shown"


def figure_columns(questionnaire: Questionnaire) -> list[Variable]:
    questions = {name: str(kind.question.text) for name, kind in kinds(questionnaire).items()}
    told = {each.name or ALL: each.label for each in dimensions(questionnaire).values()}
    measures = {
        "responses": "Responses in the group",
        "asked": "Were asked",
        "answered": "Answered",
        "answer": "Gave the answer in “code”",
    }
    statuses = {
        SHOWN: "Shown",
        NOT_SHOWN: "Not shown: under 10, or it would tell a number that is",
    }
    return [
        Variable("questionnaire", "Questionnaire", NOTHING),
        Variable("question", "Question", NOTHING, questions),
        Variable("dimension", "Told apart by", NOTHING, told),
        Variable("group", "Group", NOTHING),
        Variable("measure", "What is counted", NOTHING, measures),
        Variable("code", "Answer: its code, ROW/CODE or CODE/RANK", NOTHING),
        _number("n", "Number"),
        Variable("status", "Status", NOTHING, statuses),
        _number("base", "How many of the group answered the question"),
        Variable("counted_at", "Counted", NOTHING, cell=Cell.TIME, measure=Measure.SCALE),
    ]


def figures(questionnaire: Questionnaire, release: Release) -> Iterator[Row]:
    for stored in released_tables(release).filter(questionnaire=questionnaire):
        yield from _of(stored, questionnaire.slug)


def _of(stored: ReleasedTable, slug: str) -> Iterator[Row]:
    table = stored.table
    moment = utc(stored.counted_at)
    for group, counted in table.groups.items():
        where = ALL if table.dimension == EVERYBODY else group or NO_ANSWER
        about = (slug, table.question, table.dimension or ALL, where)
        for measure, code, number in _numbers(counted):
            status = NOT_SHOWN if number is None else SHOWN
            base = _text(counted.answered)
            yield *about, measure, code, _text(number), status, base, moment


def _numbers(counted: Counted) -> Iterator[tuple[str, str | None, Number]]:
    yield "responses", None, counted.total
    yield "asked", None, counted.asked
    yield "answered", None, counted.answered
    for key, number in counted.cells.items():
        yield "answer", key, number


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(number: Number) -> str | None:
    return None if number is None else str(number)


def _number(name: str, label: str) -> Variable:
    return Variable(name, label, NOTHING, cell=Cell.NUMBER, measure=Measure.SCALE)
