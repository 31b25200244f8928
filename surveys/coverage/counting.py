"""How many responses there are, by groups and weeks, from the tallies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from surveys.models import Questionnaire
from surveys.tabulation.counted import EVERYBODY, NO_ANSWER
from surveys.tallying.reading import as_of, totals, weeks

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
    """The questionnaire's counts by each of the named dimensions."""
    return Counts(
        at=as_of(questionnaire) or timezone.now(),
        total=totals(questionnaire).get(EVERYBODY, 0),
        by={name: totals(questionnaire, name) for name in names},
        weeks=_without_gaps(weeks(questionnaire).get(EVERYBODY, {})),
    )


def _without_gaps(found: dict[date, int]) -> dict[date, int]:
    if not found:
        return {}
    first, last = min(found), max(found)
    mondays = [first + A_WEEK * number for number in range((last - first).days // 7 + 1)]
    return {monday: found.get(monday, 0) for monday in mondays}


__all__ = ["NO_ANSWER", "Counts", "counts"]
