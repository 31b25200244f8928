"""Verbs: keep what somebody typed, compare it with what another person typed, take it.

Every verb locks the transcript, so that two people at once, or one who clicks twice, do what one
of them would.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from surveys import audit
from surveys.lifecycle import take_transcript
from surveys.models import AuditEntry, Meeting, Transcript, Typing, User, Version
from surveys.parts import Part
from surveys.question_types import QuestionType, question_types
from surveys.transcribing.double_typing import differences, is_typed_twice, resolved

Action = AuditEntry.Action
State = Transcript.State


class NotYours(Exception):
    """Somebody else has typed it, is typing it or has set it aside meanwhile."""


class SheetTaken(Exception):
    """A form with this number was typed already."""


@dataclass(frozen=True)
class Typed:
    """What a person has typed so far, at a moment; `is_finished` once nothing is wrong with it.

    `head` is what is said about the sheet, by column, where that was on the page too.
    """

    part: Part
    by: User
    moment: datetime
    is_finished: bool
    head: Mapping[str, Any] = field(default_factory=dict)


def begin(version: Version, typed: Typed, key: UUID) -> Transcript:
    """Keep the first typing of a new transcript; the same key gives the one that is there.

    Raises SheetTaken, AnsweredAlready.
    """
    there = Transcript.objects.filter(form_key=key).first()
    try:
        return save(there, typed) if there else _begin(version, typed, key)
    except SheetTaken:
        # The same form came twice at the same moment, unless it is another one.
        there = Transcript.objects.filter(form_key=key).first()
        if there is None:
            raise
        return save(there, typed)


@transaction.atomic
def _begin(version: Version, typed: Typed, key: UUID) -> Transcript:
    transcript = Transcript(version=version, form_key=key, state=State.BEGUN)
    _put_head(transcript, typed)
    Typing.objects.create(transcript=transcript, turn=1, typed_by=typed.by, typed_at=typed.moment)
    audit.record(typed.by, Action.ADDED, transcript, channel=transcript.channel)
    return save(transcript, typed)


def _put_head(transcript: Transcript, typed: Typed) -> None:
    for name, value in typed.head.items():
        setattr(transcript, name, _kept(value, typed.by) if name == "meeting" else value)
    try:
        with transaction.atomic():
            transcript.save()
    except IntegrityError as error:
        raise SheetTaken from error


def _kept(meeting: Meeting | None, by: User) -> Meeting | None:
    """The meeting, added if it is a new one."""
    if meeting is None or meeting.pk:
        return meeting
    kept, is_new = Meeting.objects.get_or_create(
        consultation=meeting.consultation,
        name=meeting.name,
        held_on=meeting.held_on,
        defaults={"place": meeting.place},
    )
    if is_new:
        audit.record(by, Action.ADDED, kept)
    return kept


@transaction.atomic
def save(transcript: Transcript, typed: Typed) -> Transcript:
    """Keep what this person typed, in the first turn or in the second.

    A finished typing stays as it is. Finishing the first may make the response, finishing the
    second makes it where both say the same. Raises NotYours, SheetTaken, AnsweredAlready.
    """
    stored = _locked(transcript)
    typing = stored.typings.filter(typed_by=typed.by).first()
    if typing and typing.is_finished:
        return stored
    typing = typing or _second_turn(stored, typed.by)
    if stored.state not in (State.BEGUN, State.WAITING):
        raise NotYours
    typing.answers, typing.unfinished = typed.part.answers, typed.part.unfinished
    typing.is_finished, typing.typed_at = typed.is_finished, typed.moment
    typing.save()
    if typing.turn == 1:
        _put_head(stored, typed)
    if typing.is_finished:
        _go_on(stored, typing, typed)
    return stored


def _second_turn(stored: Transcript, by: User) -> Typing:
    if stored.state != State.WAITING or stored.typings.filter(turn=2).exists():
        raise NotYours
    return Typing(transcript=stored, turn=2, typed_by=by)


def _go_on(stored: Transcript, typing: Typing, typed: Typed) -> None:
    """What follows from a typing that is finished."""
    if typing.turn == 1:
        first, is_done = typing, not is_typed_twice(stored.pk, stored.channel)
        stored.state = State.WAITING
    else:
        first = stored.typings.get(turn=1)
        is_done = not differences(kinds_of(stored), first.answers, typing.answers)
        stored.state = State.DIFFERENT
        audit.record(typed.by, Action.CHANGED, stored, turn=2)
    stored.save()
    if is_done:
        taken = take_transcript(stored, answers=first.answers, moment=typed.moment, by=typed.by)
        stored.response, stored.state = taken, State.DONE


def resolve(transcript: Transcript, choices: dict[str, str], moment: datetime, by: User) -> None:
    """Take the form with what was chosen for each question that was read differently.

    What is resolved already stays as it is. Raises NotYours, AnsweredAlready.
    """
    with transaction.atomic():
        stored = _locked(transcript)
        if stored.state == State.DONE:
            return
        if stored.state != State.DIFFERENT:
            raise NotYours
        first, second = stored.typings.order_by("turn")
        answers = resolved(kinds_of(stored), first.answers, second.answers, choices)
        take_transcript(stored, answers=answers, moment=moment, by=by)
        audit.record(by, Action.DECIDED, stored, questions=sorted(choices))


def set_aside(transcript: Transcript, reason: str, by: User) -> None:
    """Let a form wait no more that cannot be taken; what was typed is kept. Raises NotYours."""
    with transaction.atomic():
        stored = _locked(transcript)
        if stored.state not in (State.WAITING, State.DIFFERENT):
            raise NotYours
        stored.state = State.ASIDE
        stored.save()
        audit.record(by, Action.CHANGED, stored, purpose=reason, state=State.ASIDE)


def throw_away(typing: Typing, by: User) -> None:
    """Erase what was typed and not finished; a first typing takes its transcript with it."""
    with transaction.atomic():
        stored = _locked(typing.transcript)
        unfinished = stored.typings.filter(pk=typing.pk, is_finished=False).first()
        if unfinished is None:
            raise NotYours
        audit.record(by, Action.DELETED, stored, turn=unfinished.turn)
        if unfinished.turn == 1:
            stored.delete()
        else:
            unfinished.delete()


def _locked(transcript: Transcript) -> Transcript:
    """Raises NotYours where it was thrown away."""
    rows = Transcript.objects.select_for_update(of=("self",))
    stored = rows.select_related("version", "organisation").filter(pk=transcript.pk).first()
    if stored is None:
        raise NotYours
    return stored


def kinds_of(transcript: Transcript) -> list[QuestionType]:
    """The questions of the form that was typed."""
    return question_types(Version.objects.with_questions().get(pk=transcript.version_id))


def typing_of(transcript: Transcript, user: Any) -> Typing | None:
    """What this person has typed of it."""
    return transcript.typings.filter(typed_by=user).first()
