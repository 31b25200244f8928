"""The data file: PostgreSQL writes the CSV, row by row, in constant memory."""

import csv
import io
import json
from collections.abc import Iterator

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from psycopg import sql

from surveys.codebook import NOT_ASKED, variables, visible
from surveys.exports.harmless import FORMULA
from surveys.models import Questionnaire, Response
from surveys.question_types import Variable
from surveys.rights import ALL, Rights

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
    columns = visible(variables(questionnaire), rights)
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow([column.name for column in columns])
    counted = Response.objects.sent().filter(questionnaire=questionnaire, pk__in=responses)
    query = _query(columns, counted, labels)
    return _stream((BYTE_ORDER_MARK + header.getvalue()).encode(), query)


def _stream(header: bytes, query: sql.Composable) -> Iterator[bytes]:
    yield header
    with connection.cursor() as cursor:
        copy = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)
        with cursor.copy(copy) as blocks:
            yield from map(bytes, blocks)


def _query(columns: list[Variable], responses: QuerySet[Response], labels: bool) -> sql.Composable:
    with connection.cursor() as cursor:
        chosen = cursor.mogrify(*responses.order_by().values("id").query.sql_with_params())
    routes = _routes(columns)
    # Without OFFSET the planner would write each route into every cell that looks at it. The rows
    # come in order from inside, or with it they would all be sorted at their full width.
    once = sql.SQL("ORDER BY response.id OFFSET 0" if routes else "")
    return sql.SQL(
        "SELECT {} FROM (SELECT response.*, version.number AS version_number,"
        " organisation.name AS organisation_name{} FROM surveys_response response"
        " JOIN surveys_version version ON version.id = response.version_id"
        " LEFT JOIN surveys_organisation organisation"
        " ON organisation.id = response.organisation_id"
        " WHERE response.id IN ({}) {}) responses ORDER BY id"
    ).format(
        sql.SQL(", ").join(_cell(column, labels, routes) for column in columns),
        sql.SQL("").join(
            sql.SQL(", {} AS {}").format(route, _name(number))
            for number, route in enumerate(routes)
        ),
        sql.SQL(chosen),
        once,
    )


def _routes(columns: list[Variable]) -> list[sql.Composable]:
    """Whether a response was asked a question after its answers to others, once per question."""
    routes: list[sql.Composable] = []
    for column in columns:
        if column.asked_if and _route(column) not in routes:
            routes.append(_route(column))
    return routes


def _route(column: Variable) -> sql.Composable:
    cases = [
        sql.SQL("WHEN {} THEN {}").format(version, condition)
        for version, condition in column.asked_if.items()
    ]
    return sql.SQL("CASE version_id {} ELSE true END").format(sql.SQL(" ").join(cases))


def _name(number: int) -> sql.Identifier:
    return sql.Identifier(f"route_{number}")


def _cell(column: Variable, labels: bool, routes: list[sql.Composable]) -> sql.Composable:
    conditions: list[sql.Composable] = []
    if column.asked_in is not None:
        conditions.append(sql.SQL("version_id = ANY({})").format(list(column.asked_in)))
    if column.asked_if:
        conditions.append(_name(routes.index(_route(column))))
    if not conditions:
        return _answer(column, labels)
    return sql.SQL("CASE WHEN {} THEN {} ELSE {} END").format(
        sql.SQL(" AND ").join(conditions),
        _answer(column, labels),
        _("Not asked") if labels else NOT_ASKED,
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
