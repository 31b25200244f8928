"""Telling those who asked what has changed in “You said, we did”: one e-mail to each, each once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from surveys import audit, outbox
from surveys.models import (
    Announcement,
    AuditEntry,
    Consultation,
    Message,
    ReplyChange,
    Subscriber,
    User,
)
from surveys.subscribing import key_of, unsubscribe_address
from surveys.subscribing_letters import news

BATCH = 200
GIVEN_UP_AFTER = timedelta(days=30)
"""What is that old is no news; whoever has not been written to by then never will."""


def untold(consultation: Consultation) -> list[ReplyChange]:
    """What those who asked were not told of yet: of each published reply the last change."""
    last = consultation.announcements.first()
    after = last.last_change_id if last else 0
    return _news(_changes(consultation).filter(pk__gt=after))


def told_of(announcement: Announcement) -> list[ReplyChange]:
    """What one announcement is about: published since the one before and published still."""
    earlier = Announcement.objects.filter(
        consultation=announcement.consultation_id, pk__lt=announcement.pk
    ).first()
    after = earlier.last_change_id if earlier else 0
    changes = _changes(announcement.consultation)
    return _news(changes.filter(pk__gt=after, pk__lte=announcement.last_change_id))


def confirmed(consultation: Consultation) -> QuerySet[Subscriber]:
    """Those who are written to."""
    return consultation.subscribers.exclude(confirmed_at=None)


def announce(
    consultation: Consultation, up_to: int, by: User, moment: datetime
) -> Announcement | None:
    """Have the subscribers told of the changes up to that one; None where they were already.

    A second click finds nothing to tell. The e-mails are written by `tell_waiting`.
    """
    with transaction.atomic():
        Consultation.objects.select_for_update().get(pk=consultation.pk)
        waiting = [change for change in untold(consultation) if change.pk <= up_to]
        if not waiting:
            return None
        announcement = Announcement.objects.create(
            consultation=consultation,
            last_change_id=max(change.pk for change in waiting),
            made_by=by,
            made_at=moment,
        )
        audit.record(
            by,
            AuditEntry.Action.SENT,
            consultation,
            model="announcement",
            announcement=announcement.pk,
            subscribers=confirmed(consultation).count(),
        )
    return announcement


def tell_waiting(limit: int = BATCH) -> bool:
    """A step of the background work: write to the next subscribers; whether there were any.

    It may be killed at any moment and run in parallel: who is told is marked with the message.
    """
    since = timezone.now() - GIVEN_UP_AFTER
    recent = Announcement.objects.filter(made_at__gte=since).select_related("consultation")
    return any(_tell(announcement, limit) for announcement in recent.order_by("pk"))


def _tell(announcement: Announcement, limit: int) -> bool:
    with transaction.atomic():
        subscribers = list(
            confirmed(announcement.consultation)
            .filter(Q(told=None) | Q(told__lt=announcement.pk))
            .filter(confirmed_at__lte=announcement.made_at)
            .select_for_update(of=("self",), skip_locked=True)
            .order_by("pk")[:limit]
        )
        if subscribers:
            changes = told_of(announcement)
            outbox.put([_message(each, announcement, changes) for each in subscribers])
            told = Subscriber.objects.filter(pk__in=[each.pk for each in subscribers])
            told.update(told=announcement)
    return bool(subscribers)


def _message(
    subscriber: Subscriber, announcement: Announcement, changes: list[ReplyChange]
) -> Message:
    leave = unsubscribe_address(subscriber)
    return outbox.compose(
        lambda: news(changes, leave),
        kind="replies",
        to=subscriber.email,
        language=subscriber.language,
        key=key_of(subscriber, str(announcement.pk)),
        unsubscribe_url=leave,
    )


def _changes(consultation: Consultation) -> QuerySet[ReplyChange]:
    return ReplyChange.objects.filter(reply__consultation=consultation).select_related("reply")


def _news(changes: QuerySet[ReplyChange]) -> list[ReplyChange]:
    """Of each reply that is published the last of these, in the order of the page."""
    last: dict[int, ReplyChange] = {}
    for change in changes.order_by("pk"):
        last[change.reply_id] = change
    published = [
        change
        for change in last.values()
        if change.kind != ReplyChange.Kind.TAKEN_BACK and change.reply.published_at
    ]
    return sorted(published, key=lambda change: (change.reply.position, change.reply_id))
