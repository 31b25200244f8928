"""The desk's pages of quotations: choose from published answers, order, translate, remove."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys import audit
from surveys.codebook import about_the_response, variables
from surveys.current import current_consultation
from surveys.identifiers import read_number
from surveys.methods import takes_form
from surveys.models import AuditEntry, Consultation, Place, Quotation, Response, User
from surveys.quotations import Candidate, Filters, NotQuotable, candidates, choose, remove
from surveys.quoting import shown_of, spoken, tag_of, text_of, who_said
from surveys.replies.forms import AnswersFilterForm, QuotationForm
from surveys.replying import move
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.text_fields import required_languages

VIEW, CHANGE = "surveys.view_quotation", "surveys.change_quotation"
PER_PAGE = 25


def get_quotation(pk: int) -> Quotation:
    """A quotation of the current consultation, or 404."""
    quotations = Quotation.objects.select_related("response__questionnaire", "consultation")
    return get_object_or_404(quotations, pk=pk, consultation=current_consultation())


@staff_page(VIEW)
@require_safe
def quotations_desk(request: HttpRequest) -> HttpResponse:
    """What is quoted, in its order; what is not shown any more, and why it may be."""
    consultation = current_consultation()
    quotations = consultation.quotations.all()
    shown = shown_of(quotations)
    rows = [
        {
            "quotation": quotation,
            "shown": shown.get(quotation.pk),
            "missing": _languages_missing(quotation),
        }
        for quotation in quotations
    ]
    ctx = {"rows": rows, "questions": open_questions(consultation)}
    return render_page(request, "replies/quotations_desk", _("Quotations"), ctx)


def _languages_missing(quotation: Quotation) -> list[str]:
    return [
        language
        for language in required_languages()
        if language != spoken(quotation.language) and not quotation.translations.get(language)
    ]


@staff_page(CHANGE)
@require_safe
def quotations_choose(request: HttpRequest) -> HttpResponse:
    """A page of published answers, the latest decided first."""
    consultation = current_consultation()
    places = {each.code: str(each.short_name or each.name) for each in Place.objects.all()}
    questions = open_questions(consultation)
    form = AnswersFilterForm(request.GET, questions=questions, places=places)
    form.is_valid()
    filters = Filters(**{name: form.cleaned_data.get(name, "") for name in form.fields})
    before = read_number(request.GET.get("before", ""))
    found = candidates(consultation, filters, before, PER_PAGE + 1)
    ctx = {
        "form": form,
        "rows": [_row(each, questions, places) for each in found[:PER_PAGE]],
        "query": urlencode(vars(filters)),
        "before": found[PER_PAGE - 1].key if len(found) > PER_PAGE else None,
        "is_first": before is None,
        "here": request.get_full_path(),
    }
    return render_page(request, "replies/quotations_choose", _("Choose quotations"), ctx)


def _row(each: Candidate, questions: dict[str, str], places: dict[str, str]) -> dict[str, Any]:
    return {
        "answer": each,
        "who": who_said(each.response, places.get(each.response.place or "", "")),
        "question": questions.get(each.question, each.question),
        "tag": tag_of(each.response.language, each.text),
    }


@staff_page(CHANGE)
@require_POST
def quotation_add(request: HttpRequest) -> HttpResponse:
    """Quote words as they were shown."""
    consultation = current_consultation()
    response = _response(consultation, request.POST.get("response", ""))
    name, digest = request.POST.get("question", ""), request.POST.get("digest", "")
    try:
        quotation = choose(consultation, response, name, digest, member_of_staff(request))
    except NotQuotable:
        messages.warning(
            request, _("The words were changed or withdrawn meanwhile. Nothing was chosen.")
        )
        return redirect("admin:quotations_choose")
    messages.success(request, _("It is quoted now. Say what it means in the other languages."))
    return redirect("admin:quotation_edit", quotation.pk)


def _response(consultation: Consultation, pk: str) -> Response:
    try:
        return get_object_or_404(Response, pk=pk, questionnaire__consultation=consultation)
    except ValidationError as error:
        raise Http404("There is no such response") from error


@staff_page(CHANGE)
@takes_form
def quotation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The language of the words, and their translations."""
    quotation = get_quotation(pk)
    form = QuotationForm(request.POST if request.method == "POST" else None, instance=quotation)
    if form.is_valid():
        if _store(form.save(commit=False), member_of_staff(request)):
            messages.success(request, _("Saved."))
        else:
            messages.warning(request, _("The words are not quoted any more."))
        return redirect("admin:quotations_desk")
    links = form.error_links()
    stored = Quotation.objects.select_related("response").get(pk=pk)
    text = text_of(stored)
    ctx = {
        "form": form,
        "links": links,
        "quotation": stored,
        "shown": shown_of(Quotation.objects.filter(pk=pk)).get(pk),
        "text": text,
        "tag": tag_of(stored.language, text or ""),
        "languages": dict(settings.LANGUAGES),
    }
    status = 422 if links else 200
    return render_page(request, "replies/quotation_edit", _("A quotation"), ctx, status)


def _store(quotation: Quotation, by: User) -> bool:
    """What the form holds and nothing else: it may have been moved. False where it was removed."""
    with transaction.atomic():
        if not Quotation.objects.select_for_update().filter(pk=quotation.pk).exists():
            return False
        quotation.save(update_fields=QuotationForm.Meta.fields)
        audit.record(by, AuditEntry.Action.CHANGED, quotation)
    return True


@staff_page(CHANGE)
@require_POST
def quotation_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    move(get_quotation(pk), up=request.POST.get("direction") == "up")
    return redirect("admin:quotations_desk")


@staff_page(CHANGE)
@require_POST
def quotation_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Quote it no more."""
    remove(get_quotation(pk), member_of_staff(request))
    messages.success(request, _("The words are not quoted any more."))
    return redirect(reverse("admin:quotations_desk"))


def open_questions(consultation: Consultation) -> dict[str, str]:
    """Texts of all that is answered in words, by the name of the words."""
    others = {variable.name for variable in about_the_response()}
    return {
        variable.name: variable.label
        for questionnaire in consultation.questionnaires.all()
        for variable in variables(questionnaire)
        if variable.is_words and variable.name not in others
    }
