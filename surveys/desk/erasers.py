"""What erases each class of `surveys/retention.py`, and the run through all of them."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from surveys import audit
from surveys.batches import erase_in_batches
from surveys.daily_key import forget_keys
from surveys.exporting.asking import erase_exports
from surveys.interchange.storing import forget_uploads
from surveys.lifecycle import due_without_account
from surveys.models import (
    Amendment,
    AuditEntry,
    Comment,
    Commitment,
    Consultation,
    Event,
    Export,
    Fault,
    Invitation,
    Member,
    Message,
    Response,
    RetentionRun,
    Revision,
    SoftLock,
    SubjectRequest,
    Typing,
    User,
)
from surveys.organisation_lists import forget_lists
from surveys.people import unused_people
from surveys.postman import forget_codes
from surveys.rate_limits import forget_attempts
from surveys.rehearsing import rehearsals_of_open_consultations
from surveys.retention import BY_KEY, CLASSES
from surveys.reviewing.originals import erase_originals
from surveys.subscribing import erase_subscribers, erase_unconfirmed


def run(moment: datetime, *, is_dry: bool = False) -> dict[str, int]:
    """Erase what is due of every class, and note it; how many, by key.

    The numbers of a dry run are those of a run at that moment.
    """
    if is_dry:
        return {kept.key: _count(kept.key, moment) for kept in CLASSES}
    counted = {kept.key: _erase(kept.key, moment) for kept in CLASSES}
    forget_keys(moment.astimezone(UTC).date())
    return counted


def _erase(key: str, moment: datetime) -> int:
    """Each class in its own transaction, unless it is erased in batches that have theirs."""
    with nullcontext() if key in IN_BATCHES else transaction.atomic():
        erased = ERASERS[key](moment)
        RetentionRun.objects.create(kind=key, ran_at=moment, erased=erased)
    return erased


def _count(key: str, moment: datetime) -> int:
    """What is not plainly counted is erased, and that taken back."""
    if key in IN_BATCHES:
        return sum(rows.count() for rows in IN_BATCHES[key](moment))
    with transaction.atomic():
        counted = ERASERS[key](moment)
        transaction.set_rollback(True)
    return counted


Due = tuple[QuerySet[Any], ...]


def _organisation_drafts(moment: datetime) -> Due:
    before = BY_KEY["organisation_drafts"].before(moment)
    closed = Q(questionnaire__consultation__closes_at__lt=before)
    drafts = Response.objects.filter(closed, state=Response.State.DRAFT, organisation__isnull=False)
    changes = Amendment.objects.filter(response__questionnaire__consultation__closes_at__lt=before)
    return drafts, changes, Comment.objects.filter(closed)


def _revisions(moment: datetime) -> int:
    before = BY_KEY["revisions"].before(moment)
    closed = Q(response__questionnaire__consultation__closes_at__lt=before)
    count = Revision.objects.filter(closed).delete()[0]
    # The salt of what was said before is kept as long as that itself.
    replaced = Commitment.objects.filter(closed, state=Commitment.State.REPLACED)
    replaced.exclude(salt=None).update(salt=None)
    return count + Event.objects.filter(closed).exclude(before={}).update(before={})


def _typings(moment: datetime) -> int:
    before = BY_KEY["typings"].before(moment)
    old = Typing.objects.filter(
        transcript__version__questionnaire__consultation__closes_at__lt=before
    )
    return old.delete()[0]


def _contacts(moment: datetime) -> Due:
    last = Consultation.objects.aggregate(last=Max("closes_at"))["last"]
    if last is None or last >= BY_KEY["contacts"].before(moment):
        return ()
    people = User.objects.filter(is_staff=False, is_superuser=False)
    return Invitation.objects.all(), Member.objects.all(), people


def _erase_contacts(moment: datetime) -> int:
    due = _contacts(moment)
    if due:
        for written in (Comment, Event):
            written.objects.exclude(author__is_staff=True).update(author_name="")
    return erase_in_batches(*due)


def _messages(moment: datetime) -> int:
    """The row stays, without whom and what: by its key nobody is written to twice."""
    before = BY_KEY["messages"].before(moment)
    gone = (Message.State.SENT, Message.State.FAILED, Message.State.BOUNCED)
    # Of what is unclear for so long nobody will find out any more whether it left.
    is_old = Q(state__in=gone, created_at__lt=before) | Q(
        state=Message.State.HANDING_OVER, handed_over_at__lt=before
    )
    old = Message.objects.filter(is_old).exclude(to="")
    return old.update(to="", subject="", text="", html="", unsubscribe_url="", error="")


def _log(moment: datetime) -> int:
    before = BY_KEY["log"].before(moment)
    with pgtrigger.ignore(audit.LOG_IS_ONLY_ADDED_TO):
        count = AuditEntry.objects.filter(at__lt=before).delete()[0]
    old = Export.objects.filter(asked_at__lt=before, state__in=("expired", "cancelled", "failed"))
    return count + old.delete()[0]


def _requests(moment: datetime) -> int:
    before = BY_KEY["requests"].before(moment)
    # A restriction lasts until it is lifted.
    old = SubjectRequest.objects.filter(done_at__lt=before, response=None)
    return old.delete()[0]


def _errors(moment: datetime) -> int:
    return Fault.objects.filter(at__lt=BY_KEY["errors"].before(moment)).delete()[0]


def _locks(moment: datetime) -> int:
    return SoftLock.objects.filter(since__lt=BY_KEY["locks"].before(moment)).delete()[0]


def _sessions(moment: datetime) -> int:
    """A session knows when it ends, which is so long after its last sign-in."""
    signed_in_before = BY_KEY["sessions"].before(moment)
    lasts = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return Session.objects.filter(expire_date__lt=signed_in_before + lasts).delete()[0]


IN_BATCHES: dict[str, Callable[[datetime], Due]] = {
    "drafts": lambda moment: (due_without_account(moment),),
    "organisation_drafts": _organisation_drafts,
    "rehearsals": lambda moment: (rehearsals_of_open_consultations(moment),),
    "contacts": _contacts,
    "people": lambda moment: (unused_people(moment),),
}
"""What is due of the classes on whose rows others hang: Django reads all of these to delete them.

The database deletes the others in a statement each.
"""


def _batches_of(key: str) -> Callable[[datetime], int]:
    return lambda moment: erase_in_batches(*IN_BATCHES[key](moment))


ERASERS: dict[str, Callable[[datetime], int]] = {
    "drafts": _batches_of("drafts"),
    "organisation_drafts": _batches_of("organisation_drafts"),
    "rehearsals": _batches_of("rehearsals"),
    "revisions": _revisions,
    "typings": _typings,
    "originals": erase_originals,
    "contacts": _erase_contacts,
    "people": _batches_of("people"),
    "codes": forget_codes,
    "messages": _messages,
    "subscribers": erase_subscribers,
    "unconfirmed": erase_unconfirmed,
    "exports": erase_exports,
    "lists": forget_lists,
    "uploads": forget_uploads,
    "log": _log,
    "requests": _requests,
    "errors": _errors,
    "attempts": lambda moment: forget_attempts(BY_KEY["attempts"].before(moment)),
    "locks": _locks,
    "sessions": _sessions,
}
