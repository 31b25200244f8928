"""Which answer comes next: the first row of an index, however many responses there are."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from surveys.coding.codings import FIRST, SECOND
from surveys.locks import of_others
from surveys.models import CodingFrame, Organisation, Response, Uncoded, User


def next_answer(frame: CodingFrame, user: User, skipped: Sequence[Any] = ()) -> Response | None:
    """The oldest answer that waits for this coder; what waits for a second coder comes first.

    Answers that are skipped, that somebody else has open, and those of organisations that nobody
    has confirmed are passed over. They are few, so the index is followed a few rows far at most.
    """
    waiting = _free(frame, user).exclude(response__in=skipped)
    second = waiting.filter(turn=SECOND)
    # Two ranges of the index instead of "not by me", which would read all of my own.
    ways = [
        second.filter(not_by__gt=user.pk),
        second.filter(not_by__lt=user.pk),
        second.filter(not_by=None),
        waiting.filter(turn=FIRST, not_by=None),
    ]
    # Ordered as the index is, by what is the same in all rows too.
    first_of_each = [
        way.order_by("not_by", "response").values_list("response", "turn")[:1] for way in ways
    ]
    found = list(first_of_each[0].union(*first_of_each[1:], all=True))
    if not found:
        return None
    response, _turn = min(found, key=lambda row: (-row[1], row[0]))
    return Response.objects.filter(pk=response).first()


def _free(frame: CodingFrame, user: User) -> QuerySet[Uncoded]:
    # Joins and a short list, which leave the planner nothing better than to follow the index;
    # with NOT EXISTS it reads all responses once there are many.
    held = of_others(user, timezone.now())
    by_anybody = Q(response__organisation=None)
    by_one_we_know = Q(response__organisation__standing=Organisation.Standing.LISTED)
    return frame.uncoded.exclude(response__in=list(held.values_list("response", flat=True))).filter(
        by_anybody | by_one_we_know
    )
