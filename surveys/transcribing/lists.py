"""What lies on the pile: forms begun, to be typed again, to be decided; and how well we type."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from surveys.models import Question, Questionnaire, Transcript, Typing, Version
from surveys.question_types import question_types
from surveys.transcribing.double_typing import differences, is_read

State = Transcript.State


def waiting() -> QuerySet[Transcript]:
    """Forms that nobody has begun to type for the second time, the oldest first."""
    begun = Typing.objects.filter(turn=2).values("transcript")
    return Transcript.objects.filter(state=State.WAITING).exclude(pk__in=begun).order_by("pk")


def waiting_for(user: Any) -> QuerySet[Transcript]:
    """Those of them that this person may type: not what they typed the first time."""
    return waiting().exclude(pk__in=Typing.objects.filter(typed_by=user).values("transcript"))


def unfinished() -> QuerySet[Typing]:
    """Typings that were broken off."""
    found = Typing.objects.filter(
        is_finished=False, transcript__state__in=[State.BEGUN, State.WAITING]
    )
    return found.select_related("transcript__version__questionnaire", "typed_by").order_by("pk")


def different() -> QuerySet[Transcript]:
    """Forms that two people read differently."""
    found = Transcript.objects.filter(state=State.DIFFERENT)
    return found.select_related("version__questionnaire").order_by("pk")


@dataclass
class ErrorRate:
    """Of the forms typed twice, how many had an answer here, and how many were read differently."""

    question: Question
    compared: int = 0
    different: int = 0

    @property
    def percent(self) -> float | None:
        return 100 * self.different / self.compared if self.compared else None


def error_rates(questionnaire: Questionnaire) -> list[ErrorRate]:
    """By question, in the order of the latest version, over all versions.

    A question both people left empty is no comparison: it would only flatter.
    """
    rates: dict[str, ErrorRate] = {}
    versions = Version.objects.published().with_questions().filter(questionnaire=questionnaire)
    for version in versions.order_by("-number"):
        kinds = question_types(version)
        for kind in kinds:
            rates.setdefault(kind.name, ErrorRate(kind.question))
        for first, second in _pairs(version):
            differing = {each.kind.name for each in differences(kinds, first, second)}
            for kind in kinds:
                if is_read(kind, first) or is_read(kind, second):
                    rates[kind.name].compared += 1
                    rates[kind.name].different += kind.name in differing
    return list(rates.values())


def _pairs(version: Version) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Both typings of each form of the version that was typed twice to the end."""
    finished = Typing.objects.filter(is_finished=True).order_by("turn")
    transcripts = (
        Transcript.objects.filter(version=version, typings__turn=2, typings__is_finished=True)
        .prefetch_related(Prefetch("typings", finished))
        .order_by("pk")
    )
    typed = [list(transcript.typings.all()) for transcript in transcripts]
    return [(pair[0].answers, pair[1].answers) for pair in typed if len(pair) == 2]
