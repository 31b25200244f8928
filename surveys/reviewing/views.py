"""Reading one answer after the other, and deciding what of it is published."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consultation.replica import own_writes, reads_replica
from surveys import audit
from surveys.models import AuditEntry, Decision, Organisation, Response
from surveys.reviewing.deciding import (
    NotAllowed,
    Overtaken,
    WordsChanged,
    WordsGone,
    confirm,
    current_decision,
    decide,
    reopen,
)
from surveys.reviewing.forms import DecisionForm, SeenForm
from surveys.reviewing.page import answer_context, left_in_words, queue_context, suggested
from surveys.reviewing.queue import Filters, Position, Waiting
from surveys.reviewing.reading import Reader, flagged, next_to_read
from surveys.reviewing.wording import called
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.verbatims import words_names

REVIEW = ("surveys.review_response", "surveys.see_words")


@require_safe
@staff_page(*REVIEW)
@reads_replica(since=own_writes)
def review_queue(request: HttpRequest) -> HttpResponse:
    """The next answer to read, or that there is none."""
    filters = Filters.read(request.GET.dict())
    after = Position.read(request.GET.get("after", ""))
    found = next_to_read(filters, after, reader_of(request))
    if found:
        return redirect(address_of(found, filters))
    ctx = {"filters": filters, "query": filters.address(), "left": filters.left()}
    return render_page(request, "reviewing/review_queue", _("Review queue"), ctx)


@require_safe
@staff_page(*REVIEW)
def review_answer(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """One answer, the response around it, and what can be decided."""
    response = get_answer(pk, name)
    if not has_words(response, name):
        return gone(request, response, name)
    reader = reader_of(request)
    audit.record(reader.user, AuditEntry.Action.SAW, response, question=name)
    return answer_page(request, DecisionForm(None, response=response, name=name, by=reader.user))


@require_POST
@staff_page(*REVIEW)
def review_decide(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Save a decision and go on with the next answer."""
    response = get_answer(pk, name)
    if not has_words(response, name):
        return gone(request, response, name)
    reader = reader_of(request)
    form = DecisionForm(request.POST, response=response, name=name, by=reader.user)
    if form.is_stale():
        return conflict(request, pk, name)
    if not form.is_valid():
        return answer_page(request, form, status=422)
    try:
        decide(form.seen(), form.decided(), by=reader.user, moment=reader.moment)
    except (Overtaken, WordsChanged, WordsGone):
        return conflict(request, pk, name)

    filters = Filters.read(request.GET.dict())
    said = _("%(answer)s saved.") % {"answer": called(response, named=reader.named)}
    messages.success(request, f"{said} {left_in_words(filters.left())}")
    found = next_to_read(filters, Position(pk, name), reader)
    if found:
        return redirect(address_of(found, filters))
    return redirect(reverse("admin:review_queue") + filters.address())


@require_POST
@staff_page(*REVIEW)
def review_suggest(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """The same page with the words of a suggestion ticked. Nothing is stored."""
    response = get_answer(pk, name)
    if not has_words(response, name):
        return gone(request, response, name)
    reader = reader_of(request)
    data = request.POST.copy()
    form = DecisionForm(data, response=response, name=name, by=reader.user)
    if form.is_stale():
        return conflict(request, pk, name)
    (read,) = flagged([Waiting(response, name)], reader)
    chosen = form.chosen() | suggested(form, read.flags, request.POST.get("suggestion", ""))
    data.setlist("hide", [str(number) for number in sorted(chosen)])
    data["verdict"] = Decision.Verdict.HIDE
    return answer_page(request, form, is_hiding=True)


@require_POST
@staff_page(*REVIEW)
def review_confirm(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """As a second person, confirm that a text is not published."""
    return _act_on_decision(request, pk, name, confirm, _("%(answer)s: confirmed."))


@require_POST
@staff_page(*REVIEW)
def review_reopen(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Take a decision back."""
    return _act_on_decision(request, pk, name, reopen, _("%(answer)s is to be read again."))


def _act_on_decision(
    request: HttpRequest, pk: uuid.UUID, name: str, verb: Any, said: str
) -> HttpResponse:
    response = get_answer(pk, name)
    reader = reader_of(request)
    form = SeenForm(request.POST)
    try:
        if not form.is_valid():
            raise Overtaken
        verb(form.seen(response, name), by=reader.user)
    except NotAllowed:
        messages.error(request, _("A second person has to confirm it."))
    except (Overtaken, WordsChanged, WordsGone):
        messages.error(request, _("Something changed meanwhile. Look again; nothing was saved."))
    else:
        messages.success(request, said % {"answer": called(response, named=reader.named)})
    filters = Filters.read(request.GET.dict())
    return redirect(address_of(Waiting(response, name), filters))


# What the pages have in common


def reader_of(request: HttpRequest) -> Reader:
    return Reader.of(member_of_staff(request), timezone.now())


def get_answer(pk: uuid.UUID, name: str) -> Response:
    """The response in which words can stand under that name; 404 where staff may not see it."""
    seen = Response.objects.filter(is_rehearsal=False).exclude(state=Response.State.DRAFT)
    listed = seen.exclude(organisation__standing__in=Organisation.UNCONFIRMED)
    related = listed.select_related("version", "questionnaire", "organisation")
    response = get_object_or_404(related, pk=pk)
    if name not in words_names(response.version):
        raise Http404
    return response


def has_words(response: Response, name: str) -> bool:
    """Whether there is anything to read and to decide about; what is restricted is not read."""
    return response.state == Response.State.SENT and bool(response.answers.get(name))


def address_of(waiting: Waiting, filters: Filters) -> str:
    address = reverse("admin:review_answer", args=[waiting.response.pk, waiting.name])
    return address + filters.address()


def answer_page(
    request: HttpRequest, form: DecisionForm, status: int = 200, **more: Any
) -> HttpResponse:
    """The page of the answer a form is about."""
    filters = Filters.read(request.GET.dict())
    ctx = answer_context(request, form, filters, reader_of(request)) | more
    ctx["is_hiding"] = more.get("is_hiding") or bool(form.chosen())
    return render_page(request, "reviewing/review_answer", ctx["called"], ctx, status)


def gone(request: HttpRequest, response: Response, name: str) -> HttpResponse:
    """There are no words to decide about any more: the row says why."""
    reader = reader_of(request)
    filters = Filters.read(request.GET.dict())
    ctx = {
        **queue_context(filters, reader, Position(response.pk, name)),
        "response": response,
        "called": called(response, named=reader.named),
        "decisions": response.decisions.filter(question=name).select_related("decided_by"),
    }
    return render_page(request, "reviewing/review_gone", ctx["called"], ctx)


def conflict(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Something else is stored than the form was made from: both are shown, nothing is saved."""
    response = get_answer(pk, name)
    if not has_words(response, name):
        return gone(request, response, name)
    form = DecisionForm(request.POST, response=response, name=name, by=member_of_staff(request))
    ctx = {
        "words_changed": form.has_other_words(),
        "theirs": current_decision(response, name),
        "is_conflict": True,
        "shows_form": True,
    }
    return answer_page(request, form, status=409, **ctx)
