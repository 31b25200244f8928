"""SQL from response rows to cells: what each response counts for, in every dimension."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from psycopg import sql

from surveys.journey import Journey
from surveys.models import Questionnaire, Version
from surveys.question_types import QuestionType
from surveys.question_types.choice import SingleChoice
from surveys.tabulation.counted import EVERYBODY

ASKED, ANSWERED = "=asked", "=answered"
"""Cells of every question beside those of its kind; no code begins so."""
RESPONSES = ""
"""The question whose cells are the responses themselves: `""` all of them, else by the Monday of
the week they were sent in (`2026-11-23`)."""
COLUMNS = ("language", "channel")
"""Dimensions that are columns of a response. All others are closed questions with one answer."""

ROW = sql.SQL("version_id, language, channel, answers, sent_at")


@dataclass(frozen=True)
class Asked:
    """A question of a questionnaire, whichever of its versions ask it.

    `routes` are SQL for whether a version asks it, by the version's id; None for always.
    """

    kind: QuestionType
    routes: dict[int, sql.Composable | None]


def questions(questionnaire: Questionnaire) -> dict[str, Asked]:
    """Everything its published versions ask, by name, as the latest words it.

    All versions are one data set; what only an older one asked stands at the end.
    """
    versions = Version.objects.published().with_questions().filter(questionnaire=questionnaire)
    found: dict[str, Asked] = {}
    for version in versions.order_by("-number"):
        journey = Journey(version)
        for name, step in journey.steps.items():
            asked = found.setdefault(name, Asked(step.kind, {}))
            asked.routes[version.pk] = journey.is_asked(name)
    return found


def dimensions(asked: Mapping[str, Asked]) -> list[str]:
    """Names of what responses are told apart by, besides EVERYBODY."""
    closed = [name for name, each in asked.items() if isinstance(each.kind, SingleChoice)]
    return [*closed, *COLUMNS]


def deltas(asked: Mapping[str, Asked], rows: sql.Composable) -> sql.Composable:
    """A SELECT of `dimension, grp, question, cell, n` from rows of `sign` and ROW.

    `n` sums the signs: 1 for what counts now, -1 for what counted before.
    """
    names = dimensions(asked)
    columns = [sql.Identifier(f"group_{number}") for number in range(len(names))]
    named = list(zip(columns, names, strict=True))
    return sql.SQL(
        "SELECT CASE {which} ELSE {everybody} END AS dimension, coalesce({columns}, '') AS grp,"
        " question, cell, sum(sign) AS n"
        " FROM (SELECT sign, {groups}, counted.question, counted.cell"
        " FROM ({rows}) AS responses CROSS JOIN LATERAL ({cells}) AS counted (question, cell)"
        ") AS pairs GROUP BY GROUPING SETS ((question, cell), {sets}) HAVING sum(sign) <> 0"
    ).format(
        which=_joined(" ", "WHEN GROUPING({}) = 0 THEN {}", named),
        everybody=EVERYBODY,
        columns=sql.SQL(", ").join(columns),
        groups=_joined(", ", "{} AS {}", [(_group(name), column) for column, name in named]),
        rows=rows,
        cells=_cells(asked),
        sets=_joined(", ", "(question, cell, {})", [(column,) for column in columns]),
    )


def digest(asked: Mapping[str, Asked]) -> str:
    """Of how it is counted; another one means that tallies are of something else."""
    statement = deltas(asked, sql.SQL("rows")).as_string(None)
    return hashlib.sha256(statement.encode()).hexdigest()


def _joined(between: str, each: str, values: Iterable[tuple[Any, ...]]) -> sql.Composable:
    return sql.SQL(between).join(sql.SQL(each).format(*value) for value in values)


def _group(dimension: str) -> sql.Composable:
    """Whose answer is missing is in the group without a name."""
    if dimension in COLUMNS:
        return sql.Identifier(dimension)
    return sql.SQL("coalesce(answers->>{}, '')").format(dimension)


def _cells(asked: Mapping[str, Asked]) -> sql.Composable:
    """A SELECT of question and cell over a response row: all that it counts for."""
    week = sql.SQL(
        "SELECT {}, to_char(date_trunc('week', sent_at AT TIME ZONE {}), 'YYYY-MM-DD')"
    ).format(RESPONSES, settings.TIME_ZONE)
    parts: list[sql.Composable] = [sql.SQL("SELECT {}, ''").format(RESPONSES), week]
    for each in asked.values():
        parts += _cells_of(each)
    return sql.SQL(" UNION ALL ").join(parts)


def _cells_of(asked: Asked) -> Iterator[sql.Composable]:
    kind = asked.kind
    yield sql.SQL("SELECT {}, {} WHERE {}").format(kind.name, ASKED, _is_asked(asked))
    yield sql.SQL("SELECT {name}, {answered} WHERE answers ? {name}").format(
        name=kind.name, answered=ANSWERED
    )
    if kind.cell_keys():
        yield sql.SQL("SELECT {}, cell FROM ({}) AS given (cell)").format(kind.name, kind.cells())
    for name in kind.word_fields():
        yield sql.SQL("SELECT {name}, {answered} WHERE answers ? {name}").format(
            name=name, answered=ANSWERED
        )


def _is_asked(asked: Asked) -> sql.Composable:
    routes = [
        (version, sql.SQL("true") if route is None else route)
        for version, route in asked.routes.items()
    ]
    return sql.SQL("CASE version_id {} ELSE false END").format(
        _joined(" ", "WHEN {} THEN {}", routes)
    )
