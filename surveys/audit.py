"""Writing down who did what at the desk."""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from surveys.models import AuditEntry, User

LOG_IS_ONLY_ADDED_TO = "surveys.AuditEntry:the_log_is_only_added_to"
"""The rule of the database that erasing has to set aside."""

LABEL_LENGTH = 200


def in_words(model: str) -> str:
    """What staff call the things of a model, which the log keeps by its name."""
    found = apps.get_app_config("surveys").models.get(model)
    return str(found._meta.verbose_name) if found else model


def record(
    user: User | AnonymousUser | None,
    action: AuditEntry.Action,
    thing: Model | None = None,
    *,
    model: str = "",
    purpose: str = "",
    **details: Any,
) -> None:
    """One entry, in the transaction of what it tells of.

    `model` names the kind of thing where there is no single one. `details` are what JSON can hold,
    and never what a respondent wrote.
    """
    AuditEntry.objects.create(
        user_id=user.pk if user else None,
        user_name=str(user or "")[:LABEL_LENGTH],
        action=action,
        model=model or (thing._meta.model_name or "" if thing else ""),
        object_id=str(thing.pk) if thing else "",
        object_label=str(thing)[:LABEL_LENGTH] if thing else "",
        details=details,
        purpose=purpose[:300],
    )
