"""The data file of a frame's codings, written by PostgreSQL in constant memory."""

import csv
import io
from collections.abc import Iterator

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from psycopg import sql

from surveys.coding.codings import FIRST
from surveys.coding.counting import counted_codings
from surveys.exports.dataset import BYTE_ORDER_MARK
from surveys.models import Coding, CodingFrame, Response, Uncoded

ROWS = """
SELECT {first}, {question}::text, coding.turn, (coding.id IN ({counted}))::int {codes}
FROM (
  SELECT coding.id, coding.turn, response.id AS response_id, response.reference,
    dense_rank() OVER (ORDER BY response.id) AS answer,
    ARRAY(
      SELECT code.number FROM surveys_coding_codes link
      JOIN surveys_code code ON code.id = link.code_id WHERE link.coding_id = coding.id
    ) AS numbers
  FROM surveys_coding coding JOIN surveys_response response ON response.id = coding.response_id
  WHERE coding.id IN ({current})
) coding
ORDER BY coding.response_id, coding.turn
"""


def column_of(frame: CodingFrame, number: int) -> str:
    """As the codebook names the columns of a question's options."""
    return f"{frame.question}_{number}"


def coding_blocks(frame: CodingFrame, *, with_reference: bool) -> Iterator[bytes]:
    """The CSV in blocks of bytes, its header first: a row per coding, a 0/1 column per code.

    `counted` is 1 in the row of each answer that counts. Without the reference the first column
    numbers the answers, so that the turns of one are still told to belong together.
    """
    numbers = [code.number for code in frame.codes.filter(_has_a_column())]
    first = "reference" if with_reference else "answer"
    header = io.StringIO()
    columns = [first, "question", "turn", "counted", *(column_of(frame, n) for n in numbers)]
    csv.writer(header, lineterminator="\n").writerow(columns)
    yield (BYTE_ORDER_MARK + header.getvalue()).encode()
    with connection.cursor() as cursor:
        copy = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(_query(frame, first, numbers))
        with cursor.copy(copy) as blocks:
            yield from map(bytes, blocks)


def _has_a_column() -> Q:
    """Whatever is applied, or was and is not recoded yet."""
    used = Coding.codes.through.objects.filter(code=OuterRef("pk"))
    return Q(merged_into=None, split_at=None) | Q(Exists(used))


def _query(frame: CodingFrame, first: str, numbers: list[int]) -> sql.Composable:
    changed = Uncoded.objects.filter(frame=frame, turn=FIRST).values("response")
    current = frame.codings.exclude(response__in=changed)
    current = current.filter(response__in=Response.objects.sent())
    cells = [sql.SQL(", ({} = ANY(coding.numbers))::int").format(n) for n in numbers]
    with connection.cursor() as cursor:

        def written(codings: object) -> sql.SQL:
            query = codings.order_by().values("pk").query  # type: ignore[attr-defined]
            return sql.SQL(cursor.mogrify(*query.sql_with_params()))

        return sql.SQL(ROWS).format(
            first=sql.Identifier("coding", first),
            question=frame.question,
            counted=written(counted_codings(frame)),
            current=written(current),
            codes=sql.SQL("").join(cells),
        )
