"""A part of a response: what one form shows and saves."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self

from surveys.journey import Journey
from surveys.models import Amendment, Response


@dataclass(frozen=True)
class Part:
    """Some questions' answers, and what their controls hold that is no answer yet.

    Keys of both are among `names`. Whatever a respondent entered is in one of the two.
    """

    names: frozenset[str]
    answers: dict[str, Any]
    unfinished: dict[str, Any]

    @classmethod
    def of(cls, response: Response | Amendment, names: Collection[str]) -> Self:
        """That part of what is stored."""
        return cls(
            frozenset(names),
            {name: value for name, value in response.answers.items() if name in names},
            {name: value for name, value in response.unfinished.items() if name in names},
        )

    def only(self, names: Collection[str]) -> Self:
        """A part of the part."""
        document = self.answers, self.unfinished
        answers, unfinished = ({n: d[n] for n in names if n in d} for d in document)
        return type(self)(frozenset(names), answers, unfinished)

    def only_asked(self, journey: Journey) -> Self:
        """The same without what was entered where nothing is asked."""
        if not journey.has_conditions:
            return self
        kept = self.only(journey.names(self.answers))
        return type(self)(self.names, kept.answers, kept.unfinished)

    def fingerprint(self) -> str:
        """Equal for equal content: with it a form says what it was made from.

        Another answer elsewhere can make an answer one that is not asked for, and back; that
        changes nothing of what was entered here.
        """
        content = json.dumps(self.entered(), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def entered(self) -> dict[str, Any]:
        """What its controls show."""
        return self.answers | self.unfinished

    def put_into(self, response: Response | Amendment) -> None:
        """Replace this part of the response and leave all others alone."""
        response.answers = _without(response.answers, self.names) | self.answers
        response.unfinished = _without(response.unfinished, self.names) | self.unfinished

    def with_stored(self, response: Response | Amendment, names: Collection[str]) -> "Part":
        """The same, with what is stored under `names`."""
        stored = Part.of(response, names)
        return Part(
            self.names,
            _without(self.answers, names) | stored.answers,
            _without(self.unfinished, names) | stored.unfinished,
        )


def _without(document: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}
