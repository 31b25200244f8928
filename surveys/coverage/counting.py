"""How many responses there are, by groups and weeks. Counted at most once a minute."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import TruncWeek
from django.utils import timezone

from surveys.dimensions import CHANNEL, LANGUAGE, PLACE
from surveys.models import Questionnaire, Response

COUNTED_EVERY = 60
"""Seconds. Counting a million takes longer than looking at the page should."""
KEPT_FOR = 10 * COUNTED_EVERY
COLUMNS = (CHANNEL, LANGUAGE, PLACE)
NO_ANSWER = ""
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Counts:
    """Responses the programme may count, as of a moment. No answer is the group NO_ANSWER."""

    at: datetime
    total: int
    by: dict[str, dict[str, int]]
    weeks: dict[date, int]
    """By their Monday; weeks without a response between two others are there too."""


def counts(questionnaire: Questionnaire, names: Iterable[str]) -> Counts:
    """The questionnaire's counts by each of the named dimensions.

    They are at most a minute old, but for those who come while somebody else counts anew.
    """
    names = sorted(names)
    key = f"coverage:{questionnaire.pk}:{','.join(names)}"
    found: Counts | None = cache.get(key)
    is_old = found is None or timezone.now() - found.at > timedelta(seconds=COUNTED_EVERY)
    if found is None or (is_old and cache.add(f"{key}:counting", True, COUNTED_EVERY)):
        found = count(questionnaire, names)
        cache.set(key, found, KEPT_FOR)
    return found


def count(questionnaire: Questionnaire, names: Iterable[str]) -> Counts:
    """One grouped query for each dimension, and one for the weeks."""
    at = timezone.now()
    # Without its order, by which the rows would be grouped as well.
    sent = Response.objects.sent().filter(questionnaire=questionnaire).order_by()
    by = {name: _grouped(sent, _value(name)) for name in names}
    weeks = _grouped(sent, TruncWeek("sent_at"))
    by_monday = {timezone.localdate(week): number for week, number in weeks.items()}
    return Counts(at, sum(by_monday.values()), by, _without_gaps(by_monday))


def _value(name: str) -> Any:
    return F(name) if name in COLUMNS else KeyTextTransform(name, "answers")


def _grouped(rows: QuerySet[Response], value: Any) -> dict[Any, int]:
    grouped = rows.values_list(value).annotate(Count("id"))
    return {NO_ANSWER if group is None else group: number for group, number in grouped}


def _without_gaps(weeks: dict[date, int]) -> dict[date, int]:
    if not weeks:
        return {}
    first, last = min(weeks), max(weeks)
    mondays = [first + A_WEEK * number for number in range((last - first).days // 7 + 1)]
    return {monday: weeks.get(monday, 0) for monday in mondays}
