"""Answers that wait, with the flags a person looks at first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from surveys.models import Place, User
from surveys.reviewing.copies import copies_among
from surveys.reviewing.flags import Flag, flags_of
from surveys.reviewing.queue import EXAMINED, Filters, Position, Waiting, waiting_after

WINDOWS = 3
"""So many times EXAMINED answers are looked through for one without a flag, before giving up."""


@dataclass(frozen=True)
class Reader:
    """Who reads, when, and whether that person may know who answered."""

    user: User
    moment: datetime
    named: bool

    @classmethod
    def of(cls, user: User, moment: datetime) -> "Reader":
        return cls(user, moment, user.has_perm("surveys.see_identity"))


@dataclass(frozen=True)
class Read:
    """One answer that waits, and what was found in it."""

    waiting: Waiting
    flags: list[Flag]


def place_names() -> list[str]:
    """What places are called, in every language."""
    return [name for place in Place.objects.all() for name in place.name.values()]


def flagged(answers: Sequence[Waiting], reader: Reader) -> list[Read]:
    """Each with its flags, in a number of queries that does not grow with them."""
    places = place_names()
    copies = copies_among(answers, named=reader.named)
    read = []
    for each in answers:
        flags = flags_of(each.words, each.response.language, places)
        copy = copies.get((each.response.pk, each.name))
        read.append(Read(each, [*flags, *([copy] if copy else [])]))
    return read


def read_after(
    filters: Filters, after: Position | None, number: int, reader: Reader, *, is_free: bool = False
) -> tuple[list[Read], Position | None]:
    """The next `number` answers, and the position to go on from; None where none are left.

    With `is_free`, only those nobody else has open. Those without flags are sought among EXAMINED
    answers, so a page of them can be short, or empty, and have a next one all the same.
    """
    free_for = (reader.user, reader.moment) if is_free else None
    looked_at = EXAMINED if filters.flag_free else number
    answers = waiting_after(filters, after, looked_at + 1, free_for)
    has_more = len(answers) > looked_at
    read = flagged(answers[:looked_at], reader)
    shown = [each for each in read if not (filters.flag_free and each.flags)]
    if len(shown) > number:
        shown, has_more = shown[:number], True
    # A page that is not full goes on from the last that was looked at.
    last = shown[-1:] if len(shown) == number else read[-1:]
    return shown, last[0].waiting.position if last and has_more else None


def next_to_read(filters: Filters, after: Position | None, reader: Reader) -> Waiting | None:
    """The next answer nobody else has open: after that one, else from the oldest on."""
    found = _first(filters, after, reader)
    return found or (_first(filters, None, reader) if after else None)


def _first(filters: Filters, after: Position | None, reader: Reader) -> Waiting | None:
    position = after
    for _window in range(WINDOWS):
        read, position = read_after(filters, position, 1, reader, is_free=True)
        if read:
            return read[0].waiting
        if position is None:
            break
    return None
