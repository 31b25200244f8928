"""Answers that two people have coded: where they differ, what is agreed, how far they agree."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from surveys.coding.access import CODES_ALL, coder_and_frame
from surveys.coding.agreement import Measure, Undefined, agreement_per_code, overall
from surveys.coding.codings import (
    AGREED,
    FIRST,
    SECOND,
    Gone,
    OtherCodes,
    OtherWords,
    Taken,
    agree,
    codings_of,
    words_of,
)
from surveys.coding.counting import DOUBLES, doubles
from surveys.coding.forms import CodesForm
from surveys.coding.screen import screen_of_words, tiles
from surveys.models import Coding, CodingFrame, Response, User
from surveys.staff_pages import render_page, staff_page

SHOWN = 50


@staff_page()
@require_GET
def coding_differences(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers on which two coders differ and nobody has agreed yet. A coder sees their own."""
    user, frame = coder_and_frame(request, pk)
    open_ones = [
        double
        for double in doubles(frame)
        if double.differs
        and double.agreed is None
        and _may_see(user, [double.first.coder_id, double.second.coder_id])
    ]
    ctx = {"frame": frame, "doubles": open_ones[:SHOWN], "left": len(open_ones)}
    return render_page(request, "coding/coding_differences", _("Where two coders differ"), ctx)


def _may_see(user: User, coders: list[int | None]) -> bool:
    """Those who coded it, and those who code with every frame."""
    return user.pk in coders or user.has_perm(CODES_ALL)


@staff_page()
def coding_agree(request: HttpRequest, pk: int, response_id: UUID) -> HttpResponse:
    """Both codings beside each other, and what is to count."""
    user, frame = coder_and_frame(request, pk)
    response, first, second = _double(frame, response_id, user)
    form = CodesForm(request.POST if request.method == "POST" else None, frame=frame)
    problem = ""
    if form.is_valid():
        try:
            agree(frame, response, form.chosen(), form.cleaned_data["digest"], user)
            return redirect("admin:coding_differences", frame.pk)
        except Taken as taken:
            agreed = _("%(coder)s has settled it meanwhile.") % {"coder": taken.coder}
            messages.warning(request, agreed)
            return redirect("admin:coding_differences", frame.pk)
        except (Gone, OtherWords):
            messages.warning(
                request, _("The words were changed, withdrawn or restricted meanwhile.")
            )
            return redirect("admin:coding_differences", frame.pk)
        except OtherCodes:
            problem = _("A code you chose was merged or split meanwhile. Choose again.")
    same = {code.number for code in first.codes.all()} & {c.number for c in second.codes.all()}
    ctx = {
        **screen_of_words(frame, response, words_of(frame, response), request),
        "first": first,
        "second": second,
        "form": form,
        "problem": problem,
        "tiles": tiles(frame, form.ticked() if form.is_bound else set(map(str, same))),
        "nothing": bool(form["nothing"].value()),
    }
    status = 422 if form.errors or problem else 200
    return render_page(request, "coding/coding_agree", _("Agree on an answer"), ctx, status)


def _double(frame: CodingFrame, response_id: UUID, user: User) -> tuple[Response, Coding, Coding]:
    """An answer both codings of which are there, for those who may see them."""
    response = Response.objects.sent().filter(pk=response_id).first()
    try:
        there = codings_of(frame, response) if response else {}
    except Gone:
        there = {}
    first, second = there.get(FIRST), there.get(SECOND)
    if response is None or first is None or second is None or AGREED in there:
        raise Http404
    if not _may_see(user, [first.coder_id, second.coder_id]):
        raise Http404
    return response, first, second


@staff_page()
@require_GET
def coding_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Cohen's kappa and Krippendorff's alpha, per code and overall, with their base."""
    _user, frame = coder_and_frame(request, pk)
    pairs = [double.pair for double in doubles(frame)]
    codes = {code.number: code for code in frame.codes.filter(merged_into=None)}
    rows = [
        (codes[each.number], each, *_figures(each.kappa, each.alpha))
        for each in agreement_per_code(codes, pairs)
        if each.applied or codes[each.number].split_at is None
    ]
    whole = overall(pairs)
    ctx: dict[str, Any] = {
        "frame": frame,
        "overall": whole,
        "overall_shown": _figures(whole)[0],
        "rows": rows,
        "is_bound_reached": len(pairs) == DOUBLES,
        "bound": DOUBLES,
        "base": ngettext(
            "%(number)d answer was coded by two people.",
            "%(number)d answers were coded by two people.",
            len(pairs),
        )
        % {"number": len(pairs)},
    }
    return render_page(request, "coding/coding_agreement", _("Agreement"), ctx)


def _figures(*measures: Measure) -> list[str]:
    """With two decimals, or in words why there is none."""
    why = {
        Undefined.TOO_FEW: _("fewer than two answers were coded twice"),
        Undefined.NO_VARIANCE: _("both always said the same one thing"),
    }
    return [
        why[measure.undefined] if measure.undefined else f"{measure.value:.2f}"
        for measure in measures
    ]
