"""Who has a response open for review or coding. It keeps nobody out; it tells the others."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from surveys.models import Response, SoftLock, User

LAPSES = timedelta(minutes=15)


def take_lock(response: Response, by: User, moment: datetime) -> SoftLock | None:
    """One's own lock from now on, unless somebody else has it open already: then theirs is told."""
    lock, is_new = SoftLock.objects.select_related("held_by").get_or_create(
        response=response, defaults={"held_by": by, "since": moment}
    )
    if lock.held_by_id != by.pk and lock.since > moment - LAPSES:
        return lock
    if not is_new:
        lock.held_by, lock.since = by, moment
        lock.save()
    return None


def leave(response: Response, by: User) -> None:
    """Give up one's own lock."""
    SoftLock.objects.filter(response=response, held_by=by).delete()


def of_others(by: User, moment: datetime) -> QuerySet[SoftLock]:
    """What others have open."""
    return SoftLock.objects.filter(since__gt=moment - LAPSES).exclude(held_by=by)


def is_free(by: User, moment: datetime) -> Q:
    """Of responses: that nobody else has it open."""
    return (
        Q(soft_lock__isnull=True)
        | Q(soft_lock__held_by=by)
        | Q(soft_lock__since__lte=moment - LAPSES)
    )
