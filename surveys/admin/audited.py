"""What the admin's own forms have in common: what they change is in the log."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import JSONField, ModelForm, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from surveys import audit
from surveys.models import AuditEntry


class AuditedAdmin(admin.ModelAdmin):
    """An admin whose additions, changes and deletions are written to the log with their fields."""

    class Media:
        css = {"all": ["css/desk/drafting.css"]}

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        action = AuditEntry.Action.CHANGED if change else AuditEntry.Action.ADDED
        audit.record(request.user, action, obj, fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        audit.record(request.user, AuditEntry.Action.DELETED, obj)
        super().delete_model(request, obj)


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
