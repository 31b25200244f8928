"""The pages on which a sheet is typed: for the first time, or what was begun, or a second time."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.lifecycle import AnsweredAlready
from surveys.models import Consultation, Transcript, Typing, Version
from surveys.parts import Part
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.transcribing.forms import KEPT, HeadForm, SheetForm, answered_already, sheet_taken
from surveys.transcribing.lists import waiting_for
from surveys.transcribing.typing import (
    NotYours,
    SheetTaken,
    Typed,
    begin,
    save,
    typing_of,
)

CHANGE = "surveys.change_transcript"
State = Transcript.State


@staff_page(CHANGE)
def transcript_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Type a form that nobody has typed."""
    version = get_object_or_404(Version.objects.published().with_questions(), pk=pk)
    if not is_typed_now(version.consultation):
        return render_page(request, "transcribing/not_now", _("Type a form"), {"version": version})
    is_post = request.method == "POST"
    data = request.POST if is_post else None
    head = HeadForm(data, version=version, initial=_kept(request, version.consultation))
    sheet = SheetForm(data, version=version, sections=version.sections.all())
    if is_post and head.is_valid() and (_is_kept(request) or sheet.is_valid()):
        typed = _typed(request, version, sheet, head.head())
        try:
            return _after(request, begin(version, typed, _key(request)), version)
        except SheetTaken:
            head.add_error("sheet", sheet_taken(head.cleaned_data["sheet"]))
        except AnsweredAlready:
            head.add_error("organisation", answered_already(head.cleaned_data["organisation"]))
    return _page(request, version, sheet, head, key=str(_key(request)))


@staff_page(CHANGE)
def transcript_type(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a typing that was begun, or type a form for the second time."""
    user = member_of_staff(request)
    transcript = get_object_or_404(Transcript.objects.select_related("organisation"), pk=pk)
    typing = typing_of(transcript, user)
    if not _may_type(transcript, typing):
        return _not_needed(request)
    version = Version.objects.with_questions().get(pk=transcript.version_id)
    data = request.POST if request.method == "POST" else None
    head = _head_form(data, version, transcript) if typing and typing.turn == 1 else None
    sheet = SheetForm(data, version=version, sections=version.sections.all(), part=_part_of(typing))
    is_right = data is not None and (head is None or head.is_valid())
    if is_right and (_is_kept(request) or sheet.is_valid()):
        typed = _typed(request, version, sheet, head.head() if head else {})
        try:
            return _after(request, save(transcript, typed), version)
        except NotYours:
            return _not_needed(request)
        except SheetTaken:
            sheet.add_error(None, sheet_taken(typed.head["sheet"]))
        except AnsweredAlready:
            sheet.add_error(
                None, answered_already(typed.head.get("organisation", transcript.organisation))
            )
    return _page(request, version, sheet, head, transcript=transcript)


def _not_needed(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("Nobody needs to type this form now."))
    return redirect("admin:transcripts")


def is_typed_now(consultation: Consultation) -> bool:
    """From the opening until some days after closing, for what came before it."""
    last = consultation.closes_at + timedelta(days=settings.TYPED_UNTIL_DAYS)
    return consultation.opens_at <= consultation.now <= last


def _may_type(transcript: Transcript, typing: Typing | None) -> bool:
    if typing:
        return not typing.is_finished and transcript.state in (State.BEGUN, State.WAITING)
    return transcript.state == State.WAITING and not transcript.typings.filter(turn=2).exists()


def _head_form(data: Any, version: Version, transcript: Transcript) -> HeadForm:
    names = (*KEPT, "sheet", "organisation")
    initial = {name: getattr(transcript, name) for name in names}
    return HeadForm(data, version=version, transcript=transcript, initial=initial)


def _part_of(typing: Typing | None) -> Part | None:
    return Part(frozenset(), typing.answers, typing.unfinished) if typing else None


def _typed(request: HttpRequest, version: Version, sheet: SheetForm, head: Any) -> Typed:
    return Typed(
        sheet.part(),
        member_of_staff(request),
        version.consultation.now,
        is_finished=not _is_kept(request),
        head=head,
    )


def _is_kept(request: HttpRequest) -> bool:
    """Whether what was typed is only to be kept, finished or not."""
    return request.POST.get("then") == "later"


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _kept(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    """What the sheet before had, for the next of its pile; at first it is a sheet of today."""
    today = timezone.localdate(min(consultation.now, consultation.closes_at))
    return {"received_on": today} | {
        name: request.GET[name] for name in KEPT if name in request.GET
    }


def _after(request: HttpRequest, transcript: Transcript, version: Version) -> HttpResponse:
    """Say what became of it, and go where its typist wants to be next."""
    messages.success(request, _what_became(request, transcript))
    if request.POST.get("then") != "next":
        return redirect("admin:transcripts")
    typing = typing_of(transcript, request.user)
    if typing and typing.turn == 2:
        following = waiting_for(request.user).first()
        return (
            redirect("admin:transcript_type", following.pk)
            if following
            else redirect("admin:transcripts")
        )
    values = {name: getattr(transcript, name) for name in ("channel", "language", "received_on")}
    kept = values | ({"meeting": transcript.meeting_id} if transcript.meeting_id else {})
    address = reverse("admin:transcript_new", args=[version.pk])
    return redirect(f"{address}?{urlencode(kept)}")


def _what_became(request: HttpRequest, transcript: Transcript) -> str:
    if _is_kept(request):
        return _("What you typed is kept. You find it under “Begun and not finished”.")
    if transcript.state == State.DONE:
        return _("Typed. It is now the response %(reference)s.") % {
            "reference": transcript.response
        }
    if transcript.state == State.WAITING:
        return _("Typed. This form was drawn to be typed by a second person too.")
    return _("Typed. It differs from the first typing: somebody has to choose.")


def _page(
    request: HttpRequest, version: Version, sheet: SheetForm, head: HeadForm | None, **ctx: Any
) -> HttpResponse:
    links = [*(head.error_links() if head else []), *sheet.error_links()]
    ctx |= {
        "version": version,
        "head": head,
        "form": sheet,
        "links": links,
        "is_second": head is None,
    }
    title = _("Type a form a second time") if head is None else _("Type a form")
    return render_page(request, "transcribing/type", title, ctx, 422 if links else 200)
