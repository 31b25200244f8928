"""The codebook of a questionnaire: to read, and to keep. It has the columns that its reader may
see."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.codebook import variables, visible
from surveys.exports.codebook_files import codebook_html, codebook_pdf, context
from surveys.exports.csvw import csvw, csvw_name
from surveys.exports.data import Data
from surveys.exports.ddi import ddi
from surveys.models import Questionnaire
from surveys.rights import Rights
from surveys.staff_pages import render_page, staff_page

FORMS = {
    "html": ("text/html; charset=utf-8", "-codebook.html", codebook_html),
    "pdf": ("application/pdf", "-codebook.pdf", codebook_pdf),
    "ddi": ("application/xml", "-codebook.xml", ddi),
    "csvw": (
        "application/csvm+json",
        csvw_name(".csv"),
        lambda data: csvw(data, f"{data.questionnaire.slug}.csv"),
    ),
}


@staff_page("surveys.export_response")
@require_safe
def export_codebook(request: HttpRequest, pk: int) -> HttpResponse:
    """Every column with its question, codes and missing values."""
    data = _codebook(request, pk)
    ctx = {"questionnaires": _published(), **context(data)}
    return render_page(request, "exporting/export_codebook", _("Codebook"), ctx)


@staff_page("surveys.export_response")
@require_safe
def export_codebook_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The same to keep: for people, for archives, for programs."""
    if form not in FORMS:
        raise Http404("There is no such codebook")
    content_type, end, write = FORMS[form]
    data = _codebook(request, pk)
    name = f"{data.questionnaire.slug}{end}"
    return HttpResponse(
        write(data),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _published() -> list[Questionnaire]:
    found = Questionnaire.objects.filter(versions__published_at__isnull=False).distinct()
    return list(found.select_related("consultation__programme"))


def _codebook(request: HttpRequest, pk: int) -> Data:
    questionnaire = get_object_or_404(
        Questionnaire.objects.select_related("consultation__programme"), pk=pk
    )
    columns = visible(variables(questionnaire), Rights.of(request.user))
    return Data(questionnaire, columns, lambda: iter(()), False, timezone.now())
