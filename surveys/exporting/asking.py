"""Asking for an export, cancelling it, resuming it, erasing it. What is asked for is logged."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from surveys import audit
from surveys.models import AuditEntry, Export, Questionnaire, User
from surveys.rights import Rights


def ask(
    user: User,
    questionnaire: Questionnaire,
    *,
    purpose: str,
    formats: list[str],
    labels: bool = False,
    language: str = "en",
    filters: Mapping[str, str] | None = None,
) -> Export:
    """Let an export be made in the background."""
    rights = asdict(Rights.of(user))
    with transaction.atomic():
        export = Export.objects.create(
            questionnaire=questionnaire,
            asked_by=user,
            asked_by_name=str(user)[:200],
            asked_at=timezone.now(),
            purpose=purpose,
            formats=formats,
            labels=labels,
            language=language,
            filters=dict(filters or {}),
            rights=rights,
        )
        told: dict[str, Any] = {"filters": export.filters, "formats": formats, "labels": labels}
        _record(user, export, "asked", **told, **rights)
    return export


def cancel(export: Export, user: User) -> bool:
    """Stop it and erase what was made so far. False where there was nothing to stop."""
    with transaction.atomic():
        under_way = Export.objects.filter(pk=export.pk, state__in=Export.UNDER_WAY)
        if not under_way.update(state=Export.State.CANCELLED, finished_at=timezone.now()):
            return False
        export.parts.all().delete()
        _record(user, export, "cancelled")
    return True


def resume(export: Export, user: User) -> bool:
    """Go on with what failed, from the last part that was kept."""
    with transaction.atomic():
        failed = Export.objects.filter(pk=export.pk, state=Export.State.FAILED)
        if not failed.update(
            state=Export.State.WAITING, problem="", finished_at=None, expires_at=None
        ):
            return False
        _record(user, export, "resumed")
    return True


def may_have(user: User, export: Export) -> bool:
    """Whether they may see all that it was made with: also of their own, if they lost a right."""
    held = asdict(Rights.of(user))
    return user.has_perm("surveys.export_response") and all(
        held.get(right, False) for right, was_held in export.rights.items() if was_held
    )


def record_download(user: User, export: Export, name: str) -> None:
    _record(user, export, "downloaded", file=name)


def erase_exports(moment: datetime) -> int:
    """Erase the files of those that were kept long enough; that they were made stays known."""
    due = Export.objects.filter(expires_at__lte=moment).exclude(state=Export.State.EXPIRED)
    erased = 0
    for export in due:
        with transaction.atomic():
            export.parts.all().delete()
            Export.objects.filter(pk=export.pk).update(state=Export.State.EXPIRED, problem="")
        erased += 1
    return erased


def _record(user: User, export: Export, step: str, **details: Any) -> None:
    audit.record(
        user, AuditEntry.Action.EXPORTED, export, purpose=export.purpose, step=step, **details
    )
