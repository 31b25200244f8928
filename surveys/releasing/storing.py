"""Writing a release down: its own tables, and those that have stood since an earlier one."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from surveys.models import Release, ReleasedTable


def store(new: Iterable[ReleasedTable], stands: Iterable[int], **columns: Any) -> Release:
    """A release of new tables, and of former ones by their keys."""
    key = _next_key()
    tables = [*new]
    for table in tables:
        table.release_id = key
    # Neither can be changed once it is there, and each names the other: the database looks at the
    # end of the transaction whether the release is there.
    with transaction.atomic():
        made = ReleasedTable.objects.bulk_create(tables)
        keys = sorted([*stands, *(table.pk for table in made)])
        return Release.objects.create(pk=key, tables=keys, **columns)


def _next_key() -> int:
    table = Release._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return int(cursor.fetchone()[0])
