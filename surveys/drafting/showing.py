"""A version as respondents see it: to look at, to print, and to rehearse."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from surveys import audit
from surveys.answering.again import is_only_shown
from surveys.answering.forms import AnswersForm
from surveys.landing import dates
from surveys.methods import takes_form
from surveys.models import AuditEntry, Organisation, Questionnaire, Response, Section, Version
from surveys.printing import blank_questionnaire
from surveys.rehearsing import erase_rehearsals, rehearse
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.versions import get_version

ORGANISATIONS = Questionnaire.AnsweredBy.ORGANISATIONS


@staff_page("surveys.view_version")
@require_safe
def drafting_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The form in one language, as wide as a phone and as wide as there is room."""
    version = get_version(pk)
    language = request.GET.get("language", get_language() or "")
    if language not in settings.SPOKEN:
        language = settings.LANGUAGE_CODE
    address = translate_url(reverse("admin:drafting_preview_form", args=[pk]), language)
    printed = translate_url(reverse("admin:drafting_print", args=[pk]), language)
    ctx = {
        "version": version,
        "frame": address,
        "printed": printed,
        "languages": [
            (code, spoken.own_name, spoken.tag, code == language)
            for code, spoken in settings.SPOKEN.items()
        ],
        "sections": version.sections.all() if _has_pages(version) else [],
    }
    return render_page(request, "drafting/preview", _("Preview"), ctx)


def _has_pages(version: Version) -> bool:
    """Whether its respondents see a page for each section."""
    return version.questionnaire.answered_by == ORGANISATIONS


@staff_page("surveys.view_version")
@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type] # it forgets that views have arguments
def drafting_preview_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The respondents' own page, which nothing can be sent from."""
    version = get_version(pk)
    if _has_pages(version):
        return _section_preview(request, version)
    form = AnswersForm(version=version, sections=version.sections.all(), headings=True)
    return _form_page(request, version, form, "preview")


def _section_preview(request: HttpRequest, version: Version) -> HttpResponse:
    sections = list(version.sections.all())
    wanted = [section for section in sections if section.name == request.GET.get("section")]
    section = next(iter(wanted or sections), Section(position=1))
    asked = [section] if section.pk else []
    ctx = {
        "form": AnswersForm(version=version, sections=asked),
        "section": section,
        "position": section.position,
        "count": len(sections),
        "organisation": Organisation(pk=0, name=_("An organisation")),
        "draft": Response(state=Response.State.DRAFT),
        "questionnaire": version.questionnaire,
        "print_code": version.print_code(get_language() or ""),
        "rehearsal": "preview",
        **dates(version.consultation),
    }
    return render(request, "surveys/answering/stakeholder_section.html", ctx)


def _form_page(
    request: HttpRequest, version: Version, form: AnswersForm, mode: str, status: int = 200
) -> HttpResponse:
    ctx: dict[str, Any] = {
        "form": form,
        "rehearsal": mode,
        "has_pages": _has_pages(version),
        "version": version,
        "questionnaire": version.questionnaire,
        "question_count": sum(1 for question in version.questions if question.number),
        "print_code": version.print_code(get_language() or ""),
        "switches_language": mode == "rehearsal",
        **dates(version.consultation),
    }
    return render(request, "surveys/answering/citizens.html", ctx, status=status)


@staff_page("surveys.view_version")
@require_safe
def drafting_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The questionnaire to fill in by hand, as a PDF."""
    version = get_version(pk)
    name = f"{version.questionnaire.slug}-{version.number}.pdf"
    return HttpResponse(
        blank_questionnaire(version),
        "application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@staff_page("surveys.change_version")
@takes_form
def drafting_rehearsal(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, answered by staff before the opening. It is never counted and erased then."""
    version = get_version(pk)
    sections = version.sections.all()
    if version.consultation.stage() != version.consultation.Stage.UPCOMING:
        messages.warning(request, _("Rehearsals end with the opening of the consultation."))
        return redirect("admin:drafting_version", pk)
    if request.method != "POST" or is_only_shown(request):
        entered = request.POST if request.method == "POST" else None
        form = AnswersForm(version=version, sections=sections, entered=entered, headings=True)
        return _form_page(request, version, form, "rehearsal")
    form = AnswersForm(request.POST, version=version, sections=sections, headings=True)
    if not form.is_valid():
        return _form_page(request, version, form, "rehearsal", 422)
    with transaction.atomic():
        rehearsed = rehearse(
            version,
            part=form.part(),
            language=get_language() or "",
            moment=version.consultation.now,
        )
        audit.record(member_of_staff(request), AuditEntry.Action.ADDED, rehearsed, rehearsal=True)
    messages.success(request, _("The rehearsal is stored apart from all responses."))
    return redirect("admin:drafting_questionnaire", version.questionnaire_id)


@staff_page("surveys.change_version")
@require_POST
def drafting_rehearsals_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete every rehearsal of the consultation now."""
    version = get_version(pk)
    with transaction.atomic():
        erased = erase_rehearsals(version.consultation, version.consultation.now)
        user = member_of_staff(request)
        audit.record(user, AuditEntry.Action.DELETED, version.consultation, rehearsals=erased)
    words = ngettext("%(number)d rehearsal deleted.", "%(number)d rehearsals deleted.", erased)
    messages.success(request, words % {"number": erased})
    return redirect("admin:drafting_questionnaire", version.questionnaire_id)
