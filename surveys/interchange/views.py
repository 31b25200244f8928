"""Files in and out: choose a version to download, upload a file, look at it, import it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys.interchange.faults import Refused
from surveys.interchange.forms import ImportForm, UploadForm
from surveys.interchange.imports import Import, read_import
from surveys.interchange.storing import Outdated, keep, write_upload
from surveys.interchange.texts import TARGETS
from surveys.models import Questionnaire, QuestionnaireUpload
from surveys.staff_pages import member_of_staff, render_page, staff_page

SHOWN = 500
MAY_IMPORT = ("surveys.add_version", "surveys.change_version")


@staff_page("surveys.view_version")
@require_safe
def interchange(request: HttpRequest) -> HttpResponse:
    """Every version with what it can be downloaded as, and where a file is uploaded."""
    return _overview(request, UploadForm())


@staff_page(*MAY_IMPORT)
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep a file and show what it would do."""
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        name, content = form.cleaned_data["file"]
        user = member_of_staff(request)
        try:
            kept = keep(form.cleaned_data["questionnaire"], name, content, user)
        except Refused as refused:
            form.add_error("file", [fault.what for fault in refused.faults])
        else:
            return redirect("admin:interchange_preview", kept.pk)
    return _overview(request, form, 422)


@staff_page(*MAY_IMPORT)
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """All that a file would change and all that is wrong with it. Nothing is written."""
    uploaded = _uploaded(pk)
    if uploaded is None:
        return _gone(request)
    found = read_import(uploaded.questionnaire, uploaded.kind, bytes(uploaded.content))
    return _preview(request, uploaded, found, ImportForm(found))


@staff_page(*MAY_IMPORT)
@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the draft version, or show once more what would be written."""
    uploaded = _uploaded(pk)
    if uploaded is None:
        return _gone(request)
    found = read_import(uploaded.questionnaire, uploaded.kind, bytes(uploaded.content))
    form = ImportForm(found, request.POST)
    if not found.can_be_written or not form.is_valid():
        return _preview(request, uploaded, found, form, 422)
    try:
        version = write_upload(
            uploaded,
            seen=form.cleaned_data["seen"],
            with_words=bool(form.cleaned_data.get("with_words")),
            user=member_of_staff(request),
        )
    except Outdated:
        messages.warning(
            request, _("The questionnaire was changed meanwhile. Look at it once more.")
        )
        return _preview(request, uploaded, found, ImportForm(found), 409)
    said = _("Version %(number)d of “%(name)s” is a draft now. It is not published yet.")
    messages.success(request, said % {"number": version.number, "name": uploaded.questionnaire})
    return redirect("admin:interchange")


@staff_page(*MAY_IMPORT)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw an uploaded file away."""
    QuestionnaireUpload.objects.filter(pk=pk).delete()
    messages.success(request, _("The file was thrown away. Nothing was imported from it."))
    return redirect("admin:interchange")


def _overview(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    ctx = {
        "form": form,
        "questionnaires": Questionnaire.objects.prefetch_related("versions"),
        "languages": [(code, dict(settings.LANGUAGES)[code]) for code in TARGETS],
        "waiting": QuestionnaireUpload.objects.defer("content").select_related("questionnaire"),
        "may_import": request.user.has_perms(MAY_IMPORT),
    }
    return render_page(request, "interchange/overview", _("Files"), ctx, status)


def _preview(
    request: HttpRequest,
    uploaded: QuestionnaireUpload,
    found: Import,
    form: ImportForm,
    status: int = 200,
) -> HttpResponse:
    ctx = {
        "uploaded": uploaded,
        "found": found,
        "form": form,
        "questions": sum(len(section["questions"]) for section in found.sections),
        "faults": found.faults[:SHOWN],
        "faults_left": max(0, len(found.faults) - SHOWN),
        "changes": found.changes[:SHOWN],
        "changes_left": max(0, len(found.changes) - SHOWN),
    }
    return render_page(request, "interchange/preview", uploaded.name, ctx, status)


def _uploaded(pk: int) -> QuestionnaireUpload | None:
    return QuestionnaireUpload.objects.select_related("questionnaire").filter(pk=pk).first()


def _gone(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("This file was imported or thrown away already."))
    return redirect("admin:interchange")
