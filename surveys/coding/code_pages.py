"""The codes of a frame: add, change, merge, split, and recode what was split."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from surveys.coding.access import (
    EDITS,
    code_to_edit,
    coder_and_frame,
    coding_to_recode,
    frame_to_edit,
)
from surveys.coding.codings import Gone, OtherCodes, OtherWords, recode, words_of
from surveys.coding.forms import PARTS, CodeForm, CodesForm, MergeForm
from surveys.coding.frames import NotApplied, add_code, change_code, merge_code, split_code
from surveys.coding.screen import screen_of_words, tiles
from surveys.models import Coding, CodingFrame
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.verbatims import digest_of

RECODED_SHOWN = 50


@staff_page(EDITS)
def code_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new code, with the next number."""
    frame = frame_to_edit(pk)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        code = add_code(frame, form.said(), member_of_staff(request))
        messages.success(request, _("Code %(number)d was added.") % {"number": code.number})
        return redirect("admin:coding_frame", frame.pk)
    ctx = {"frame": frame, "form": form, "button": _("Add the code")}
    status = 422 if form.errors else 200
    return render_page(request, "coding/code_add", _("Add a code"), ctx, status)


@staff_page(EDITS)
def code_edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Other words for a code. Its number stays."""
    frame = frame_to_edit(pk)
    code = code_to_edit(frame, number)
    form = CodeForm(request.POST if request.method == "POST" else None, code=code)
    if form.is_valid():
        try:
            change_code(code, form.said(), member_of_staff(request))
        except NotApplied:
            return _gone(request, frame)
        messages.success(request, _("Saved."))
        return redirect("admin:coding_frame", frame.pk)
    ctx = {"frame": frame, "code": code, "form": form, "button": _("Save")}
    return render_page(
        request, "coding/code_edit", str(code), ctx, status=422 if form.errors else 200
    )


@staff_page(EDITS)
def code_merge(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Move the codings of a code to another one."""
    frame = frame_to_edit(pk)
    code = code_to_edit(frame, number)
    form = MergeForm(request.POST if request.method == "POST" else None, code=code)
    if form.is_valid():
        try:
            moved = merge_code(code, form.cleaned_data["target"], member_of_staff(request))
        except NotApplied:
            return _gone(request, frame)
        told = ngettext("%(number)d coding was moved.", "%(number)d codings were moved.", moved)
        messages.success(request, told % {"number": moved})
        return redirect("admin:coding_frame", frame.pk)
    ctx = {"frame": frame, "code": code, "form": form, "button": _("Merge")}
    title = _("Merge “%(code)s” into another code") % {"code": code}
    return render_page(request, "coding/code_merge", title, ctx, status=422 if form.errors else 200)


@staff_page(EDITS)
def code_split(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Put new codes in the place of one."""
    frame = frame_to_edit(pk)
    code = code_to_edit(frame, number)
    form = PARTS(request.POST if request.method == "POST" else None)
    is_valid = form.is_valid() if form.is_bound else False
    if is_valid:
        parts = [part.said() for part in form if part.has_changed()]
        try:
            split_code(code, parts, member_of_staff(request))
        except NotApplied:
            return _gone(request, frame)
        return redirect("admin:code_recode", frame.pk, number)
    ctx = {"frame": frame, "code": code, "form": form}
    title = _("Split “%(code)s” into new codes") % {"code": code}
    status = 422 if form.is_bound else 200
    return render_page(request, "coding/code_split", title, ctx, status)


@staff_page()
@require_GET
def code_recode(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What was coded with a code that was split, and waits for somebody to recode it."""
    user, frame = coder_and_frame(request, pk)
    codings = frame.codings.filter(codes__number=number, codes__split_at__isnull=False)
    if not user.has_perm(EDITS):
        codings = codings.filter(coder=user)
    shown = list(codings.select_related("coder").order_by("id")[: RECODED_SHOWN + 1])
    ctx = {
        "frame": frame,
        "codings": shown[:RECODED_SHOWN],
        "are_more": len(shown) > RECODED_SHOWN,
    }
    title = _("Codings with code %(number)d to recode") % {"number": number}
    return render_page(request, "coding/code_recode", title, ctx)


@staff_page()
def coding_recode(request: HttpRequest, pk: int, coding_id: int) -> HttpResponse:
    """Choose what stands in the place of the codes that were split."""
    user, frame = coder_and_frame(request, pk)
    coding = coding_to_recode(user, frame, coding_id)
    form = CodesForm(request.POST if request.method == "POST" else None, frame=frame)
    split = list(coding.codes.exclude(split_at=None))
    problem = ""
    if form.is_valid():
        try:
            recode(coding, form.chosen(), form.cleaned_data["digest"], user)
            return redirect("admin:code_recode", frame.pk, split[0].number)
        except (Gone, OtherWords, OtherCodes):
            problem = _("It was changed meanwhile. Look again.")
            coding.response.refresh_from_db()
    words = _words_coded(coding)
    if words is None:
        messages.warning(request, _("The words were changed, withdrawn or restricted meanwhile."))
        return redirect("admin:coding_frame", frame.pk)
    kept = {str(code.number) for code in coding.codes.applied()}
    ctx = {
        **screen_of_words(frame, coding.response, words, request),
        "split": split,
        "form": form,
        "problem": problem,
        "tiles": tiles(frame, form.ticked() if form.is_bound else kept),
    }
    status = 422 if form.errors or problem else 200
    return render_page(request, "coding/coding_recode", _("Recode an answer"), ctx, status)


def _words_coded(coding: Coding) -> str | None:
    """The words a coding is of; None where they are not there any more."""
    try:
        words = words_of(coding.frame, coding.response)
    except Gone:
        return None
    return words if digest_of(words) == coding.digest else None


def _gone(request: HttpRequest, frame: CodingFrame) -> HttpResponse:
    messages.warning(request, _("The code was merged or split meanwhile. Nothing was changed."))
    return redirect("admin:coding_frame", frame.pk)
