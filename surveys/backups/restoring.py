"""A consultation from its backup, with the keys it had: wholly or not at all."""

from types import TracebackType
from typing import IO, Any, Self

from django.db import IntegrityError, connection, transaction
from django.db.models import AutoField
from psycopg import errors

from surveys.backups import Refused
from surveys.backups.reading import read
from surveys.backups.scope import columns, models
from surveys.backups.tables import copy_into, count, migrations, same_bytes_everywhere
from surveys.backups.writing import consultation_of

TAKEN = (
    "This installation has rows of its own with the same keys. A backup is restored into an"
    " installation that has nothing but its migrations."
)


def restore(file: IO[bytes], identity: str) -> dict[str, Any]:
    """Write all rows of the backup; accounts come without any right. The manifest of it."""
    try:
        with transaction.atomic(), _Rows() as rows:
            manifest = read(file, identity, rows)
            rows.finish(manifest)
            return manifest
    except (IntegrityError, errors.IntegrityError) as error:
        raise Refused(TAKEN) from error


class _Rows:
    """Copies parts into their tables, whose triggers rest: what they did is in the rows."""

    def __enter__(self) -> Self:
        self._cursor = connection.cursor()
        self._label, self._copy = "", None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._copy is not None:
            self._copy.__exit__(kind, error, at)
        self._cursor.close()

    def begin(self, head: dict[str, Any]) -> None:
        _refuse_other(head)
        self.consultation = head["consultation"]
        self._models = {m._meta.label: m for m in models()}
        same_bytes_everywhere()
        self._triggers("DISABLE")

    def take(self, label: str, part: bytes) -> None:
        if label != self._label:
            self._end()
            self._copy = self._cursor.copy(copy_into(self._models[label]))
            self._into = self._copy.__enter__()
            self._label = label
        self._into.write(part)

    def finish(self, manifest: dict[str, Any]) -> None:
        """Hold what is in the tables now against the backup, with all rules in force again."""
        self._end()
        self._cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for label, model in self._models.items():
            if count(model, self.consultation) != manifest["tables"][label]:
                raise Refused(f"{TAKEN} ({label})")
            self._go_on_counting(model)
        self._cursor.execute("UPDATE surveys_user SET is_staff = false, is_superuser = false")
        self._cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self._triggers("ENABLE")

    def _end(self) -> None:
        if self._copy is not None:
            ended, self._copy = self._copy, None
            ended.__exit__(None, None, None)

    def _triggers(self, verb: str) -> None:
        for model in self._models.values():
            table = connection.ops.quote_name(model._meta.db_table)
            self._cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER USER")

    def _go_on_counting(self, model: Any) -> None:
        """New rows get keys after those that were restored."""
        key = model._meta.pk
        if isinstance(key, AutoField):
            table = connection.ops.quote_name(model._meta.db_table)
            self._cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), max(id)) FROM "  # noqa: S608
                f"{table} HAVING max(id) IS NOT NULL",
                [table, key.column],
            )


def _refuse_other(head: dict[str, Any]) -> None:
    if head["migrations"] != migrations():
        differ = set(head["migrations"]) ^ set(migrations())
        raise Refused(
            "The backup is of another state of the database. Restore it with the release that"
            f" made it; these migrations differ: {', '.join(sorted(differ)[:5])}."
        )
    if head["columns"] != {m._meta.label: columns(m) for m in models()}:
        raise Refused("The backup has other tables or columns than this release.")
    if consultation_of(head["slug"]) is not None:
        raise Refused(f"There is a consultation “{head['slug']}” already; nothing was changed.")
