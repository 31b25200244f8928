"""Exports: ask for one, see how far it is, take its files."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys.exporting.asking import ask, cancel, may_have, record_download, resume
from surveys.exporting.files import File, files_of
from surveys.exporting.filters import in_words
from surveys.exporting.forms import ExportForm
from surveys.exporting.parts import stored_file
from surveys.models import Export, Questionnaire
from surveys.staff_pages import member_of_staff, render_page, staff_page

SECONDS = 3
"""After so long a page about something that is under way is asked for again."""

PER_PAGE = 25
MAY = "surveys.export_response"


@staff_page(MAY)
def exports(request: HttpRequest) -> HttpResponse:
    """What was asked for, by whom and what for, and a form to ask."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        asked = ask(
            member_of_staff(request),
            form.cleaned_data["questionnaire"],
            purpose=form.cleaned_data["purpose"],
            formats=form.cleaned_data["formats"],
            labels=form.cleaned_data["cells"] == "labels",
            language=form.cleaned_data["language"],
            filters=form.filters(),
        )
        return redirect("admin:export", asked.pk)
    found = Export.objects.select_related("questionnaire")
    ctx = {
        "form": form,
        "links": form.error_links() if form.is_bound else [],
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("p")),
        "questionnaires": Questionnaire.objects.filter(
            versions__published_at__isnull=False
        ).distinct(),
    }
    status = 422 if ctx["links"] else 200
    return render_page(request, "exporting/exports", _("Exports"), ctx, status)


@staff_page(MAY)
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, and its files. While it is under way the page asks again by itself."""
    found = _export(pk)
    may = may_have(member_of_staff(request), found)
    ctx = {
        "export": found,
        "filters": in_words(found),
        "may_have": may,
        "progress": _progress(found),
        "files": _files(found) if found.state == Export.State.DONE else [],
    }
    page = render_page(request, "exporting/export", str(found), ctx)
    if found.is_under_way:
        page["Refresh"] = str(SECONDS)
    return page


@staff_page(MAY)
@require_POST
def export_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it; what was made so far is erased."""
    if cancel(_export(pk), member_of_staff(request)):
        messages.success(request, _("The export is cancelled. Nothing of it is kept."))
    return redirect("admin:export", pk)


@staff_page(MAY)
@require_POST
def export_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with one that failed."""
    if resume(_export(pk), member_of_staff(request)):
        messages.success(request, _("The export goes on from where it was."))
    return redirect("admin:export", pk)


@staff_page(MAY)
@require_safe
def export_file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """One of its files, for those who may see all that is in it."""
    found = _export(pk)
    user = member_of_staff(request)
    if not may_have(user, found):
        raise PermissionDenied
    file = next((file for file in files_of(found) if file.name == name), None)
    facts = next((facts for facts in found.files if facts["name"] == name), None)
    if found.state != Export.State.DONE or file is None or facts is None:
        raise Http404("There is no such file, or no longer")
    if request.method == "GET":
        record_download(user, found, name)
    return StreamingHttpResponse(
        stored_file(found, name),
        content_type=file.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(facts["bytes"]),
        },
    )


def _export(pk: int) -> Export:
    return get_object_or_404(
        Export.objects.select_related("questionnaire__consultation__programme", "asked_by"), pk=pk
    )


def _progress(export: Export) -> dict[str, Any] | None:
    """Rows read and files written, as parts of a hundred: half for the one, half for the other."""
    if not export.is_under_way:
        return None
    files = files_of(export)
    read = min(1, export.done / export.total) if export.total else float(export.has_all_rows)
    part = (read + len(export.files) / len(files)) / 2
    return {
        "percent": round(100 * part),
        "next": files[len(export.files)].name if export.has_all_rows else "",
    }


def _files(export: Export) -> list[tuple[File, dict[str, Any]]]:
    by_name = {facts["name"]: facts for facts in export.files}
    return [(file, by_name[file.name]) for file in files_of(export) if file.name in by_name]
