"""Coding one answer after another."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from surveys import audit
from surveys.coding.access import coder_and_frame
from surveys.coding.codings import (
    Gone,
    OtherCodes,
    OtherWords,
    Taken,
    codings_of,
    save_coding,
    turn_for,
    words_of,
)
from surveys.coding.counting import BOUND, progress_of
from surveys.coding.forms import CodesForm, TranslationForm
from surveys.coding.queue import next_answer
from surveys.coding.screen import screen_of_words, tiles
from surveys.coding.suggestions import suggestions
from surveys.coding.translations import keep_translation
from surveys.locks import take_lock
from surveys.models import AuditEntry, Coding, CodingFrame, Response, User
from surveys.staff_pages import render_page, staff_page

SKIPPED_KEPT = 100


@staff_page()
@require_GET
def coding_next(request: HttpRequest, pk: int) -> HttpResponse:
    """The oldest answer that waits for this coder; what was skipped comes last."""
    user, frame = coder_and_frame(request, pk)
    response = next_answer(frame, user, _skipped(request, frame))
    if response is None and request.session.pop(_skipped_key(frame), None):
        messages.info(request, _("All others are coded. These are the ones you skipped."))
        response = next_answer(frame, user)
    if response is None:
        ctx = {"frame": frame, "last": _last_of(frame, user)}
        return render_page(request, "coding/coding_next", _("Nothing to code"), ctx)
    return redirect(_address(request, frame, response.pk))


@staff_page()
def coding_answer(request: HttpRequest, pk: int, response_id: UUID) -> HttpResponse:
    """One answer with the codes it can have."""
    user, frame = coder_and_frame(request, pk)
    response = _response_of(frame, response_id)
    form = CodesForm(request.POST if request.method == "POST" else None, frame=frame)
    problem = ""
    if form.is_valid():
        try:
            save_coding(frame, response, form.chosen(), form.cleaned_data["digest"], user)
            return redirect(_next_address(request, frame))
        except Gone:
            return _gone(request, frame, response)
        except (OtherWords, OtherCodes, Taken) as refused:
            response.refresh_from_db()
            problem = _told(refused)
    return _screen(request, frame, response, user, form, problem)


@staff_page()
@require_POST
def coding_skip(request: HttpRequest, pk: int, response_id: UUID) -> HttpResponse:
    """Leave an answer for later, or for somebody else."""
    _user, frame = coder_and_frame(request, pk)
    response = _response_of(frame, response_id)
    others = [pk for pk in _skipped(request, frame) if pk != str(response.pk)]
    request.session[_skipped_key(frame)] = [*others, str(response.pk)][-SKIPPED_KEPT:]
    return redirect(_next_address(request, frame))


@staff_page()
@require_POST
def coding_translation(request: HttpRequest, pk: int, response_id: UUID) -> HttpResponse:
    """Keep the working translation; what is ticked on the page stays ticked."""
    user, frame = coder_and_frame(request, pk)
    response = _response_of(frame, response_id)
    translation = TranslationForm(request.POST)
    if translation.is_valid():
        try:
            keep_translation(frame, response, translation.cleaned_data["translation"], user)
        except Gone:
            return _gone(request, frame, response)
        messages.success(request, _("The working translation was saved."))
    ticked = {"codes": request.POST.getlist("codes"), "nothing": request.POST.get("nothing")}
    form = CodesForm(initial=ticked, frame=frame)
    return _screen(request, frame, response, user, form, translation=translation)


def _screen(
    request: HttpRequest,
    frame: CodingFrame,
    response: Response,
    user: User,
    form: CodesForm,
    problem: str = "",
    translation: TranslationForm | None = None,
) -> HttpResponse:
    try:
        words = words_of(frame, response)
    except Gone:
        return _gone(request, frame, response)
    if request.method == "GET":
        audit.record(user, AuditEntry.Action.SAW, response, question=frame.question)
    mine, refused = _my_coding(frame, response, user)
    ticked, nothing = form.ticked(), bool(form["nothing"].value())
    if mine and not form.is_bound and not form.initial:
        ticked = {str(code.number) for code in mine.codes.all()}
        nothing = not ticked
    ctx = screen_of_words(frame, response, words, request)
    written = ctx["translation"].text if ctx["translation"] else ""
    ctx |= {
        "form": form,
        "problem": problem or refused,
        "may_save": not refused,
        "tiles": tiles(frame, ticked, suggestions(frame, words)),
        "nothing": nothing,
        "mine": mine,
        "translation_form": translation or TranslationForm(initial={"translation": written}),
        "held": take_lock(response, user, timezone.now()),
        "last": _last_of(frame, user, response),
        "progress": progress_of([frame.pk])[frame.pk],
        "bound": BOUND,
    }
    status = 409 if problem else 422 if form.errors or _has_errors(translation) else 200
    return render_page(request, "coding/coding_answer", _("Code an answer"), ctx, status)


def _has_errors(form: TranslationForm | None) -> bool:
    return bool(form and form.errors)


def _my_coding(frame: CodingFrame, response: Response, user: User) -> tuple[Coding | None, str]:
    """One's own coding of it, or why one cannot code it."""
    there = codings_of(frame, response)
    try:
        turn = turn_for(frame, there, response, user)
    except Taken as taken:
        return None, _told(taken)
    return there.get(turn), ""


