"""The releases there were, and where every response that was sent is now."""

from dataclasses import dataclass
from typing import Any

from surveys.models import Consultation, Questionnaire, Release
from surveys.releasing.exact import accounted
from surveys.tabulation.counted import EVERYBODY
from surveys.tallying import reading as tallies

SHOWN = 20


@dataclass(frozen=True)
class Account:
    """Of one questionnaire: its numbers now and, if it was released, then."""

    questionnaire: Questionnaire
    now: dict[str, int]
    then: dict[str, int]
    as_of: Any


@dataclass(frozen=True)
class Past:
    """A release, how many responses it counts, and which questions stood still in it."""

    release: Release
    counted: int
    held_back: list[tuple[str, list[str]]]


def accounts(consultation: Consultation) -> list[Account]:
    last = Release.objects.of(consultation).first()
    return [
        Account(
            questionnaire,
            accounted(questionnaire, tallies.totals(questionnaire).get(EVERYBODY, 0)),
            last.counts.get(questionnaire.slug, {}) if last else {},
            tallies.as_of(questionnaire),
        )
        for questionnaire in consultation.questionnaires.all()
    ]


def history(consultation: Consultation) -> list[Past]:
    """The latest releases, the last first."""
    names = {each.slug: str(each) for each in consultation.questionnaires.all()}
    return [
        Past(
            each,
            sum(numbers["counted"] for numbers in each.counts.values()),
            [(names.get(slug, slug), questions) for slug, questions in each.held_back.items()],
        )
        for each in Release.objects.of(consultation).select_related("made_by")[:SHOWN]
    ]
