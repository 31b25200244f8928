"""A consultation from its backup, with the keys it had: wholly or not at all."""

from types import TracebackType
from typing import IO, Any, Self

import psycopg
from django.db import Error, connection, transaction
from django.db.models import AutoField, BigAutoField, Model

from surveys import audit
from surveys.backups import Refused
from surveys.backups.keys import to_carry_over
from surveys.backups.own_accounts import OwnAccounts
from surveys.backups.reading import Backup, read
from surveys.backups.rows import columns
from surveys.backups.scope import models
from surveys.backups.tables import (
    consultation_of,
    copy_into,
    count,
    migrations,
    same_bytes_everywhere,
)
from surveys.models import AuditEntry, Consultation, User

TAKEN = (
    "This installation has rows of its own with the same keys or names, so nothing was restored."
    " Restore into one that has its migrations and the account of whoever set it up, no more."
)


def restore(file: IO[bytes], identity: str, *, other_keys: bool = False) -> Backup:
    """Write all rows of the backup; accounts come without any right.

    An installation with other keys than the first is refused unless that is wanted.
    """
    try:
        with transaction.atomic(), _Rows(other_keys=other_keys) as rows:
            backup = read(file, identity, rows)
            rows.finish(backup)
            return backup
    except (Error, psycopg.Error) as error:
        raise _refused(error) from error


def _refused(error: Exception) -> Refused:
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if isinstance(cause, psycopg.IntegrityError):
        return Refused(f"{TAKEN} ({cause.diag.constraint_name})")
    said = str(error).partition("\n")[0]
    return Refused(f"The database did not take the backup, and nothing was changed: {said}.")


class _Rows:
    """Copies parts into their tables, whose triggers rest: what they did is in the rows."""

    def __init__(self, *, other_keys: bool) -> None:
        self._other_keys = other_keys

    def __enter__(self) -> Self:
        self._cursor = connection.cursor()
        self._label = ""
        self._copy: Any = None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._copy is not None:
            self._copy.__exit__(kind, error, at)
        self._cursor.close()

    def begin(self, head: dict[str, Any]) -> None:
        _refuse_other(head)
        if not self._other_keys:
            _refuse_other_keys(head)
        self._models = {model._meta.label: model for model in models()}
        same_bytes_everywhere()
        # Before anything is written: a table with checks that wait cannot be altered.
        self._triggers("DISABLE")
        self._own = OwnAccounts(head["highest"])
        self._own.step_aside()

    def take(self, label: str, part: bytes) -> None:
        if label != self._label:
            self._end()
            self._copy = self._cursor.copy(copy_into(self._models[label]))
            self._into = self._copy.__enter__()
            self._label = label
        self._into.write(part)

    def finish(self, backup: Backup) -> None:
        """Hold what is in the tables now against the backup, with all rules in force again."""
        self._end()
        # All that waits is checked now, and from here on each statement at once.
        self._cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        highest = backup.head["highest"]
        for label, model in self._models.items():
            found = count(model, backup.head["consultation"], highest)
            if found != backup.manifest["tables"][label]:
                raise Refused(f"{TAKEN} ({label})")
        restored = User.objects.filter(pk__lte=highest[User._meta.label])
        restored.update(is_staff=False, is_superuser=False)
        self._own.come_back()
        for model in self._models.values():
            self._go_on_counting(model)
        self._triggers("ENABLE")
        consultation = Consultation.objects.get(slug=backup.head["slug"])
        made_at = backup.head["made_at"]
        audit.record(None, AuditEntry.Action.IMPORTED, consultation, restored_from=made_at)

    def _end(self) -> None:
        if self._copy is not None:
            ended, self._copy = self._copy, None
            ended.__exit__(None, None, None)

    def _triggers(self, verb: str) -> None:
        for model in self._models.values():
            table = connection.ops.quote_name(model._meta.db_table)
            self._cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER USER")

    def _go_on_counting(self, model: type[Model]) -> None:
        """New rows get keys after those that are there."""
        key = model._meta.pk
        if isinstance(key, AutoField | BigAutoField):
            table = connection.ops.quote_name(model._meta.db_table)
            self._cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, %s), max({key.column}))"  # noqa: S608
                f" FROM {table} HAVING max({key.column}) IS NOT NULL",
                [table, key.column],
            )


def _refuse_other_keys(head: dict[str, Any]) -> None:
    missing = to_carry_over(head["slug"], head["keys"])
    if missing:
        raise Refused(" ".join((*missing, "Nothing was restored; --other-keys does it anyway.")))


def _refuse_other(head: dict[str, Any]) -> None:
    differ = set(head["migrations"]) ^ set(migrations())
    if differ:
        raise Refused(
            "The backup is of another release. Restore it with the release that made it; these"
            f" migrations differ: {', '.join(sorted(differ)[:5])}."
        )
    if head["columns"] != {model._meta.label: columns(model) for model in models()}:
        raise Refused("The backup has other tables or columns than this release.")
    if consultation_of(head["slug"]) is not None:
        raise Refused(f"There is a consultation “{head['slug']}” here already.")
