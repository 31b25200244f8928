"""Who has a response open. It keeps nobody out; it tells the others."""

from datetime import datetime, timedelta

from surveys.models import Response, SoftLock, User

LAPSES = timedelta(minutes=10)


def take_lock(response: Response, by: User, moment: datetime) -> SoftLock:
    """The lock of somebody who has it open already, else one's own from now on."""
    lock, is_new = SoftLock.objects.select_related("held_by").get_or_create(
        response=response, defaults={"held_by": by, "since": moment}
    )
    if not is_new and (lock.held_by_id == by.pk or lock.since <= moment - LAPSES):
        lock.held_by, lock.since = by, moment
        lock.save()
    return lock


def leave(response: Response, by: User) -> None:
    """Give up one's own lock."""
    SoftLock.objects.filter(response=response, held_by=by).delete()
