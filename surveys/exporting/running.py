"""Making exports, one slice at a time. It may be killed at any moment and run twice in parallel."""

import logging
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from consultation.replica import from_replica
from surveys.codebook import variables, visible
from surveys.exporting.files import File, Making, files_of
from surveys.exporting.filters import exported
from surveys.exporting.parts import (
    ROWS,
    pack_rows,
    store_file,
    store_rows,
    stored_rows,
    temporary_file,
)
from surveys.exports.data import CannotWrite, Data
from surveys.exports.dataset import Row, plain_rows
from surveys.models import Export
from surveys.models.consultation import DatabaseClock
from surveys.question_types import Variable
from surveys.retention import BY_KEY
from surveys.rights import Rights

SLICE = 20_000
LOOKS_EVERY = 5_000
"""After so many rows written it is looked whether the export was cancelled."""

LOCK = 0x45585054
"""Of advisory locks those of exports, so that no two processes work on one."""

log = logging.getLogger(__name__)


class Stopped(Exception):
    """It was cancelled or begins anew: nothing of this step is kept."""


def export_due() -> bool:
    """Take the oldest export that nobody works on one step further; False if there is none.

    A step is a slice of the rows, or one file. It is kept whole or not at all.
    """
    for pk in (
        Export.objects.filter(state__in=Export.UNDER_WAY)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        try:
            if _step(pk):
                return True
        except Stopped:
            return True
        except CannotWrite as problem:
            _fail(pk, str(problem))
            return True
        except Exception:
            log.exception("Export %s", pk)
            with override(_language(pk)):
                _fail(pk, _("An error of the software. The administrators have been told."))
            return True
    return False


def _step(pk: int) -> bool:
    """False if somebody else works on it, or no longer needs it."""
    with transaction.atomic():
        if not _is_mine(pk):
            return False
        export = Export.objects.select_related("questionnaire__consultation__programme", "asked_by")
        found = export.filter(pk=pk, state__in=Export.UNDER_WAY).first()
        if found is None:
            return False
        with override(found.language):
            changed = _advance(found)
        # Nothing is locked before this: whoever cancels or restricts does not wait.
        if not _as_it_was(found).update(**changed):
            raise Stopped
    return True


def _is_mine(pk: int) -> bool:
    """Until the end of the transaction, however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, pk])
        (taken,) = cursor.fetchone()
        return bool(taken)


def _language(pk: int) -> str:
    return str(Export.objects.values_list("language", flat=True).get(pk=pk))


def _fail(pk: int, words: str) -> None:
    Export.objects.filter(pk=pk, state__in=Export.UNDER_WAY).update(
        state=Export.State.FAILED,
        problem=words,
        finished_at=Now(),
        expires_at=Now() + BY_KEY["exports"].period,
    )


def _advance(export: Export) -> dict[str, Any]:
    """Work for a moment. Gives what changes of the export by it."""
    user = export.asked_by
    if user is None or not user.has_perm("surveys.export_response"):
        raise CannotWrite(_("Whoever asked for it may no longer export."))
    rights = Rights.of(user)
    columns = visible(variables(export.questionnaire), rights)
    names = [column.name for column in columns]
    if not export.began_at or names != export.columns:
        return _begin(export, names, rights)
    if not export.has_all_rows:
        return _read(export, columns)
    return _write(export, columns)


def _begin(export: Export, names: list[str], rights: Rights) -> dict[str, Any]:
    """From the first row, with the columns of this moment: also where they are others by now."""
    export.parts.all().delete()
    return {
        "state": Export.State.RUNNING,
        "columns": names,
        "rights": {"identity": rights.identity, "words": rights.words},
        "total": exported(export.questionnaire, export.filters).count(),
        "done": 0,
        "last_id": None,
        "has_all_rows": False,
        "files": [],
        "began_at": DatabaseClock(),
        "read_until": DatabaseClock(),
    }


def _read(export: Export, columns: list[Variable]) -> dict[str, Any]:
    """The next slice. `began_at` was before its rows were looked at, `read_until` is after."""
    responses = exported(export.questionnaire, export.filters)
    # A replica serves once it has all that there was when the export began: the responses, and
    # not the parts that were stored since.
    packed = from_replica(
        lambda: pack_rows(plain_rows(columns, responses, after=export.last_id, most=SLICE)),
        since=export.began_at,
    )
    store_rows(export, packed)
    return {
        "done": export.done + packed.number,
        "last_id": packed.last or export.last_id,
        "has_all_rows": packed.number < SLICE,
        "read_until": DatabaseClock(),
    }


def _write(export: Export, columns: list[Variable]) -> dict[str, Any]:
    """The next file, and with the last one it is done."""
    files = files_of(export)
    file = files[len(export.files)]
    data = Data(
        export.questionnaire,
        columns,
        lambda: _watched(export),
        export.labels,
        export.asked_at,
    )
    facts = _written(export, file, Making(export, data, export.files))
    written = [*export.files, facts]
    if len(written) < len(files):
        return {"files": written}
    export.parts.filter(file=ROWS).delete()
    moment = timezone.now()
    return {
        "files": written,
        "state": Export.State.DONE,
        "finished_at": moment,
        "expires_at": moment + BY_KEY["exports"].period,
    }


def _written(export: Export, file: File, making: Making) -> dict[str, Any]:
    with temporary_file() as written:
        file.write(making, written)
        size = (export.done, len(making.data.columns)) if file.holds_rows else None
        return vars(store_file(export, file.name, file.kind, written, size))


def _watched(export: Export) -> Iterator[Row]:
    """The rows that were read, until somebody cancels, or one of them is restricted."""
    for number, row in enumerate(stored_rows(export)):
        if number % LOOKS_EVERY == 0 and not _is_wanted(export):
            raise Stopped
        yield row


def _is_wanted(export: Export) -> bool:
    return _as_it_was(export).exists()


def _as_it_was(export: Export) -> QuerySet[Export]:
    """It, unless it was cancelled or has to begin anew since it was read."""
    return Export.objects.filter(pk=export.pk, state__in=Export.UNDER_WAY, began_at=export.began_at)
