"""Verbs of review: decide about words, confirm that they are left out, take a decision back.

Each locks the response, writes a line of the log in the same transaction, and raises rather than
overwrite what its caller has not seen.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from surveys import audit
from surveys.locks import leave
from surveys.models import AuditEntry, Decision, Response, User
from surveys.reviewing.redaction import Span
from surveys.verbatims import digest_of, note_words


class WordsGone(Exception):
    """The response was withdrawn, or these words are in it no more."""


class WordsChanged(Exception):
    """The respondent has changed the words meanwhile."""


class Overtaken(Exception):
    """Somebody else has decided meanwhile, or taken a decision back."""


class NotAllowed(Exception):
    """A second person is needed."""


@dataclass(frozen=True)
class Seen:
    """What the person had before them: a digest of the words, and the decision that stood."""

    response: uuid.UUID
    name: str
    digest: str
    decision: int | None


@dataclass(frozen=True)
class Decided:
    """What the person decides."""

    verdict: str
    hidden: Iterable[Span] = ()
    reason: str = ""
    asked: User | None = None


def current_decision(response: Response, name: str) -> Decision | None:
    """What stands about these words, with the people who made it."""
    decisions = response.decisions.select_related("decided_by", "asked", "confirmed_by")
    return decisions.filter(question=name, is_current=True).first()


def _locked(seen: Seen) -> tuple[Response, Decision | None]:
    """The response and the decision that stands, if they are what was seen."""
    stored = Response.objects.select_for_update().get(pk=seen.response)
    words = stored.answers.get(seen.name)
    if stored.state != Response.State.SENT or not words:
        raise WordsGone
    if digest_of(words) != seen.digest:
        raise WordsChanged
    current = current_decision(stored, seen.name)
    if (current.pk if current else None) != seen.decision:
        raise Overtaken
    return stored, current


def decide(seen: Seen, decided: Decided, *, by: User, moment: datetime) -> Decision:
    """Let a decision stand about the words that were seen.

    Raises WordsGone, WordsChanged or Overtaken where they, or the decision, are others now.
    """
    with transaction.atomic():
        stored, current = _locked(seen)
        if current:
            Decision.objects.filter(pk=current.pk).update(is_current=False)
        decision = Decision.objects.create(
            response=stored,
            question=seen.name,
            digest=seen.digest,
            verdict=decided.verdict,
            hidden=[list(span) for span in decided.hidden],
            reason=decided.reason,
            asked=decided.asked,
            decided_by=by,
            decided_at=moment,
        )
        _settle(stored, by, seen.name, verdict=decided.verdict, hidden=len(decision.hidden))
    return decision


def confirm(seen: Seen, *, by: User) -> None:
    """The second pair of eyes: the words are not published. Raises as `decide`, or NotAllowed."""
    with transaction.atomic():
        stored, current = _locked(seen)
        if current is None or current.verdict != Decision.Verdict.COUNT or current.confirmed_by_id:
            raise Overtaken
        if current.decided_by_id == by.pk:
            raise NotAllowed
        Decision.objects.filter(pk=current.pk).update(confirmed_by=by)
        _settle(stored, by, seen.name, confirmed=current.verdict)


def reopen(seen: Seen, *, by: User) -> None:
    """Take the decision back: the words are to be read again. Raises as `decide`."""
    with transaction.atomic():
        stored, current = _locked(seen)
        if current:
            Decision.objects.filter(pk=current.pk).update(is_current=False)
            _settle(stored, by, seen.name, reopened=current.verdict)


def _settle(stored: Response, by: User, name: str, **details: Any) -> None:
    note_words(stored)
    Response.objects.filter(pk=stored.pk).update(unread=stored.unread)
    leave(stored, by)
    audit.record(by, AuditEntry.Action.DECIDED, stored, question=name, **details)
