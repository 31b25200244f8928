"""Exact numbers, counted from the responses themselves. Stands in for the tallies."""

from collections import defaultdict
from datetime import date, datetime

from django.db import connection
from django.db.models import Max, QuerySet
from psycopg import sql

from surveys.journey import Journey
from surveys.models import Place, Questionnaire, Response, Version
from surveys.question_types import QuestionType
from surveys.question_types.choice import SingleChoice
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Counted, Table

PLACE = "place"
COLUMNS = ("language", "channel")


def as_of(questionnaire: Questionnaire) -> datetime | None:
    at: datetime | None = _sent(questionnaire).aggregate(at=Max("changed_at"))["at"]
    return at


def kinds(questionnaire: Questionnaire) -> dict[str, QuestionType]:
    """Every question that was ever published, by name, as its latest version words it."""
    found: dict[str, QuestionType] = {}
    versions = Version.objects.published().with_questions().filter(questionnaire=questionnaire)
    for version in versions.order_by("-number"):
        for name, step in Journey(version).steps.items():
            found.setdefault(name, step.kind)
    return found


def dimension_names(questionnaire: Questionnaire) -> list[str]:
    """What its tables can be told apart by, besides EVERYBODY; COUNTRY where there is a place."""
    every = kinds(questionnaire)
    closed = [name for name, kind in every.items() if isinstance(kind, SingleChoice)]
    return [*([COUNTRY] if PLACE in closed else []), *closed, *COLUMNS]


def tables(questionnaire: Questionnaire, dimension: str = EVERYBODY) -> dict[str, Table]:
    found = {}
    whole = totals(questionnaire, dimension)
    for name, kind in kinds(questionnaire).items():
        answered = _grouped(
            questionnaire, dimension, sql.SQL("SELECT '' WHERE answers ? {}").format(name)
        )
        cells = _grouped(questionnaire, dimension, kind.cells())
        groups = {
            group: Counted(
                total,
                total,
                answered[group, ""],
                {key: cells[group, key] for key in kind.cell_keys()},
            )
            for group, total in whole.items()
        }
        found[name] = Table(name, dimension, groups)
    return found


def totals(questionnaire: Questionnaire, dimension: str = EVERYBODY) -> dict[str, int]:
    found = _grouped(questionnaire, dimension, sql.SQL("SELECT ''"))
    if dimension == EVERYBODY:
        found[EVERYBODY, ""]
    return {group: number for (group, _cell), number in found.items()}


def weeks(questionnaire: Questionnaire, dimension: str = EVERYBODY) -> dict[str, dict[date, int]]:
    week = sql.SQL("SELECT to_char(date_trunc('week', sent_at), 'YYYY-MM-DD')")
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for (group, monday), number in sorted(_grouped(questionnaire, dimension, week).items()):
        found[group][date.fromisoformat(monday)] = number
    return dict(found)


def comments(questionnaire: Questionnaire) -> int:
    names = [name for kind in kinds(questionnaire).values() for name in kind.words_names()]
    answers = _sent(questionnaire).values_list("answers", flat=True)
    return sum(1 for document in answers for name in names if name in document)


def _sent(questionnaire: Questionnaire) -> QuerySet[Response]:
    return Response.objects.sent().filter(questionnaire=questionnaire)


def _grouped(
    questionnaire: Questionnaire, dimension: str, cells: sql.Composable
) -> dict[tuple[str, str], int]:
    stored = PLACE if dimension == COUNTRY else dimension
    group: sql.Composable = sql.SQL("coalesce(answers->>{}, '')").format(stored)
    if stored in (*COLUMNS, EVERYBODY):
        group = sql.Identifier(stored) if stored else sql.SQL("''")
    countries = dict(Place.objects.values_list("code", "country__code"))
    found: dict[tuple[str, str], int] = defaultdict(int)
    with connection.cursor() as cursor:
        chosen = cursor.mogrify(
            *_sent(questionnaire).order_by().values("id").query.sql_with_params()
        )
        cursor.execute(
            sql.SQL(
                "SELECT {}, cell, count(*) FROM surveys_response CROSS JOIN LATERAL ({})"
                " AS given (cell) WHERE id IN ({}) GROUP BY 1, 2 ORDER BY 1, 2"
            ).format(group, cells, sql.SQL(chosen))
        )
        for code, cell, number in cursor.fetchall():
            code = countries.get(code, code) if dimension == COUNTRY else code
            found[code, cell] += number
    return found
