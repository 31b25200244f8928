"""Moving tallies along with the changes that were noted, and counting all to compare."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from psycopg import sql

from surveys.models import Questionnaire, Tallied, Tally, Untallied, Version
from surveys.models.consultation import DatabaseClock
from surveys.models.noting import IS_COUNTED, STANDS
from surveys.tallying.counting import ROW, Asked, deltas, digest, questions

LOCK = 6_021_001
"""Of the advisory lock under which tallies are moved."""
AT_ONCE = 20_000
"""So many changed responses are taken in one transaction."""

ALL = """
SELECT 1 AS sign, response.id AS response_id, {row} FROM surveys_response response
LEFT JOIN surveys_organisation organisation ON organisation.id = response.organisation_id
WHERE response.questionnaire_id = {questionnaire} AND {is_counted} AND coalesce({stands}, true)
"""
FIRST = "SELECT DISTINCT ON (response_id) * FROM {notes} AS notes ORDER BY response_id, id"
# What counted before the first note of a response goes, and what it says now comes.
CHANGED = """
SELECT -1 AS sign, {row} FROM first WHERE was_counted
UNION ALL SELECT 1, {row} FROM ({all}) AS counted
WHERE response_id IN (SELECT response_id FROM first)
"""
MERGED = """
MERGE INTO surveys_tally AS tally USING ({deltas}) AS delta
ON tally.questionnaire_id = {questionnaire} AND tally.dimension = delta.dimension
 AND tally."group" = delta.grp AND tally.question = delta.question AND tally.cell = delta.cell
WHEN MATCHED THEN UPDATE SET n = tally.n + delta.n
WHEN NOT MATCHED THEN INSERT (questionnaire_id, dimension, "group", question, cell, n)
 VALUES ({questionnaire}, delta.dimension, delta.grp, delta.question, delta.cell, delta.n)
"""
# One statement and so one view of the database: all notes of a response are taken together, with
# what the response says at that moment.
TAKE_NOTES = """
WITH taken AS (
 DELETE FROM surveys_untallied WHERE response_id IN (
  SELECT response_id FROM surveys_untallied WHERE questionnaire_id = {questionnaire}
  ORDER BY id LIMIT {at_once}) RETURNING *),
first AS MATERIALIZED ({first})
{merged}
"""
TAKE_ALL = """
WITH taken AS (DELETE FROM surveys_untallied WHERE questionnaire_id = {questionnaire})
{merged}
"""
# Whatever is going on meanwhile, what was tallied and what is noted make together what there is.
DIFFERENCES = """
WITH first AS MATERIALIZED ({first}),
kept AS (
 SELECT dimension, grp, question, cell, sum(n) AS n FROM (
  SELECT dimension, "group" AS grp, question, cell, n FROM surveys_tally
  WHERE questionnaire_id = {questionnaire}
  UNION ALL SELECT dimension, grp, question, cell, n FROM ({deltas}) AS changed) AS together
 GROUP BY 1, 2, 3, 4)
SELECT dimension, grp, question, cell, coalesce(kept.n, 0), coalesce(counted.n, 0)
FROM kept FULL JOIN ({counted}) AS counted USING (dimension, grp, question, cell)
WHERE coalesce(kept.n, 0) <> coalesce(counted.n, 0) ORDER BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Difference:
    """A tally that is not what counting gives."""

    dimension: str
    group: str
    question: str
    cell: str
    tallied: int
    counted: int


def fold(questionnaire: Questionnaire) -> bool:
    """Take noted changes into the tallies, in one transaction; whether more are left.

    At most those of AT_ONCE responses. Where it is counted in another way than before, as after a
    new version, all is counted anew.
    """
    latest = _latest(questionnaire)
    if _held.get(questionnaire.pk) == latest and _nothing_is_noted(questionnaire):
        return False
    asked = questions(questionnaire)
    with transaction.atomic():
        _wait_for_others()
        # Not before the end: a transaction that failed has counted nothing.
        transaction.on_commit(lambda: _held.update({questionnaire.pk: latest}))
        return _take(questionnaire, asked)


