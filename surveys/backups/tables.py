"""Rows of one consultation as PostgreSQL writes them, block by block, and the digest of them."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max, Model

from surveys.backups.rows import columns, rows
from surveys.backups.scope import shared

# So that the same rows are the same bytes everywhere.
SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "lock_timeout": "10s",
    "statement_timeout": "0",
}


class Count:
    """How many rows there were, and the digest of their bytes."""

    def __init__(self) -> None:
        self.rows, self._digest = 0, hashlib.sha256()

    def add(self, block: bytes) -> None:
        # A line break within a value is written as two other characters.
        self.rows += block.count(b"\n")
        self._digest.update(block)

    def told(self) -> dict[str, Any]:
        return {"rows": self.rows, "sha256": self._digest.hexdigest()}


def same_bytes_everywhere() -> None:
    """For the rest of this transaction."""
    with connection.cursor() as cursor:
        for name, value in SETTINGS.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def blocks(model: type[Model], consultation: int, highest: Mapping[str, int]) -> Iterator[bytes]:
    """Each is one row or several, never half of one."""
    query, given = rows(model, consultation, highest).query.sql_with_params()
    statement = f"COPY ({query}) TO STDOUT"
    # The driver's own cursor: the one around it that DEBUG asks for takes no values.
    with connection.cursor() as cursor, cursor.cursor.copy(statement, given) as copy:
        for block in copy:
            yield bytes(block)


def count(model: type[Model], consultation: int, highest: Mapping[str, int]) -> dict[str, Any]:
    counted = Count()
    for block in blocks(model, consultation, highest):
        counted.add(block)
    return counted.told()


def copy_into(model: type[Model]) -> str:
    names = ", ".join(connection.ops.quote_name(name) for name in columns(model))
    return f"COPY {connection.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN"


def highest_keys() -> dict[str, int]:
    """Of the tables that an installation has for all of its consultations."""
    tables = shared()
    found = (model._base_manager.using("default").aggregate(most=Max("pk")) for model in tables)
    return {model._meta.label: each["most"] or 0 for model, each in zip(tables, found, strict=True)}


def migrations() -> list[str]:
    """Those that were applied here, as one state to compare."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def consultation_of(slug: str) -> int | None:
    """Its key, read where the rest is read: not from a replica."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM surveys_consultation WHERE slug = %s", [slug])
        found = cursor.fetchone()
    return found[0] if found else None
