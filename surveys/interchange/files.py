"""Downloads of a version. Each stands in the log."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from surveys import audit
from surveys.interchange.our_json import write_json
from surveys.interchange.texts import TARGETS
from surveys.interchange.translation_sheet import write_sheet
from surveys.interchange.whole import Whole, whole_of
from surveys.interchange.xliff import write_xliff
from surveys.interchange.xlsform import write_xlsform
from surveys.models import AuditEntry, Version
from surveys.staff_pages import member_of_staff, staff_page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff_page("surveys.view_version")
@require_safe
def as_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The version and the questionnaire's words as our own JSON."""
    whole = _exported(request, pk, "json")
    return _file(write_json(whole), "application/json", f"{_stem(whole)}.json")


@staff_page("surveys.view_version")
@require_safe
def as_xlsform(request: HttpRequest, pk: int) -> HttpResponse:
    """The version for ODK and KoBo."""
    whole = _exported(request, pk, "xlsform")
    return _file(write_xlsform(whole), XLSX, f"{_stem(whole)}-xlsform.xlsx")


@staff_page("surveys.view_version")
@require_safe
def as_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """All texts with their translations as a spreadsheet."""
    whole = _exported(request, pk, "sheet")
    return _file(write_sheet(whole), XLSX, f"{_stem(whole)}-translations.xlsx")


@staff_page("surveys.view_version")
@require_safe
def as_xliff(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """All texts with their translations into one language as XLIFF."""
    if language not in TARGETS:
        raise Http404
    whole = _exported(request, pk, "xliff", language)
    name = f"{_stem(whole)}-{language}.xliff"
    return _file(write_xliff(whole, language), "application/x-xliff+xml", name)


def _exported(request: HttpRequest, pk: int, format: str, language: str = "") -> Whole:
    """What the version says, once it is written down that it was exported."""
    with transaction.atomic():
        version = get_object_or_404(Version.objects.with_questions(), pk=pk)
        user = member_of_staff(request)
        details = {"language": language} if language else {}
        audit.record(user, AuditEntry.Action.EXPORTED, version, format=format, **details)
    return whole_of(version)


def _stem(whole: Whole) -> str:
    return f"{whole.slug}-{whole.number}"


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
