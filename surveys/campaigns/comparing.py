"""Which words of a text another one does not have."""

import re
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

from surveys.campaigns.normalising import folded_words

TOKENS = re.compile(r"\s*\S+")
LONGEST = 3000
"""Words. Comparing takes memory as the square of their number."""


class Part(StrEnum):
    SAME = "same"
    ADDED = "added"
    MISSING = "missing"


@dataclass(frozen=True)
class Piece:
    """Words in a row of which the same is to be said."""

    text: str
    part: Part


def compared(first: str, other: str) -> list[Piece]:
    """`other` in pieces, with what is missing of `first` where it would stand.

    Case, script, marks and punctuation make no difference. Of very long texts the whole is SAME.
    """
    before, after = TOKENS.findall(first), TOKENS.findall(other)
    if max(len(before), len(after)) > LONGEST:
        return [Piece(other, Part.SAME)]
    changes = Indel.opcodes(*(list(map(folded_words, words)) for words in (before, after)))
    pieces = []
    for change in changes:
        if change.tag == "delete":
            missing = before[change.src_start : change.src_end]
            pieces.append(Piece("".join(missing), Part.MISSING))
        else:
            part = Part.SAME if change.tag == "equal" else Part.ADDED
            pieces.append(Piece("".join(after[change.dest_start : change.dest_end]), part))
    return pieces