def _told(refused: OtherWords | OtherCodes | Taken) -> str:
    if isinstance(refused, OtherWords):
        return _("The respondent has changed these words meanwhile. Read them again and save.")
    if isinstance(refused, OtherCodes):
        return _("A code you chose was merged or split meanwhile. Choose again.")
    if refused.coder is None:
        return _("This answer is coded already.")
    return _(
        "%(coder)s has coded this answer already. What you chose was not saved; it is still here."
    ) % {"coder": refused.coder}


def _response_of(frame: CodingFrame, response_id: UUID) -> Response:
    found = Response.objects.select_related("organisation").filter(
        pk=response_id, questionnaire_id=frame.questionnaire_id
    )
    response = found.exclude(state=Response.State.DRAFT).first()
    if response is None:
        raise Http404
    return response


def _gone(request: HttpRequest, frame: CodingFrame, response: Response) -> HttpResponse:
    response.refresh_from_db(fields=["state"])
    messages.warning(request, _why_gone(Response.State(response.state)))
    return redirect(_next_address(request, frame))


def _why_gone(state: Response.State) -> str:
    if state == Response.State.WITHDRAWN:
        return _("That answer was withdrawn meanwhile. Here is the next one.")
    if state == Response.State.RESTRICTED:
        return _("That answer was restricted meanwhile. Here is the next one.")
    return _("There are no words to code in that answer any more. Here is the next one.")


def _last_of(frame: CodingFrame, user: User, but: Response | None = None) -> Coding | None:
    """What somebody coded last."""
    codings = frame.codings.filter(coder=user).order_by("-id")
    return (codings.exclude(response=but) if but else codings).first()


def _skipped_key(frame: CodingFrame) -> str:
    return f"skipped_in_{frame.pk}"


def _skipped(request: HttpRequest, frame: CodingFrame) -> list[Any]:
    return list(request.session.get(_skipped_key(frame), []))


def _next_address(request: HttpRequest, frame: CodingFrame) -> str:
    return reverse("admin:coding_next", args=[frame.pk]) + _script(request)


def _address(request: HttpRequest, frame: CodingFrame, response_id: UUID) -> str:
    return reverse("admin:coding_answer", args=[frame.pk, response_id]) + _script(request)


def _script(request: HttpRequest) -> str:
    """Whoever reads Latin letters reads on in them."""
    return "?script=latin" if request.GET.get("script") == "latin" else ""
