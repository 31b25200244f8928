"""Responses as people read them, to find, to read and to export."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from consultation.replica import from_replica, own_writes, reads_replica
from surveys import audit
from surveys.admin.audited import AuditedAdmin
from surveys.admin.capped_list import CappedChangeList, CappedPaginator
from surveys.admin.own_filters import DayFilter
from surveys.dates import clocks_of_the_site, long_date, on_every_clock
from surveys.exports.dataset import csv_blocks
from surveys.folding import fold, folded
from surveys.identifiers import read_reference
from surveys.masks import masked, unmasked
from surveys.models import (
    AuditEntry,
    Country,
    Place,
    Questionnaire,
    Response,
    Revision,
    Version,
)
from surveys.progress import SectionProgress, whole_progress, without_words
from surveys.rights import Rights


class ActionFormWithPurpose(ActionForm):
    """For the log; each action of the list is an export."""

    purpose = forms.CharField(
        label=_("What are the selected responses for?"), required=False, max_length=300
    )


class PlaceFilter(admin.SimpleListFilter):
    title = _("place")
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(place.code, str(place.name)) for place in Place.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Response]) -> QuerySet[Response]:
        return queryset.filter(place=self.value()) if self.value() else queryset


class ResponseChangeList(CappedChangeList):
    is_masked = False
    """Whether addresses hold no key; see `surveys.masks`."""

    def url_for_result(self, result: Any) -> str:
        key = masked(result.pk) if self.is_masked else result.pk
        return reverse("admin:surveys_response_change", args=[key])

    def get_results(self, request: HttpRequest) -> None:
        """With what places are called, in the language of this request, and with the clocks."""
        super().get_results(request)
        self.is_masked = not Rights.of(request.user).identity
        names = {place.code: str(place.name) for place in Place.objects.all()}
        countries = clocks_of_the_site()
        rows: Any = self.result_list
        for row in rows:
            row.shown_place = names.get(row.place, row.place or "–")
            row.clocks = countries


@admin.register(Response)
class ResponseAdmin(AuditedAdmin):
    is_personal = True
    change_form_template = "admin/surveys/response/change_form.html"
    change_list_template = "admin/surveys/response/change_list.html"
    list_display = [
        "reference",
        "questionnaire",
        "organisation",
        "place_name",
        "language",
        "state",
        "channel",
        "sent_when",
    ]
    list_filter = [
        *("questionnaire", PlaceFilter, "language", "state", "channel"),
        ("sent_at", DayFilter),
    ]
    list_select_related = ["questionnaire", "organisation"]
    list_per_page = 50
    # As fast whatever the number of responses: each of these is an index.
    sortable_by = [
        "reference",
        "place_name",
        "language",
        "state",
        "channel",
        "sent_when",
        "sent_on",
    ]
    paginator = CappedPaginator
    show_full_result_count = False
    # To count for each filter is to read everything; coverage does so once a minute.
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["reference"]
    search_help_text = _(
        "A reference, or words of an answer in any script, with or without accents"
    )
    actions = ["export_codes", "export_labels"]
    action_form = ActionFormWithPurpose
    fields = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Response]:
        """Rehearsals are no responses."""
        return super().get_queryset(request).filter(is_rehearsal=False)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ResponseChangeList]:
        return ResponseChangeList

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Response | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Response | None = None) -> bool:
        return False

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("surveys.export_response")

    @admin.display(description=_("place"), ordering="place")
    def place_name(self, response: Any) -> str:
        return str(response.shown_place)

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent_when(self, response: Any) -> str:
        return on_every_clock(response.sent_at, response.clocks) if response.sent_at else "–"

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent_on(self, response: Response) -> str:
        return long_date(timezone.localtime(response.sent_at)) if response.sent_at else "–"

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Without the right to see who answered: no reference, organisation and time of day."""
        if Rights.of(request.user).identity:
            return self.list_display
        return ["questionnaire", "place_name", "language", "state", "channel", "sent_on"]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # The boxes to select rows are called by reference; filters and their export remain.
        return super().get_actions(request) if Rights.of(request.user).identity else {}

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        rights = Rights.of(request.user)
        return ["reference"] if rights.identity or rights.words else []

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Response], search_term: str
    ) -> tuple[QuerySet[Response], bool]:
        """A reference as it was read out, or words among what was sent."""
        term = search_term.strip().replace("\x00", "")
        rights = Rights.of(request.user)
        reference = read_reference(term) if rights.identity else None
        if not term:
            return queryset, False
        if reference:
            return queryset.filter(reference=reference), False
        if not rights.words:
            return queryset.none(), False
        # What an organisation has not sent yet is not the programme's to search, and what is
        # restricted is used for nothing.
        found = queryset.filter(state=Response.State.SENT).annotate(words=folded("answers"))
        for word in fold(term).split():
            found = found.filter(words__contains=word)
        return found, False

    # Reading one

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Response | None:
        """By its key, or by what stands for it before those who may not see when it came."""
        if not Rights.of(request.user).identity:
            try:
                object_id = str(unmasked(UUID(object_id)))
            except ValueError:
                return None
        return super().get_object(request, object_id, from_field)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = self.get_object(request, object_id)
        if response is not None:
            version = Version.objects.with_questions().get(pk=response.version_id)
            is_shown = response.state == Response.State.SENT
            shown = response.answers if is_shown else {}
            rights = Rights.of(request.user)
            countries = clocks_of_the_site()
            extra_context = {
                "response": response,
                "rights": rights,
                "progress": _said(version, shown, rights),
                "revisions": [
                    _told(revision, version, rights, countries)
                    for revision in response.revisions.order_by("-number")
                    if is_shown
                ],
            }
            if not rights.identity:
                # The admin's own heading and trail would name it.
                extra_context |= {"subtitle": response.version, "original": response.version}
        return super().change_view(request, object_id, form_url, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not Rights.of(request.user).identity:
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    # Exporting

    @admin.action(description=_("Export as CSV with codes"), permissions=["export"])
    def export_codes(
        self, request: HttpRequest, queryset: QuerySet[Response]
    ) -> HttpResponse | StreamingHttpResponse | None:
        return self._export_selection(request, queryset, labels=False)

    @admin.action(description=_("Export as CSV with labels"), permissions=["export"])
    def export_labels(
        self, request: HttpRequest, queryset: QuerySet[Response]
    ) -> HttpResponse | StreamingHttpResponse | None:
        return self._export_selection(request, queryset, labels=True)

    def _export_selection(
        self, request: HttpRequest, queryset: QuerySet[Response], *, labels: bool
    ) -> StreamingHttpResponse | None:
        questionnaires = Questionnaire.objects.filter(
            pk__in=queryset.order_by().values("questionnaire")
        )
        if len(questionnaires) != 1:
            self.message_user(
                request,
                _("Questionnaires have different columns. Filter by one of them and export again."),
                messages.ERROR,
            )
            return None
        if not _purpose(request):
            self.message_user(request, _("Say what the data are for"), messages.ERROR)
            return None
        return _download(request, questionnaires[0], queryset, labels=labels)

    def get_urls(self) -> list[Any]:
        export = path(
            "export/<int:questionnaire_id>/<str:cells>/",
            self.admin_site.admin_view(self.export_everything),
            name="surveys_response_export",
        )
        return [export, *super().get_urls()]

    def export_everything(
        self, request: HttpRequest, questionnaire_id: int, cells: str
    ) -> HttpResponse | StreamingHttpResponse:
        """All responses of one questionnaire that the list's filters let through."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        if not _purpose(request):
            self.message_user(request, _("Say what the data are for"), messages.ERROR)
            address = reverse("admin:surveys_response_changelist")
            return redirect(f"{address}?{request.GET.urlencode()}")
        questionnaire = get_object_or_404(Questionnaire, pk=questionnaire_id)
        try:
            responses = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return redirect("admin:surveys_response_changelist")
        return _download(request, questionnaire, responses, labels=cells == "labels")

    @method_decorator(reads_replica(since=own_writes))
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        questionnaires = Questionnaire.objects.all() if self.has_export_permission(request) else []
        context = {"export_questionnaires": questionnaires, "query": request.GET.urlencode()}
        return super().changelist_view(request, context | (extra_context or {}))


def _purpose(request: HttpRequest) -> str:
    return request.POST.get("purpose", "").strip()[:300]


def _said(version: Version, answers: dict[str, Any], rights: Rights) -> list[SectionProgress]:
    """Every question, asked or not, with the words only for those who may read them."""
    said = whole_progress(version, answers)
    return said if rights.words else without_words(said)


def _told(
    revision: Revision, version: Version, rights: Rights, countries: list[Country]
) -> dict[str, Any]:
    """What a response said before, and from when until when."""
    since, until = (
        on_every_clock(moment, countries)
        if rights.identity
        else long_date(timezone.localtime(moment))
        for moment in (revision.said_since, revision.replaced_at)
    )
    said = _said(version, revision.answers, rights)
    return {"number": revision.number, "since": since, "until": until, "progress": said}


def _download(
    request: HttpRequest,
    questionnaire: Questionnaire,
    responses: QuerySet[Response],
    *,
    labels: bool,
) -> StreamingHttpResponse:
    rights = Rights.of(request.user)
    audit.record(
        request.user,
        AuditEntry.Action.EXPORTED,
        questionnaire,
        purpose=_purpose(request),
        filters=request.GET.urlencode(),
        **asdict(rights),
    )
    name = f"{questionnaire.slug}-{timezone.now():%Y%m%d-%H%M}.csv"
    return StreamingHttpResponse(
        from_replica(
            lambda: csv_blocks(questionnaire, responses, labels=labels, rights=rights),
            since=own_writes(request),
        ),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
