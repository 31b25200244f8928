"""What fixtures put into the database: made by them once, then put there row by row."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from surveys.answering import versions
from tests.content import TABLES

_kept: dict[str, tuple[list["_Change"], Any]] = {}


@dataclass(frozen=True)
class _Change:
    """What making did to one table. The first column of each is its key."""

    table: str
    gone: list[int]
    added: bytes


def put_once(make: Callable[..., Any], *given: Any) -> Any:
    """The rows that `make` leaves, and what it gives. It must find the same rows at each time.

    They keep their numbers, which are nobody else's: those never go back. Moments are those of
    the first time, at most as long ago as the tests run.
    """
    name = f"{make.__module__}.{make.__qualname__}"
    if name in _kept:
        changes, made = _kept[name]
        _put(changes)
    else:
        before = _rows()
        made = make(*given)
        _kept[name] = _changes(before, _rows()), made
    return deepcopy(made)


def _changes(before, after):
    return [
        _Change(table, [_key(row) for row in before[table] - rows], b"".join(rows - before[table]))
        for table, rows in after.items()
        if rows != before[table]
    ]


def _rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {table: _rows_of(cursor, table) for (table,) in cursor.fetchall()}


def _rows_of(cursor, table):
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return set(b"".join(map(bytes, copy)).splitlines(keepends=True))


def _key(row):
    return int(row.split(b"\t", 1)[0])


def _put(changes):
    with transaction.atomic(), connection.cursor() as cursor:
        # All rules were kept when the rows were made.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for each in changes:
            if each.gone:
                cursor.execute(
                    f"DELETE FROM {each.table} WHERE id = ANY(%s)",  # noqa: S608
                    [each.gone],
                )
            with cursor.copy(f"COPY {each.table} FROM STDIN") as copy:
                copy.write(each.added)
            if each.table in TABLES:
                # Copying is no statement that tests/kept_versions.py sees.
                versions._versions.clear()
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
