"""What the admin's own forms have in common: what they change, and who looks, is in the log."""

from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import JSONField, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from surveys import audit
from surveys.admin.own_filters import OwnFiltersChangeList
from surveys.models import AuditEntry

Action = AuditEntry.Action


class Gone(Exception):
    """What was to be changed was deleted meanwhile."""


def save_changes(thing: Model, columns: Collection[str]) -> None:
    """Store these columns alone: others may have changed the rest since it was read.

    In the transaction of the admin. Raises Gone, so that nothing that was deleted comes back.
    """
    stored = type(thing)._default_manager.select_for_update().filter(pk=thing.pk)
    if not stored.exists():
        raise Gone
    thing.save(update_fields=columns)


class AuditedAdmin(admin.ModelAdmin):
    """Django calls these in the transaction of what it changes."""

    empty_value_display = "–"
    is_personal = False
    """Whether looking at one thing is written down too."""

    class Media:
        css = {"all": ["css/desk/drafting.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OwnFiltersChangeList]:
        return OwnFiltersChangeList

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        audit.record(request.user, Action.ADDED, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        audit.record(request.user, Action.CHANGED, obj, fields=_fields(message))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for thing in queryset:
            audit.record(request.user, Action.DELETED, thing)
        return super().log_deletions(request, queryset)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            answer = super().change_view(request, object_id, form_url, extra_context)
        except Gone:
            # As for what was deleted before its page was opened.
            of_django: Any = self
            gone: HttpResponse = of_django._get_obj_does_not_exist_redirect(
                request, self.opts, object_id
            )
            return gone
        if self.is_personal and request.method == "GET" and answer.status_code == 200:
            audit.record(request.user, Action.SAW, self.get_object(request, object_id))
        return answer


def _fields(message: Any) -> list[str]:
    """Names of the columns that were changed, out of the admin's own account of it."""
    changes = message if isinstance(message, list) else []
    return sorted(
        {field for change in changes for field in change.get("changed", {}).get("fields", [])}
    )


class StorableJSONField(JSONField):
    """JSON that PostgreSQL can keep: without NUL and without halves of characters."""

    default_error_messages = {"unstorable": _("This holds a character that cannot be stored.")}

    def prepare_value(self, value: Any) -> Any:
        """As it was written: half a character stays the escape that it came as."""
        shown = super().prepare_value(value)
        return shown.encode(errors="backslashreplace").decode() if isinstance(shown, str) else shown

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not _is_storable(cleaned):
            raise ValidationError(self.error_messages["unstorable"], code="unstorable")
        return cleaned


def _is_storable(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_storable(key) and _is_storable(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(map(_is_storable, value))
    if isinstance(value, str):
        return "\0" not in value and value == value.encode(errors="replace").decode()
    # JSON of other makers has no name for what is no number.
    return not isinstance(value, float) or abs(value) < float("inf")
