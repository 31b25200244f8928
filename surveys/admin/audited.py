"""Admin pages that write down who saw and changed what."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from surveys import audit
from surveys.models import AuditEntry

Action = AuditEntry.Action


class AuditedAdmin(admin.ModelAdmin):
    """Django calls these in the transaction of what it changes."""

    is_personal = False
    """Whether looking at one thing is written down too."""

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
        answer = super().change_view(request, object_id, form_url, extra_context)
        if self.is_personal and request.method == "GET" and answer.status_code == 200:
            audit.record(request.user, Action.SAW, self.get_object(request, object_id))
        return answer


def _fields(message: Any) -> list[str]:
    """Names of the columns that were changed, out of the admin's own account of it."""
    changes = message if isinstance(message, list) else []
    return sorted(
        {field for change in changes for field in change.get("changed", {}).get("fields", [])}
    )
