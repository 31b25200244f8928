"""The questionnaires and their versions."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys import audit
from surveys.capped import capped_of_each, number
from surveys.drafting.versions import ThereIsADraft, begin
from surveys.landing import ADDRESS
from surveys.models import AuditEntry, Consultation, Questionnaire, Response, Version
from surveys.staff_pages import member_of_staff, render_page, staff_page


@staff_page("surveys.view_version")
@require_safe
def drafting_questionnaires(request: HttpRequest) -> HttpResponse:
    """Every questionnaire with the version that is answered and the draft of the next."""
    versions = Prefetch("versions", Version.objects.order_by("-number"))
    listed = Questionnaire.objects.select_related("consultation").prefetch_related(versions)
    ctx = {"questionnaires": listed.order_by("-consultation__opens_at", "position")}
    return render_page(request, "drafting/questionnaires", _("Questionnaires"), ctx)


@staff_page("surveys.view_version")
@require_safe
def drafting_questionnaire(request: HttpRequest, pk: int) -> HttpResponse:
    """Its versions, and a new one."""
    questionnaire = get_object_or_404(Questionnaire.objects.select_related("consultation"), pk=pk)
    responses = Response.objects.filter(
        questionnaire=OuterRef("questionnaire"), version=OuterRef("pk")
    )
    versions = questionnaire.versions.annotate(
        sent=capped_of_each(responses.filter(state=Response.State.SENT, is_rehearsal=False)),
        rehearsals=capped_of_each(responses.filter(is_rehearsal=True)),
    )
    listed = list(versions.order_by("-number"))
    ctx = {
        "questionnaire": questionnaire,
        "versions": listed,
        "rows": [(each, number(each.sent), number(each.rehearsals)) for each in listed],
        "has_draft": any(version.published_at is None for version in listed),
        "is_published": any(version.published_at for version in listed),
    }
    ctx |= _where_it_is_answered(questionnaire)
    return render_page(request, "drafting/questionnaire", str(questionnaire), ctx)


def _where_it_is_answered(questionnaire: Questionnaire) -> dict[str, Any]:
    """Its page for respondents, and what is shown in its place if it is not."""
    current = Consultation.objects.current()
    alike = Questionnaire.objects.filter(
        consultation=questionnaire.consultation, answered_by=questionnaire.answered_by
    )
    return {
        "other_consultation": current if current != questionnaire.consultation else None,
        "other_questionnaire": alike.exclude(pk=questionnaire.pk).first()
        if alike.first() != questionnaire
        else None,
        "answered_at": reverse(ADDRESS[Questionnaire.AnsweredBy(questionnaire.answered_by)]),
    }


@staff_page("surveys.change_version")
@require_POST
def drafting_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft of the next version: a copy of the current one, or empty."""
    questionnaire = get_object_or_404(Questionnaire, pk=pk)
    is_empty = "empty" in request.POST
    try:
        with transaction.atomic():
            draft = begin(questionnaire, is_empty=is_empty)
            audit.record(
                member_of_staff(request), AuditEntry.Action.ADDED, draft, is_empty=is_empty
            )
    except ThereIsADraft:
        messages.warning(request, _("There is a draft already. Go on with it, or delete it."))
        return redirect("admin:drafting_questionnaire", pk)
    return redirect("admin:drafting_version", draft.pk)
