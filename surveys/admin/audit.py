"""The log of the desk: looked through, searched, exported, never changed."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from consultation.replica import own_writes, reads_replica
from surveys import audit
from surveys.admin.own_filters import OwnFiltersChangeList
from surveys.audit import in_words
from surveys.exports.harmless import harmless
from surveys.models import AuditEntry

COLUMNS = (
    *("at", "user_id", "user_name", "action", "model", "object_id", "object_label"),
    *("purpose", "details"),
)


class KindFilter(admin.AllValuesFieldListFilter):
    """The kinds of things that the log tells of, in words."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        every, *kinds = super().choices(changelist)
        yield every
        for kind in kinds:
            yield kind | {"display": in_words(str(kind["display"]))}


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    list_display = ["at", "user_name", "action", "kind", "object_label", "purpose"]
    list_filter = ["action", ("model", KindFilter), "at"]
    search_fields = ["user_name", "object_label", "object_id", "purpose"]
    search_help_text = _("A name, a reference, a number or a purpose")
    list_per_page = 100
    show_full_result_count = False
    actions = ["export"]
    readonly_fields = [*COLUMNS]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OwnFiltersChangeList]:
        return OwnFiltersChangeList

    @method_decorator(reads_replica(since=own_writes))
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("kind of thing"), ordering="model")
    def kind(self, entry: AuditEntry) -> str:
        return in_words(entry.model)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> StreamingHttpResponse:
        audit.record(request.user, AuditEntry.Action.EXPORTED, model="auditentry")
        name = f"log-{timezone.now():%Y%m%d-%H%M}.csv"
        return StreamingHttpResponse(
            _rows(queryset),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
            },
        )


def _rows(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)
    for entry in entries.order_by("id").values_list(*COLUMNS).iterator(chunk_size=2000):
        at, *said, details = entry
        cells = [at.isoformat(), *said, json.dumps(details, ensure_ascii=False)]
        yield _line([harmless(str("" if cell is None else cell)) for cell in cells])


def _line(cells: Any) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