def _take(questionnaire: Questionnaire, asked: Mapping[str, Asked]) -> bool:
    """Take changes, or all where it was counted in another way; whether more are left."""
    state = Tallied.objects.filter(questionnaire=questionnaire)
    if not state.filter(definition=digest(asked)).exists():
        _count_anew(questionnaire, asked)
        return False
    state.update(at=DatabaseClock())
    values = _values(questionnaire, asked)
    values |= {
        "first": sql.SQL(FIRST).format(notes=sql.SQL("taken")),
        "deltas": deltas(asked, _formatted(CHANGED, values)),
    }
    _merge(TAKE_NOTES, values)
    return _are_noted(questionnaire)


def count_anew(questionnaire: Questionnaire) -> None:
    """Forget the tallies and count all responses, in one transaction."""
    with transaction.atomic():
        _wait_for_others()
        _count_anew(questionnaire, questions(questionnaire))


def differences(questionnaire: Questionnaire) -> list[Difference]:
    """Where the tallies and the changes noted since are not what there is. None, or it is a bug.

    In one statement, so that it may be asked while responses are coming in.
    """
    asked = questions(questionnaire)
    values = _values(questionnaire, asked)
    notes = sql.SQL("(SELECT * FROM surveys_untallied WHERE questionnaire_id = {})").format(
        questionnaire.pk
    )
    values |= {
        "first": sql.SQL(FIRST).format(notes=notes),
        "deltas": deltas(asked, _formatted(CHANGED, values)),
        "counted": deltas(asked, values["all"]),
    }
    with connection.cursor() as cursor:
        cursor.execute(_formatted(DIFFERENCES, values))
        return [
            Difference(dimension, group, question, cell, int(tallied), int(counted))
            for dimension, group, question, cell, tallied, counted in cursor.fetchall()
        ]


_held: dict[int, int | None] = {}
"""By questionnaire the latest version when this process last held its tallies against how it is
counted. Only a new version, or a new process, can count in another way."""


def _latest(questionnaire: Questionnaire) -> int | None:
    published = Version.objects.published().filter(questionnaire=questionnaire)
    return published.order_by("-number").values_list("pk", flat=True).first()


def _nothing_is_noted(questionnaire: Questionnaire) -> bool:
    """And if so, until now. In one statement, so that nothing comes in between."""
    noted = Untallied.objects.filter(questionnaire=OuterRef("questionnaire"))
    state = Tallied.objects.filter(~Exists(noted), questionnaire=questionnaire)
    return state.update(at=Now()) == 1


def _wait_for_others() -> None:
    """Two that took the same notes would get into each other's way."""
    with connection.cursor() as cursor:
        # Hundreds of conditions take longer to compile than to look at for some responses.
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _count_anew(questionnaire: Questionnaire, asked: Mapping[str, Asked]) -> None:
    Tally.objects.filter(questionnaire=questionnaire).delete()
    values = _values(questionnaire, asked)
    definition = digest(asked)
    Tallied.objects.update_or_create(
        questionnaire=questionnaire, defaults={"at": DatabaseClock(), "definition": definition}
    )
    _merge(TAKE_ALL, values | {"deltas": deltas(asked, values["all"])})


def _values(questionnaire: Questionnaire, asked: Mapping[str, Asked]) -> dict[str, sql.Composable]:
    values: dict[str, sql.Composable] = {
        "row": ROW,
        "questionnaire": sql.Literal(questionnaire.pk),
        "at_once": sql.Literal(AT_ONCE),
        "is_counted": sql.SQL(IS_COUNTED.format(row="response")),
        "stands": sql.SQL(STANDS),
    }
    return values | {"all": _formatted(ALL, values)}


def _formatted(statement: str, values: Mapping[str, sql.Composable]) -> sql.Composed:
    return sql.SQL(statement).format(**values)


def _merge(statement: str, values: Mapping[str, sql.Composable]) -> None:
    with connection.cursor() as cursor:
        merged = _formatted(MERGED, values)
        cursor.execute(_formatted(statement, {**values, "merged": merged}))


def _are_noted(questionnaire: Questionnaire) -> bool:
    return Untallied.objects.filter(questionnaire=questionnaire).exists()
