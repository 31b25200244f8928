"""The rows of data files: PostgreSQL gives them one by one, in constant memory.

It writes the CSV itself; the other formats are written from the same rows as plain cells.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from psycopg import sql

from consultation import replica
from surveys.codebook import NOT_ASKED, variables, visible
from surveys.exports.copying import Block, Query, copied
from surveys.exports.harmless import FORMULA
from surveys.models import Questionnaire, Response
from surveys.models.response import ResponseQuerySet
from surveys.question_types import Shared, Variable
from surveys.rights import ALL, Rights

UNASKED = "\uffff"
"""A plain cell that says not asked. It is no character, so that nobody's words are the same."""

STORED = [field.attname for field in Response._meta.concrete_fields]
"""Every column. The rows are chosen and read at once, not looked up by their keys again."""

Row = Sequence[str | None]
Answer = Callable[[Variable], sql.Composable]

BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else."""


def csv_blocks(
    questionnaire: Questionnaire,
    responses: QuerySet[Response],
    *,
    labels: bool = False,
    rights: Rights = ALL,
) -> Iterator[bytes]:
    """The CSV of those of the responses that count, a header first, in blocks of bytes.

    Columns and their order are the codebook's, without those that `rights` leave out. Cells hold
    codes, or with `labels` the labels in the language that is active when this is called. All rows
    are of one moment.
    """
    return (
        block
        for block, _rows in counted_blocks(questionnaire, responses, labels=labels, rights=rights)
    )


def counted_blocks(
    questionnaire: Questionnaire,
    responses: QuerySet[Response],
    *,
    labels: bool = False,
    rights: Rights = ALL,
    fast: bool = False,
) -> Iterator[Block]:
    """The same, each with how many responses are in it.

    With `fast` many are read over several connections at once, for whoever writes them as they
    come. It takes the server from others: who answers meanwhile waits longer.
    """
    columns = visible(variables(questionnaire), rights)
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow([column.name for column in columns])
    counted = _counted(responses).filter(questionnaire=questionnaire)
    query = _query(
        columns,
        counted,
        lambda column: _answer(column, labels),
        _("Not asked") if labels else NOT_ASKED,
    )
    # What streams goes on after whoever chose where to read has left.
    blocks = copied(query, replica.alias(), _keys(questionnaire) if fast else None)
    return _stream((BYTE_ORDER_MARK + header.getvalue()).encode(), blocks)


def plain_rows(
    columns: list[Variable],
    responses: QuerySet[Response],
    *,
    after: UUID | None = None,
    most: int | None = None,
) -> Iterator[tuple[UUID, Row]]:
    """The cells of those of the responses that count, with their keys, in the order of the keys.

    Cells are text as `Variable.value` gives it, None for no answer and `UNASKED`. With `after` and
    `most` it is one slice of them.
    """
    counted = _counted(responses)
    if after:
        counted = counted.filter(pk__gt=after)
    query = _query(columns, counted, lambda column: column.value, UNASKED, key=True, most=most)
    statement = sql.SQL("COPY ({}) TO STDOUT").format(query.all())
    with replica.connection().cursor() as cursor, cursor.copy(statement) as copy:
        for key, *cells in copy.rows():
            yield UUID(key), cells


def _counted(responses: QuerySet[Response]) -> QuerySet[Response]:
    """Those that count. Chosen by their own columns alone they need no second look by key."""
    query = responses.query
    is_plain = not (query.is_sliced or query.distinct or query.combinator or query.group_by)
    # Another table might give a response more than once.
    tables = sum(1 for used in query.alias_refcount.values() if used)
    if is_plain and tables <= 1 and isinstance(responses, ResponseQuerySet):
        return responses.sent()
    return Response.objects.sent().filter(pk__in=responses)


def _keys(questionnaire: Questionnaire) -> sql.Composable:
    """Of all that may count, from an index alone."""
    sent = Response.objects.filter(state=Response.State.SENT, is_rehearsal=False)
    return _as_sql(sent.filter(questionnaire=questionnaire).values("id"))


def _as_sql(chosen: QuerySet[Response, Any]) -> sql.Composable:
    with connection.cursor() as cursor:
        return sql.SQL(cursor.mogrify(*chosen.order_by().query.sql_with_params()))


def _stream(header: bytes, blocks: Iterator[Block]) -> Iterator[Block]:
    yield header, 0
    yield from blocks


def _query(
    columns: list[Variable],
    responses: QuerySet[Response],
    answer: Answer,
    unasked: str,
    *,
    key: bool = False,
    most: int | None = None,
) -> Query:
    chosen = _as_sql(responses.values(*STORED))
    cells = [_cell(column, answer(column), unasked) for column in columns]
    shared = _shared(cells)
    # Without OFFSET the planner would write each of them into every cell that looks at it. The rows
    # come in order from inside, or with it they would all be sorted at their full width.
    once = sql.SQL("ORDER BY response.id OFFSET 0" if shared else "")
    cells = [_by_name(cell, shared) for cell in cells]
    head = (
        sql.SQL(
            "SELECT {} FROM (SELECT response.*, version.number AS version_number,"
            " organisation.name AS organisation_name{} FROM ({}) response"
            " JOIN surveys_version version ON version.id = response.version_id"
            " LEFT JOIN surveys_organisation organisation"
            " ON organisation.id = response.organisation_id "
        )
        .format(
            sql.SQL(", ").join([sql.SQL("id::text"), *cells] if key else cells),
            sql.SQL("").join(
                sql.SQL(", {} AS {}").format(each, name) for each, name in shared.items()
            ),
            chosen,
        )
        .as_string(connection.connection)
    )
    tail = sql.SQL("{}) responses ORDER BY id LIMIT {}").format(once, most)
    # Put together once: many cells take longer than a range of rows.
    return Query(sql.SQL(head), tail)


def _shared(cells: list[sql.Composable]) -> dict[Shared, sql.Identifier]:
    """What several cells look at, with the names under which they find it."""
    times = Counter(chain.from_iterable(map(_looked_at, cells)))
    shared = [each for each, number in times.items() if number > 1]
    return {each: sql.Identifier(f"shared_{number}") for number, each in enumerate(shared)}


def _looked_at(cell: sql.Composable) -> Iterator[Shared]:
    if isinstance(cell, Shared):
        yield cell
    elif isinstance(cell, sql.Composed):
        for part in cell:
            yield from _looked_at(part)


def _by_name(cell: sql.Composable, shared: Mapping[Shared, sql.Identifier]) -> sql.Composable:
    """The cell, with the names of what it shares with others."""
    if isinstance(cell, Shared):
        return shared.get(cell, cell)
    if isinstance(cell, sql.Composed):
        return sql.Composed([_by_name(part, shared) for part in cell])
    return cell


def _route(column: Variable) -> Shared:
    """Whether a response was asked a question after its answers to others."""
    cases = [
        sql.SQL("WHEN {} THEN {}").format(version, condition)
        for version, condition in column.asked_if.items()
    ]
    return Shared(sql.SQL("CASE version_id {} ELSE true END").format(sql.SQL(" ").join(cases)))


def _cell(column: Variable, answer: sql.Composable, unasked: str) -> sql.Composable:
    conditions: list[sql.Composable] = []
    if column.asked_in is not None:
        conditions.append(sql.SQL("version_id = ANY({})").format(list(column.asked_in)))
    if column.asked_if:
        conditions.append(_route(column))
    if not conditions:
        return answer
    return sql.SQL("CASE WHEN {} THEN {} ELSE {} END").format(
        sql.SQL(" AND ").join(conditions), answer, unasked
    )


def _answer(column: Variable, labels: bool) -> sql.Composable:
    if labels and column.codes:
        looked_up = sql.SQL("coalesce({labels}::jsonb ->> ({value}), {value})").format(
            labels=json.dumps(column.codes, ensure_ascii=False), value=column.value
        )
        return _harmless(looked_up)
    return _harmless(column.value) if column.is_words else column.value


def _harmless(value: sql.Composable) -> sql.Composable:
    """Words with an apostrophe before what a spreadsheet would calculate."""
    return sql.SQL(
        "CASE WHEN ({value}) ~ {formula} THEN '''' || ({value}) ELSE ({value}) END"
    ).format(value=value, formula=FORMULA)
