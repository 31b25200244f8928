"""Which words of a text another one does not have."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

from surveys.campaigns.normalising import folded_words

TOKENS = re.compile(r"\S+\s*")
LONGEST = 3000
"""Words. Comparing takes memory as the square of their number."""
ISLAND = 2
"""So few words that are the same, between others that are not, are shown as changed as well."""

Span = tuple[int, int]


class Part(StrEnum):
    SAME = "same"
    ADDED = "added"
    MISSING = "missing"


@dataclass(frozen=True)
class Piece:
    """Words in a row of which the same is to be said, and the space after them."""

    text: str
    part: Part
    gap: str = ""


def compared(first: str, other: str) -> list[Piece]:
    """`other` in pieces, with what is missing of `first` after what stands in its place.

    Case, script, marks and punctuation make no difference. Of very long texts the whole is SAME.
    """
    before, after = TOKENS.findall(first), TOKENS.findall(other)
    if max(len(before), len(after)) > LONGEST:
        return [Piece(other, Part.SAME)]
    pieces = []
    for is_same, (begin, end), (other_begin, other_end) in _runs(before, after):
        if other_begin < other_end:
            part = Part.SAME if is_same else Part.ADDED
            pieces.append(_piece("".join(after[other_begin:other_end]), part))
        if begin < end and not is_same:
            missing = " ".join(word.strip() for word in before[begin:end])
            pieces.append(Piece(missing, Part.MISSING, " "))
    return pieces


def _runs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[bool, Span, Span]]:
    """Whether they are the same, and where they are in both, of runs of words in turn."""
    changes = list(Indel.opcodes(*(list(map(folded_words, words)) for words in (before, after))))
    begin = other_begin = 0
    for number, change in enumerate(changes):
        is_inside = 0 < number < len(changes) - 1
        length = change.src_end - change.src_start
        if change.tag != "equal" or (is_inside and length <= ISLAND):
            continue
        if (begin, other_begin) != (change.src_start, change.dest_start):
            yield False, (begin, change.src_start), (other_begin, change.dest_start)
        begin, other_begin = change.src_end, change.dest_end
        yield True, (change.src_start, begin), (change.dest_start, other_begin)
    if (begin, other_begin) != (len(before), len(after)):
        yield False, (begin, len(before)), (other_begin, len(after))


def _piece(text: str, part: Part) -> Piece:
    words = text.rstrip()
    return Piece(words, part, text[len(words) :])
