"""What waits to be read: by key, in steps that do not grow with what waits.

A key is made when a response is begun, which an organisation does long before it sends.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Sum

from surveys.identifiers import read_number
from surveys.locks import is_free
from surveys.models import Response, User
from surveys.models.response import ResponseQuerySet
from surveys.verbatims import words_names

COUNTED = 1000
"""No count goes further: nobody works off more in a day."""
EXAMINED = 100
"""So many answers are looked at for those without a flag, before a page ends early."""


@dataclass(frozen=True)
class Position:
    """One answer's place in the queue."""

    response: uuid.UUID
    name: str

    def __str__(self) -> str:
        return f"{self.response}.{self.name}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The position that was written so; None if it is none."""
        response, _dot, name = text.partition(".")
        try:
            return cls(uuid.UUID(response), name)
        except ValueError:
            return None


@dataclass(frozen=True)
class Filters:
    """What of the queue is looked at, as an address says it."""

    question: str = ""
    language: str = ""
    place: str = ""
    questionnaire: str = ""
    flags: str = ""
    """`none` for answers without a flag."""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Self:
        """Those of an address; what cannot be is not asked for."""
        said = {name: asked.get(name, "").replace("\x00", "")[:80] for name in cls.names()}
        if said["language"] not in dict(settings.LANGUAGES):
            said["language"] = ""
        if read_number(said["questionnaire"]) is None:
            said["questionnaire"] = ""
        if said["flags"] != "none":
            said["flags"] = ""
        return cls(**said)

    @classmethod
    def names(cls) -> list[str]:
        return list(cls.__dataclass_fields__)

    @property
    def flag_free(self) -> bool:
        return self.flags == "none"

    def address(self, **more: Any) -> str:
        """As a query string with its question mark; empty where nothing is asked for."""
        said = {name: getattr(self, name) for name in self.names()} | more
        query = urlencode({name: value for name, value in said.items() if value})
        return f"?{query}" if query else ""

    def responses(self) -> ResponseQuerySet:
        """Those with words to be read that the filters let through."""
        waiting = Response.objects.sent().exclude(unread=[])
        columns = {
            "unread__contains": [self.question] if self.question else None,
            "language": self.language,
            "place": self.place,
            "questionnaire": self.questionnaire,
        }
        return waiting.filter(**{name: value for name, value in columns.items() if value})

    def left(self) -> int:
        """How many answers wait; of more than COUNTED only that they are more."""
        capped = self.responses().order_by()[: COUNTED + 1]
        if self.question:
            return capped.count()
        found = capped.aggregate(answers=Sum("unread__len"))["answers"] or 0
        return min(int(found), COUNTED + 1)


@dataclass(frozen=True)
class Waiting:
    """One answer that waits."""

    response: Response
    name: str

    @property
    def position(self) -> Position:
        return Position(self.response.pk, self.name)

    @cached_property
    def words(self) -> str:
        return str(self.response.answers.get(self.name, ""))


def waiting_after(
    filters: Filters,
    after: Position | None,
    number: int,
    free_for: tuple[User, datetime] | None = None,
) -> list[Waiting]:
    """The first answers that wait after that one, or of all; at most `number`.

    `free_for` leaves out what others than that person have open at that moment.
    """
    responses = filters.responses().order_by("id")
    if after:
        responses = responses.filter(id__gte=after.response)
    if free_for:
        responses = responses.filter(is_free(*free_for))
    # Of the response it stands in all others can be decided.
    found = responses.select_related("version", "questionnaire", "organisation")[: number + 1]
    return [
        Waiting(response, name)
        for response in found
        for name in _names(response, filters)
        if not after or _is_after(response, name, after)
    ][:number]


def waiting_before(filters: Filters, before: Position) -> Waiting | None:
    """The last answer that waits before that one."""
    responses = filters.responses().order_by("-id").filter(id__lte=before.response)
    found = responses.select_related("version", "questionnaire", "organisation")[:2]
    return next(
        (
            Waiting(response, name)
            for response in found
            for name in reversed(_names(response, filters))
            if response.pk != before.response
            or _is_after(response, before.name, Position(response.pk, name))
        ),
        None,
    )


def _names(response: Response, filters: Filters) -> list[str]:
    return [name for name in response.unread if filters.question in ("", name)]


def _is_after(response: Response, name: str, other: Position) -> bool:
    """Whether that name of the response comes after the other position."""
    if response.pk != other.response:
        return True
    order = words_names(response.version)
    return other.name not in order or order.index(name) > order.index(other.name)
