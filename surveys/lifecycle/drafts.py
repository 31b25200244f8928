"""What every verb stands on: drafts, the version they answer, and refusing to overwrite."""

from datetime import datetime
from typing import Any

from django.db import transaction

from surveys.history import forget_what_was_said
from surveys.journey import Journey
from surveys.ledger.committing import mark_withdrawn
from surveys.models import Amendment, Response, Revision, Typing, Version
from surveys.moving import fits
from surveys.parts import Part
from surveys.rehearsing import erase_rehearsals_once
from surveys.verbatims import forget_words

Draft = Response | Amendment
"""What is worked on: a response that was not sent, or the change of one that was."""


class Conflict(Exception):
    """What is stored is neither what the form was made from nor what it says now."""

    def __init__(self, stored: Draft) -> None:
        super().__init__(str(stored))
        # Of the same kind as what was to be written, which its catcher knows.
        self.stored: Any = stored


class AlreadySent(Exception):
    """It is no draft any more; what was to be written was not."""

    def __init__(self, stored: Response) -> None:
        super().__init__(stored.reference)
        self.stored = stored


class NoLongerAsked(Exception):
    """No version that a draft can be stored as asks all that is stored and was entered."""


def refuse_conflict(stored: Draft, part: Part, seen: str) -> None:
    """Raise Conflict where a part is neither what was seen nor what is to be written."""
    if stored._state.adding:
        # Nothing is there yet that could be overwritten.
        return
    there = Part.of(stored, part.names).fingerprint()
    if there not in (seen, part.fingerprint()):
        raise Conflict(stored)


def journey_of(stored: Draft, version: Version) -> Journey:
    """Through the version that a row answers, which is mostly the one its caller has read."""
    if version.pk != stored.version_id:
        version = Version.objects.with_questions().get(pk=stored.version_id)
    return Journey.of(version)


def set_apart(stored: Draft, version: Version) -> None:
    """Leave as answers of a draft what is asked, and keep the rest beside them."""
    journey = journey_of(stored, version)
    stored.answers, stored.unfinished = journey.set_apart(stored.answers, stored.unfinished)


def only_what_is_asked(stored: Draft, version: Version) -> Part:
    """What a draft says when it is sent."""
    return whole(stored).only_asked(journey_of(stored, version))


def whole(response: Draft) -> Part:
    """Everything a response says."""
    return Part.of(response, {*response.answers, *response.unfinished})


def version_for(stored: Draft, shown: Version, part: Part) -> Version:
    """What a locked draft answers with a part of a form that `shown` asked.

    Where that is another version than the draft is at, it stays where it is if everything is asked
    there; else a draft that was moved on from `shown` goes back, and moves on again when it is
    opened the next time. Raises NoLongerAsked.
    """
    if stored.version_id == shown.pk:
        return shown
    together = Part.of(stored, whole(stored).names - part.names).entered() | part.entered()
    own = Version.objects.with_questions().get(pk=stored.version_id)
    came_from = [shown] if stored.moved_from_id == shown.pk else []
    for version in (own, *came_from):
        if fits(version, together):
            return version
    raise NoLongerAsked


def take_version(stored: Draft, version: Version, names: frozenset[str]) -> None:
    """What a form said is stored as the version it showed, unless that asks less than is stored.

    Whoever saves has seen the notice that the questionnaire has changed.
    """
    if names >= {*stored.answers, *stored.unfinished}:
        put_version(stored, version)
    stored.moved_from = None


def put_version(draft: Draft, version: Version) -> None:
    """Let a draft in memory answer this version, which comes with its questions."""
    if not isinstance(draft, Amendment):
        draft.version = version
    elif version.pk == draft.response.version_id:
        draft.moved_to, draft.response.version = None, version
    else:
        draft.moved_to = version


def move_on(draft: Draft, version: Version) -> None:
    """Let a stored draft go on with a later version that asks everything it answers.

    `moved_from` remembers the version it was begun with until somebody saves it.
    """
    came_from = draft.moved_from_id or draft.version_id
    # Only if nobody has saved other answers since it was read; whoever opens it next tries again.
    there: dict[str, Any] = {"answers": draft.answers, "unfinished": draft.unfinished}
    if isinstance(draft, Amendment):
        amendments = Amendment.objects.filter(pk=draft.pk, **there)
        moved = amendments.update(moved_to=version, moved_from=came_from)
    else:
        drafts = Response.objects.filter(pk=draft.pk, state=Response.State.DRAFT, **there)
        moved = drafts.update(version=version, moved_from=came_from)
    if moved:
        put_version(draft, version)
        draft.moved_from_id = came_from


def begin(version: Version, moment: datetime) -> None:
    """The first response of an open consultation finds no rehearsal there."""
    consultation = version.questionnaire.consultation
    if moment >= consultation.opens_at:
        erase_rehearsals_once(consultation, moment)


def keep_revision(stored: Response, moment: datetime) -> Revision:
    """What a sent response says until it is changed now."""
    last = stored.last_revision()
    return Revision.objects.create(
        response=stored,
        number=last.number + 1 if last else 1,
        answers=stored.answers,
        language=stored.language,
        publication=stored.publication,
        said_since=last.replaced_at if last else stored.sent_at or moment,
        replaced_at=moment,
    )


def withdraw(response: Response) -> None:
    """Erase what a sent response says and ever said; that it was sent and withdrawn remains."""
    with transaction.atomic():
        stored = Response.objects.select_for_update().get(pk=response.pk)
        if stored.state == Response.State.SENT:
            stored.revisions.all().delete()
            Amendment.objects.filter(response=stored).delete()
            Typing.objects.filter(transcript__response=stored).delete()
            forget_what_was_said(stored)
            forget_words(stored)
            mark_withdrawn(stored)
            stored.answers = {}
            stored.unread = []
            stored.state = Response.State.WITHDRAWN
            stored.save()
