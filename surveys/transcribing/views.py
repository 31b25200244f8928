"""The pages around the typing: the pile, what was read differently, what is not taken."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from surveys.capped import capped, number
from surveys.lifecycle import AnsweredAlready
from surveys.models import Questionnaire, Transcript, Typing, Version
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.transcribing.double_typing import FIRST, SECOND, Difference, differences
from surveys.transcribing.forms import ReasonForm, answered_already
from surveys.transcribing.lists import different, error_rates, unfinished, waiting_for
from surveys.transcribing.typing import NotYours, kinds_of, resolve, set_aside, throw_away

SHOWN = 50
CHANGE = "surveys.change_transcript"
State = Transcript.State


@staff_page("surveys.view_transcript")
def transcripts(request: HttpRequest) -> HttpResponse:
    """Where to begin: a pile for each thing that can be done."""
    waiting = waiting_for(request.user).select_related("version__questionnaire")
    versions = Version.objects.published().select_related("questionnaire")
    ctx = {
        "may_type": request.user.has_perm(CHANGE),
        "versions": versions.order_by("questionnaire__position", "-number"),
        "questionnaires": Questionnaire.objects.all(),
        "unfinished": unfinished()[:SHOWN],
        "waiting": waiting[:SHOWN],
        "waiting_count": number(capped(waiting)),
        "different": different()[:SHOWN],
        "done": number(capped(Transcript.objects.filter(state=State.DONE))),
    }
    return render_page(request, "transcribing/transcripts", _("Paper and phone"), ctx)


@staff_page("surveys.view_transcript")
def transcript_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """How often two people read the same thing differently, question by question."""
    questionnaire = get_object_or_404(Questionnaire, pk=pk)
    ctx = {"questionnaire": questionnaire, "rates": error_rates(questionnaire)}
    return render_page(request, "transcribing/errors", _("How well we type"), ctx)


@staff_page(CHANGE)
def transcript_differences(request: HttpRequest, pk: int) -> HttpResponse:
    """Both typings side by side, and a choice for each question read differently."""
    related = "organisation", "meeting", "version__questionnaire"
    transcript = get_object_or_404(Transcript.objects.select_related(*related), pk=pk)
    if transcript.state != State.DIFFERENT:
        return _nothing_to_do(request)
    first, second = transcript.typings.select_related("typed_by").order_by("turn")
    found = differences(kinds_of(transcript), first.answers, second.answers)
    choices = _choices(request, found)
    links: list[tuple[str, str]] = []
    if request.method == "POST":
        links = _missing(found, choices)
        if not links:
            try:
                _resolve(request, transcript, choices)
            except NotYours:
                return _nothing_to_do(request)
            except AnsweredAlready:
                links = [("", answered_already(transcript.organisation))]
            else:
                messages.success(request, _("Decided. The form is now a response."))
                return redirect("admin:transcripts")
    ctx = {
        "transcript": transcript,
        "differences": [(each, choices.get(each.kind.name)) for each in found],
        "typings": (first, second),
        "links": links,
    }
    title = _("What two people read differently")
    return render_page(request, "transcribing/differences", title, ctx, 422 if links else 200)


def _choices(request: HttpRequest, found: list[Difference]) -> dict[str, str]:
    chosen = {each.kind.name: request.POST.get(each.control, "") for each in found}
    return {name: choice for name, choice in chosen.items() if choice in (FIRST, SECOND)}


def _missing(found: list[Difference], choices: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (f"id_{each.control}_0", _("Choose for: %(question)s") % {"question": question.text})
        for each in found
        if (question := each.kind.question).name not in choices
    ]


def _resolve(request: HttpRequest, transcript: Transcript, choices: dict[str, str]) -> None:
    version = Version.objects.with_questions().get(pk=transcript.version_id)
    resolve(transcript, choices, version.consultation.now, member_of_staff(request))


@staff_page(CHANGE)
def transcript_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a form aside that cannot be taken, and say why."""
    transcript = get_object_or_404(Transcript, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            set_aside(transcript, form.cleaned_data["reason"], member_of_staff(request))
        except NotYours:
            return _nothing_to_do(request)
        messages.success(request, _("The form was set aside. What was typed is kept."))
        return redirect("admin:transcripts")
    ctx: dict[str, Any] = {"transcript": transcript, "form": form}
    title = _("Set a form aside")
    return render_page(request, "transcribing/aside", title, ctx, 422 if form.errors else 200)


@staff_page(CHANGE)
def typing_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase a typing that was begun and not finished; it asks first."""
    typing = get_object_or_404(Typing.objects.select_related("transcript", "typed_by"), pk=pk)
    if request.method == "POST":
        try:
            throw_away(typing, member_of_staff(request))
        except NotYours:
            return _nothing_to_do(request)
        messages.success(request, _("What was typed is erased. The form can be typed anew."))
        return redirect("admin:transcripts")
    title = _("Throw away what was typed")
    return render_page(request, "transcribing/erase", title, {"typing": typing})


def _nothing_to_do(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("Somebody has dealt with this form meanwhile."))
    return redirect("admin:transcripts")
