"""Frames: what there is to code, making a frame, how far it is, its history, its data file."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from surveys import audit
from surveys.coding.access import (
    CODES_ALL,
    EDITS,
    SEES_WHO,
    coder_and_frame,
    frame_to_edit,
    frames_of,
    question_text,
)
from surveys.coding.counting import (
    BOUND,
    LATEST,
    codings_per_coder,
    progress_of,
    times_applied,
)
from surveys.coding.datafile import coding_blocks
from surveys.coding.forms import FrameForm
from surveys.coding.frames import change_frame, open_frame
from surveys.coding.questions import open_questions
from surveys.models import AuditEntry, CodeChange, Consultation, Questionnaire
from surveys.staff_pages import member_of_staff, render_page, staff_page

CHANGES_SHOWN = 100


@staff_page()
@require_GET
def coding_frames(request: HttpRequest) -> HttpResponse:
    """Every open question with its frame, or a button that makes one; a coder sees their own."""
    user = member_of_staff(request)
    frames = {(frame.questionnaire_id, frame.question): frame for frame in frames_of(user)}
    progress = progress_of([frame.pk for frame in frames.values()])
    may_edit = user.has_perm(EDITS)
    tables = []
    for questionnaire in Questionnaire.objects.filter(consultation=Consultation.objects.current()):
        questions = open_questions(questionnaire)
        rows = [
            (name, text, frame, progress[frame.pk] if frame else None)
            for name, text in questions.items()
            if (frame := frames.get((questionnaire.pk, name))) or may_edit
        ]
        tables.append((questionnaire, rows))
    if not any(rows for _questionnaire, rows in tables) and not user.has_perm(CODES_ALL):
        raise Http404
    ctx = {"tables": tables, "bound": BOUND}
    return render_page(request, "coding/coding_frames", _("Coding open answers"), ctx)


@staff_page("surveys.add_codingframe")
@require_POST
def coding_frame_add(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    """Make the frame of an open question. Where there is one, it is shown."""
    questionnaire = get_object_or_404(Questionnaire, pk=pk)
    if question not in open_questions(questionnaire):
        raise Http404
    frame = open_frame(questionnaire, question, member_of_staff(request))
    return redirect("admin:coding_frame", frame.pk)


@staff_page()
@require_GET
def coding_frame(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, its codes by how often they apply, who has coded how much."""
    _user, frame = coder_and_frame(request, pk)
    codes = times_applied(frame)
    ctx = {
        "frame": frame,
        "question": question_text(frame),
        "progress": progress_of([frame.pk])[frame.pk],
        "bound": BOUND,
        "latest": LATEST,
        "codes": list(_with_share(codes)),
        "put_aside": frame.codes.exclude(pk__in=frame.codes.applied()).select_related(
            "merged_into"
        ),
        "coders": codings_per_coder(frame),
        "may_edit": request.user.has_perm(EDITS),
        "may_export": request.user.has_perm("surveys.export_response"),
    }
    return render_page(request, "coding/coding_frame", str(frame), ctx)


def _with_share(codes: list[tuple[Any, int]]) -> Iterable[tuple[Any, int, int]]:
    """With the length of a bar in percent of the longest."""
    longest = max((times for _code, times in codes), default=0) or 1
    return ((code, times, times * 100 // longest) for code, times in codes)


@staff_page(EDITS)
def coding_frame_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The share that is coded twice, and who codes."""
    frame = frame_to_edit(pk)
    initial = {"double_percent": frame.double_percent, "coders": frame.coders.all()}
    form = FrameForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        user = member_of_staff(request)
        change_frame(frame, data["double_percent"], list(data["coders"]), user)
        messages.success(request, _("Saved."))
        return redirect("admin:coding_frame", frame.pk)
    ctx = {"frame": frame, "form": form, "button": _("Save")}
    status = 422 if form.errors else 200
    return render_page(request, "coding/coding_frame_edit", _("Share and coders"), ctx, status)


@staff_page()
@require_GET
def coding_history(request: HttpRequest, pk: int) -> HttpResponse:
    """What was done to the codes, by whom and when."""
    _user, frame = coder_and_frame(request, pk)
    changes = frame.changes.select_related("made_by").prefetch_related("codes")[:CHANGES_SHOWN]
    ctx = {
        "frame": frame,
        "changes": [
            (change, _shown([code.number for code in change.codes.all()]), _rows(change))
            for change in changes
        ],
    }
    return render_page(request, "coding/coding_history", _("History of the codes"), ctx)


def _rows(change: CodeChange) -> list[tuple[str, str, str]]:
    """What differs, before and after, with names people read."""
    names = {
        "number": _("Number"),
        "numbers": _("Numbers"),
        "label": _("Label"),
        "definition": _("Definition"),
        "include": _("Include"),
        "exclude": _("Exclude"),
        "example": _("Example"),
        "codings": _("Codings"),
    }
    before, after = change.before, change.after
    return [
        (name, _shown(before.get(key)), _shown(after.get(key)))
        for key, name in names.items()
        if before.get(key) != after.get(key) or key == "number"
    ]


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " · ".join(value.values())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


@staff_page("surveys.export_response")
@require_POST
def coding_export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The codings as CSV; with references only for those who may see who answered."""
    user, frame = coder_and_frame(request, pk)
    with transaction.atomic():
        audit.record(user, AuditEntry.Action.EXPORTED, frame, model="coding")
    blocks = coding_blocks(frame, with_reference=user.has_perm(SEES_WHO))
    name = f"codings-{frame.questionnaire.slug}-{frame.question}.csv"
    return StreamingHttpResponse(
        blocks,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
