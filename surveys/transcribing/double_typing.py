"""Two people read one sheet: which, what they read differently, and what then holds. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from surveys.models import Response
from surveys.question_types import Line, QuestionType

Answers = Mapping[str, Any]
FIRST, SECOND = "first", "second"


def is_typed_twice(number: int, channel: str) -> bool:
    """Whether the transcript of this number is typed by a second person too.

    Drawn with the site's secret: nobody can tell beforehand, and nobody can draw again. A phone
    call left nothing that a second person could read.
    """
    if channel == Response.Channel.PHONE:
        return False
    percent: int = settings.TYPED_TWICE_PERCENT
    drawn = salted_hmac("surveys.transcribing.typed_twice", str(number)).hexdigest()
    return int(drawn[:12], 16) % 100 < percent


@dataclass(frozen=True)
class Difference:
    """One question that two people read differently, with what each of them read."""

    kind: QuestionType
    first: list[Line]
    second: list[Line]

    @property
    def control(self) -> str:
        return f"choose-{self.kind.name}"


def differences(kinds: Iterable[QuestionType], first: Answers, second: Answers) -> list[Difference]:
    """In the order of the questions. Spaces and line ends alone make no difference."""
    return [
        Difference(kind, kind.lines(first), kind.lines(second))
        for kind in kinds
        if _read(kind, first) != _read(kind, second)
    ]


def is_read(kind: QuestionType, answers: Answers) -> bool:
    """Whether somebody read anything there."""
    return bool(_read(kind, answers))


def resolved(
    kinds: Iterable[QuestionType], first: Answers, second: Answers, choices: Mapping[str, str]
) -> dict[str, Any]:
    """The first typing, but with the second's answers where `choices` say so by question name."""
    answers = dict(first)
    for kind in kinds:
        if choices.get(kind.name) == SECOND:
            for name in kind.stored_names():
                answers.pop(name, None)
                if name in second:
                    answers[name] = second[name]
    return answers


def _read(kind: QuestionType, answers: Answers) -> dict[str, Any]:
    """Its part of what was typed, in a form that can be compared."""
    return {name: _plain(answers[name]) for name in kind.stored_names() if answers.get(name)}


def _plain(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value
