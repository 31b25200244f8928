"""What the pages of citizens and of organisations have in common."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.answering.forms import AnswersForm
from surveys.dates import on_every_clock, when_sent
from surveys.landing import passages_by_slot
from surveys.ledger.receipts import commitment_of, receipt_of, shown_code
from surveys.lifecycle import Draft
from surveys.models import Consultation, Response, Version
from surveys.parts import Part
from surveys.progress import whole_progress
from surveys.question_types import QuestionType

MINE, STORED = "mine", "stored"
CHANGED_ON_THE_WAY = gettext_lazy(
    "This form was changed on the way. Your answers are still here: send them again"
)
MERGED = gettext_lazy(
    "Your organisation has been merged with another one in the meantime. Open that one and copy "
    "your words there."
)


def receipt_context(response: Response) -> dict[str, Any]:
    commitment = commitment_of(response)
    return {
        "commitment": commitment,
        "commitment_code": shown_code(commitment.digest) if commitment else [],
        "reference": response.reference,
        "when_sent": when_sent(response),
        "questionnaire": response.questionnaire,
        "passages_next": passages_by_slot(response.questionnaire.consultation)["next"][1:],
    }


def receipt_file(response: Response) -> HttpResponse:
    """What proves later that a response is recorded as it was sent; 404 where it cannot be made."""
    commitment = commitment_of(response)
    receipt = receipt_of(response, commitment) if commitment else None
    if receipt is None:
        raise Http404("Its words were erased, or it is committed to in a moment")
    return JsonResponse(
        receipt,
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": 'attachment; filename="receipt.json"'},
    )


def why_not_taken(consultation: Consultation) -> str:
    """What somebody is told whose answers come too early or too late, on both clocks."""
    if consultation.stage() == Consultation.Stage.UPCOMING:
        return _("The consultation is not open yet.")
    countries = list(consultation.programme.countries.all())
    return _("The consultation closed on %(closing)s. Your answers arrived on %(now)s.") % {
        "closing": on_every_clock(consultation.closes_at, countries),
        "now": on_every_clock(consultation.now, countries),
    }


def not_stored(
    request: HttpRequest,
    version: Version,
    part: Part,
    reason: str,
    *,
    status: int = 403,
    **ctx: Any,
) -> HttpResponse:
    """What was entered, to copy, where it can be stored no more, and why that is."""
    ctx |= {
        "reason": reason,
        "progress": whole_progress(version, part.answers, part.unfinished),
        "questionnaire": version.questionnaire,
    }
    return render(request, "surveys/answering/not_stored.html", ctx, status=status)


def too_many_tries(request: HttpRequest) -> HttpResponse:
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = "600"
    return answer


def _choice(request: HttpRequest, kind: QuestionType) -> str:
    """Which of two versions to keep, or nothing."""
    choice = request.POST.get(f"choose-{kind.name}", "")
    return choice if choice in (MINE, STORED) else ""


def part_after_choosing(request: HttpRequest, form: AnswersForm, stored: Draft | None) -> Part:
    """What the form holds, except where its sender chose what was saved meanwhile."""
    part = form.part()
    for kind in form.question_types:
        if stored and _choice(request, kind) == STORED:
            part = part.with_stored(stored, kind.stored_names())
    return part


def lacks_choice(request: HttpRequest, form: AnswersForm, stored: Draft, seen: str) -> bool:
    """Whether somebody who saw the two versions did not say of every question which to keep.

    If what is stored has changed since, they are to see it first.
    """
    if "choose" not in request.POST or Part.of(stored, form.names()).fingerprint() != seen:
        return False
    return not all(_choice(request, kind) for kind in _differing(form, stored))


def _differing(form: AnswersForm, stored: Draft) -> list[QuestionType]:
    mine, theirs = form.part(), Part.of(stored, form.names())
    return [
        kind
        for kind in form.question_types
        if mine.only(kind.stored_names()).entered() != theirs.only(kind.stored_names()).entered()
    ]


def conflict_context(
    request: HttpRequest, form: AnswersForm, stored: Draft, *, is_refused: bool
) -> dict[str, Any]:
    """Both sides of every question that differs, and all that was entered, to be sent on."""
    mine, theirs = form.part(), Part.of(stored, form.names())
    links: list[tuple[str, str]] = []
    differing: list[dict[str, Any]] = []
    for kind in _differing(form, stored):
        # What was chosen between other versions says nothing of these.
        choice = _choice(request, kind) if is_refused else ""
        if is_refused and not choice:
            links.append((f"choose-{kind.name}", kind.named(_("Choose which of the two to keep"))))
        differing.append(
            {
                "question": kind.question,
                "mine": kind.lines(mine.entered()),
                "stored": kind.lines(theirs.entered()),
                "choice": choice,
                "is_refused": is_refused and not choice,
            }
        )
    sent_on = [
        (name, value)
        for name, values in request.POST.lists()
        if not name.startswith("choose") and name not in ("key", "csrfmiddlewaretoken", "save")
        for value in values
    ]
    countries = list(stored.questionnaire.consultation.programme.countries.all())
    return {
        "differing": differing,
        "links": links,
        "switches_language": True,
        "sent_on": sent_on,
        "questionnaire": stored.questionnaire,
        "saved_on": on_every_clock(stored.changed_at, countries),
    }
