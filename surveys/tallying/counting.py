"""SQL from response rows to cells: what each response counts for, in every dimension."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

AT_ONCE = 1200
"""So many cells are counted in one SELECT, which PostgreSQL lets have 1,664 columns."""

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
    cells = list(_cells(asked))
    parts = [cells[start : start + AT_ONCE] for start in range(0, len(cells), AT_ONCE)]
    selects = [_by_cell(asked, rows, part) for part in parts]
    return sql.SQL(" UNION ALL ").join([*selects, _by_week(asked, rows)])


@dataclass(frozen=True)
class Cell:
    question: str
    key: str
    counts: sql.Composable
    """SQL over a response row: whether it counts for the cell."""


def _by_cell(asked: Mapping[str, Asked], rows: sql.Composable, cells: list[Cell]) -> sql.Composable:
    """Each cell is a column first: whether, then how many in each group, and then a row.

    A row for each cell of each response from the start would be grouped ten times slower.
    """
    names = [sql.Identifier(f"cell_{number}") for number in range(len(cells))]
    whether = [
        sql.SQL("{} AS {}").format(cell.counts, name)
        for cell, name in zip(cells, names, strict=True)
    ]
    sums = [
        sql.SQL("sum(sign) FILTER (WHERE {name}) AS {name}").format(name=name) for name in names
    ]
    values = [
        sql.SQL("({}, {}, {})").format(cell.question, cell.key, name)
        for cell, name in zip(cells, names, strict=True)
    ]
    return sql.SQL(
        "SELECT dimension, grp, counted.question, counted.cell, counted.n"
        " FROM ({grouped}) AS grouped"
        " CROSS JOIN LATERAL (VALUES {values}) AS counted (question, cell, n)"
        " WHERE counted.n <> 0"
    ).format(
        grouped=_grouped(asked, rows, whether, sums),
        values=_listed(values),
    )


def _by_week(asked: Mapping[str, Asked], rows: sql.Composable) -> sql.Composable:
    monday = sql.SQL(
        "to_char(date_trunc('week', sent_at AT TIME ZONE {}), 'YYYY-MM-DD') AS monday"
    ).format(settings.TIME_ZONE)
    sums = [sql.SQL("monday"), sql.SQL("sum(sign) AS n")]
    grouped = _grouped(asked, rows, [monday], sums, by=(sql.Identifier("monday"),))
    return sql.SQL("SELECT dimension, grp, {}, monday, n FROM ({}) AS weekly WHERE n <> 0").format(
        RESPONSES, grouped
    )


def _grouped(
    asked: Mapping[str, Asked],
    rows: sql.Composable,
    columns: Sequence[sql.Composable],
    sums: Sequence[sql.Composable],
    by: tuple[sql.Composable, ...] = (),
) -> sql.Composable:
    """A SELECT of `dimension, grp` and sums, for everybody and for each group of each dimension."""
    names = dimensions(asked)
    groups = [sql.Identifier(f"group_{number}") for number in range(len(names))]
    named = list(zip(groups, names, strict=True))
    return sql.SQL(
        "SELECT CASE {which} ELSE {everybody} END AS dimension, coalesce({groups}, '') AS grp,"
        # Without OFFSET the conditions would be looked at for each dimension anew.
        " {sums} FROM (SELECT sign, {values}, {columns} FROM ({rows}) AS responses OFFSET 0)"
        " AS told GROUP BY GROUPING SETS ({sets})"
    ).format(
        which=_joined(" ", "WHEN GROUPING({}) = 0 THEN {}", named),
        everybody=EVERYBODY,
        groups=_listed(groups),
        sums=_listed(sums),
        values=_joined(", ", "{} AS {}", [(_group(name), group) for group, name in named]),
        columns=_listed(columns),
        rows=rows,
        sets=_joined(
            ", ", "({})", [(_listed(each),) for each in (by, *((*by, group) for group in groups))]
        ),
    )


def _listed(columns: Iterable[sql.Composable]) -> sql.Composable:
    return sql.SQL(", ").join(columns)


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


def _cells(asked: Mapping[str, Asked]) -> Iterator[Cell]:
    """All that a response can count for, but the week it came in."""
    yield Cell(RESPONSES, "", sql.SQL("true"))
    for each in asked.values():
        kind = each.kind
        yield Cell(kind.name, ASKED, _is_asked(each))
        yield Cell(kind.name, ANSWERED, _has(kind.name))
        for key in kind.cell_keys():
            yield Cell(kind.name, key, kind.counts_for(key))
        for name in kind.names_beside():
            yield Cell(name, ANSWERED, _has(name))


def _has(name: str) -> sql.Composable:
    return sql.SQL("answers ? {}").format(name)


def _is_asked(asked: Asked) -> sql.Composable:
    routes = [
        (version, sql.SQL("true") if route is None else route)
        for version, route in asked.routes.items()
    ]
    return sql.SQL("CASE version_id {} ELSE false END").format(
        _joined(" ", "WHEN {} THEN {}", routes)
    )
