"""Where in the database a text stands: every column that can hold one, by its own catalogue."""

import json
from collections.abc import Iterable

from django.db import connection
from psycopg import sql

COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
      AND c.data_type = ANY(%s)
    ORDER BY 1, 2
"""


def places_of(needles: Iterable[str]) -> dict[str, int]:
    """How many rows hold one of the texts, as `table.column`; nothing where none does.

    Case does not count. What is packed, such as a ZIP file, is not opened.
    """
    wanted = [needle for needle in needles if needle]
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [[*PATTERNS]])
        for table, column, kind in cursor.fetchall() if wanted else ():
            as_text, pattern = PATTERNS[kind]
            statement = "SELECT count(*) FROM {table} WHERE " + as_text + " ILIKE ANY(%s)"  # noqa: S608
            cursor.execute(
                sql.SQL(statement).format(
                    table=sql.Identifier(table), column=sql.Identifier(column)
                ),
                [[pattern(needle) for needle in wanted]],
            )
            if rows := cursor.fetchone()[0]:
                found[f"{table}.{column}"] = rows
    return found


def _in_text(needle: str) -> str:
    for special in ("\\", "%", "_"):
        needle = needle.replace(special, f"\\{special}")
    return f"%{needle}%"


def _in_json(needle: str) -> str:
    return _in_text(json.dumps(needle, ensure_ascii=False)[1:-1])


def _in_bytes(needle: str) -> str:
    return f"%{needle.encode().hex()}%"


PATTERNS = {
    **dict.fromkeys(
        ("text", "character varying", "character", "ARRAY"), ("{column}::text", _in_text)
    ),
    **dict.fromkeys(("jsonb", "json"), ("{column}::text", _in_json)),
    "bytea": ("encode({column}, 'hex')", _in_bytes),
}
"""By kind of column: how it is read as text, and how a text is written there."""
