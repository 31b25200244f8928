"""Which codes an answer could have, from what people have coded so far. Pure; nothing leaves here.

The method (Rocchio, 1971): a text is a vector of its words and of all runs of four letters in
them, without case, diacritics and script, so that both Serbian scripts are one and endings count
little. A feature weighs the more the rarer it is among all texts (tf-idf). A code is the mean of
the answers that have it and of its own label, definition and example, less a share of the mean of
the others. It is suggested where the cosine between text and code is high enough, and the words
that weighed most are told with it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from surveys.folding import fold

DIMENSIONS = 4096
"""Features are spread over so many places by a hash; two seldom share one."""
RUN = 4
SHORTEST_WORD = 3
MOST_LETTERS = 4000
"""Of one text; what comes later says the same again."""
OTHERS_COUNT = 0.5
LEAST_LIKENESS = 0.12
LEAST_OF_THE_BEST = 0.6
MOST_SUGGESTED = 3
MOST_WORDS_TOLD = 3
WORD = re.compile(r"[^\W\d_]+")

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Example:
    """A text and the numbers of the codes it has."""

    text: str
    codes: frozenset[int]


@dataclass(frozen=True)
class Suggestion:
    number: int
    likeness: float
    words: list[str] = field(default_factory=list)
    """Those of the text that spoke for it, as they stand there."""


def words(text: str) -> list[str]:
    return [word for word in WORD.findall(text[:MOST_LETTERS]) if len(word) >= SHORTEST_WORD]


def _places(word: str) -> list[int]:
    """Where the features of a word are: the word itself, and its runs of letters."""
    folded = f" {fold(word)} "
    runs = {folded[start : start + RUN] for start in range(len(folded) - RUN + 1)}
    return [crc32(feature.encode("utf-8", "replace")) % DIMENSIONS for feature in {folded, *runs}]


def _counts(text: str) -> Vector:
    places = [place for word in words(text) for place in _places(word)]
    return np.bincount(places, minlength=DIMENSIONS).astype(np.float32)


def _unit(vector: Vector) -> Vector:
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector


class Model:
    """What was learnt from examples; making one reads them all, asking it is cheap."""

    def __init__(self, examples: Sequence[Example], described: Mapping[int, str]) -> None:
        """`described` are all codes that can be suggested, with what their frame says of them."""
        given = [*examples, *(Example(text, frozenset([n])) for n, text in described.items())]
        seen = np.zeros(DIMENSIONS, np.float32)
        for example in given:
            seen += _counts(example.text) > 0
        self.rarity: Vector = np.log((1 + len(given)) / (1 + seen)).astype(np.float32)
        self.codes = list(described)
        self.likes = self._means(given)

    def _vector(self, text: str) -> Vector:
        return _unit(np.log1p(_counts(text)) * self.rarity)

    def _means(self, given: Sequence[Example]) -> NDArray[np.float32]:
        rows = {number: row for row, number in enumerate(self.codes)}
        sums = np.zeros((len(rows), DIMENSIONS), np.float32)
        members = np.zeros(len(rows), np.float32)
        everything = np.zeros(DIMENSIONS, np.float32)
        for example in given:
            vector = self._vector(example.text)
            everything += vector
            for number in example.codes & rows.keys():
                sums[rows[number]] += vector
                members[rows[number]] += 1
        others = (everything - sums) / np.maximum(1, len(given) - members)[:, None]
        means = sums / np.maximum(1, members)[:, None] - OTHERS_COUNT * others
        return np.array([_unit(mean) for mean in means], np.float32).reshape(len(rows), DIMENSIONS)

    def suggest(self, text: str) -> list[Suggestion]:
        """The likeliest codes, the likeliest first; none where nothing is alike."""
        likeness = self.likes @ self._vector(text)
        likeliest = sorted(zip(likeness.tolist(), range(len(self.codes)), strict=True))
        likeliest = likeliest[: -MOST_SUGGESTED - 1 : -1]
        least = max(LEAST_LIKENESS, LEAST_OF_THE_BEST * likeliest[0][0]) if likeliest else 0
        return [
            Suggestion(self.codes[row], alike, self._speaking_for(row, words(text)))
            for alike, row in likeliest
            if alike >= least
        ]

    def _speaking_for(self, row: int, written: Collection[str]) -> list[str]:
        weights = self.likes[row] * self.rarity
        spoken = {word: float(weights[_places(word)].sum()) for word in dict.fromkeys(written)}
        best = sorted(spoken, key=lambda word: -spoken[word])[:MOST_WORDS_TOLD]
        return [word for word in best if spoken[word] > 0]
