"""What stands in the way of publishing, publishing, and how hard a version is to answer."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys import audit
from surveys.drafting import translations
from surveys.drafting.access import edits_draft
from surveys.drafting.complexity import measure
from surveys.drafting.forms import NoteForm
from surveys.drafting.rows import kind_name
from surveys.methods import takes_form
from surveys.models import AuditEntry, Section, Version
from surveys.publishing import Fault, NotPublished, faults, publish
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.versions import get_version, locked_draft


@edits_draft
@require_POST
def drafting_note(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed since the last version."""
    with transaction.atomic():
        form = NoteForm(request.POST, instance=locked_draft(pk))
        if form.is_valid():
            form.save()
            user = member_of_staff(request)
            audit.record(user, AuditEntry.Action.CHANGED, form.instance, fields=["note"])
            messages.success(request, _("The note is saved."))
        else:
            messages.error(request, form.errors["note"].as_text())
    return redirect("admin:drafting_publish", pk)


@staff_page("surveys.view_version")
@takes_form
def drafting_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that stands in the way; publish where nothing does."""
    version = get_version(pk)
    if request.method == "POST":
        return _publish(request, version)
    return _publish_page(request, version, faults(version))


def _publish(request: HttpRequest, version: Version) -> HttpResponse:
    if not request.user.has_perm("surveys.publish_version"):
        raise PermissionDenied
    moment = version.consultation.now
    try:
        publish(version, by=member_of_staff(request), moment=moment)
    except NotPublished as refused:
        return _publish_page(request, version, refused.faults, 422)
    words = _("Version %(number)d is published. Open drafts move on to it.")
    messages.success(request, words % {"number": version.number})
    return redirect("admin:drafting_questionnaire", version.questionnaire_id)


def _publish_page(
    request: HttpRequest, version: Version, found: list[Fault], status: int = 200
) -> HttpResponse:
    ctx = {
        "version": version,
        "faults": [(fault, _address(fault)) for fault in found if not fault.is_about_translation],
        "text_faults": [(fault, _address(fault)) for fault in found if fault.is_about_translation],
        "counts": translations.counts(translations.faults(version)),
        "note_form": NoteForm(instance=version),
        "is_first": version.number == 1,
        "may_publish": request.user.has_perm("surveys.publish_version"),
    }
    return render_page(request, "drafting/publish", _("Check and publish"), ctx, status)


def _address(fault: Fault) -> str:
    """Where it is put right."""
    row: Any = fault.row
    if isinstance(row, Version):
        return reverse("admin:drafting_version", args=[row.pk]) + ("#note" if row.questions else "")
    if fault.is_about_translation:
        question = getattr(row, "question", row)
        section = row if isinstance(row, Section) else question.section
        address = reverse("admin:drafting_section_translations", args=[section.pk])
        return f"{address}#{kind_name(row)}-{row.pk}"
    return reverse("admin:drafting_row", args=[kind_name(row), row.pk])


@staff_page("surveys.view_version")
@require_safe
def drafting_length(request: HttpRequest, pk: int) -> HttpResponse:
    """How long and how hard a version is, question by question, in the page's language."""
    version = get_version(pk)
    language = get_language() or settings.LANGUAGE_CODE
    total = measure(version, language)
    longest = max((each.seconds for each in total.measures), default=0) or 1
    ctx = {
        "version": version,
        "total": total,
        "rows": [(each, round(100 * each.seconds / longest)) for each in total.measures],
        "promised": version.questionnaire.minutes,
        "is_longer": total.minutes > version.questionnaire.minutes * 1.25,
        "language_name": dict(settings.LANGUAGES)[language],
    }
    return render_page(request, "drafting/length", _("Length and difficulty"), ctx)
