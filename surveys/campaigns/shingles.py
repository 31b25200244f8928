"""Runs of three words as numbers, and the least of them under many hash functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]

WORDS = 3
"""How many words a shingle has."""
FUNCTIONS = 64
ROWS = 2
"""How many of the functions two texts have to agree in at once."""
TEXTS_AT_ONCE = 5000
LEAST_WEIGHT = 2
LEAST_WORDS = 8
LEAST_LETTERS = 40


def _mixed(values: Numbers) -> Numbers:
    """Steele's SplitMix64: any change of a number changes half of its bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Numbers = values ^ (values >> np.uint64(31))
    return mixed


_STREAM = _mixed(np.arange(1, 2 * FUNCTIONS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
MULTIPLIERS = _STREAM[:FUNCTIONS] | np.uint64(1)
ADDENDS = _STREAM[FUNCTIONS:]


@dataclass(frozen=True)
class Shingles:
    """Those of many texts, one after the other; a text that is too short has none."""

    values: Numbers
    sizes: Numbers
    starts: Numbers
    weights: Numbers
    """How telling each value is: what few of the texts have weighs more."""
    signatures: Numbers

    def taken(self, texts: Numbers) -> tuple[Numbers, Numbers]:
        """Where the shingles of some texts are, and of each which of those texts it is from."""
        sizes = self.sizes[texts]
        owners = np.repeat(np.arange(len(texts)), sizes)
        within = np.arange(len(owners)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.repeat(self.starts[texts], sizes) + within, owners

    def weigh(self, texts: Numbers) -> Numbers:
        """The weight of all shingles of each text."""
        places, owners = self.taken(texts)
        return np.bincount(owners, self.weights[places], minlength=len(texts))

    def shared(self, left: Numbers, right: Numbers) -> tuple[Numbers, Numbers]:
        """Of each pair, how many shingles both have, and what those weigh."""
        sides = zip(self.taken(left), self.taken(right), strict=True)
        places, owners = (np.concatenate(side) for side in sides)
        keys = self.values[places].astype(np.int64) | (owners << 32)
        order = np.argsort(keys)
        twice = order[1:][keys[order[1:]] == keys[order[:-1]]]
        pairs, weights = owners[twice], self.weights[places[twice]]
        return (
            np.bincount(pairs, minlength=len(left)),
            np.bincount(pairs, weights, minlength=len(left)),
        )

    def estimates(self, left: Numbers, right: Numbers) -> Numbers:
        """Of each pair, about what share of the shingles of both, by weight, is in both."""
        agreeing: Numbers = self.signatures[left] == self.signatures[right]
        share: Numbers = agreeing.mean(axis=1)
        return share


Block = tuple[Numbers, Numbers]
"""Shingles of some texts, and how many each has."""


def block_of(cores: Sequence[str]) -> Block:
    """The shingles of texts that were brought to their cores."""
    words = [_words(core) for core in cores]
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    hashes = np.array([word for text in words for word in text], dtype=np.uint64)
    owners = np.repeat(np.arange(len(words)), lengths)
    last = max(0, len(hashes) - WORDS + 1)
    mixed = np.zeros(last, dtype=np.uint64)
    for place in range(WORDS):
        mixed = _mixed(mixed + hashes[place : place + last] + np.uint64(place + 1))
    inside = owners[:last] == owners[WORDS - 1 :][:last]
    keys = np.unique((owners[:last] << 32 | (mixed >> np.uint64(32)).astype(np.int64))[inside])
    sizes = np.bincount(keys >> 32, minlength=len(words)).astype(np.int32)
    return (keys & 0xFFFFFFFF).astype(np.uint32), sizes


def _words(core: str) -> list[int]:
    words = core.encode("utf-8", "surrogatepass").split()
    long_enough = len(words) >= LEAST_WORDS and len(core) >= LEAST_LETTERS
    return list(map(crc32, words)) if long_enough else []


def joined(blocks: Sequence[Block]) -> Shingles:
    """All blocks as one, weighed against each other."""
    values, sizes = (np.concatenate(parts) for parts in zip(block_of([]), *blocks, strict=True))
    starts = np.cumsum(sizes, dtype=np.int64) - sizes
    weights = _weights(values, len(sizes))
    return Shingles(values, sizes, starts, weights, _signatures(values, sizes, weights))


def _weights(values: Numbers, texts: int) -> Numbers:
    """Spärck Jones's inverse document frequency, and something for what nearly all have.

    Otherwise a campaign that most answers belong to would weigh less than what was added to it.
    """
    _distinct, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (LEAST_WEIGHT + np.log1p(texts / counts)).astype(np.float32)[which]


def _signatures(values: Numbers, sizes: Numbers, weights: Numbers) -> Numbers:
    signatures = np.zeros((len(sizes), FUNCTIONS), dtype=np.uint16)
    ends = np.cumsum(sizes, dtype=np.int64)
    for first in range(0, len(sizes), TEXTS_AT_ONCE):
        some = slice(first, first + TEXTS_AT_ONCE)
        part = slice(ends[first] - sizes[first], ends[some][-1])
        _sign(signatures[some], values[part], sizes[some], weights[part])
    return signatures


def _sign(signatures: Numbers, values: Numbers, sizes: Numbers, weights: Numbers) -> None:
    """The least hash of each text; what weighs twice as much is the least twice as often."""
    texts = np.flatnonzero(sizes)
    if not len(texts):
        return
    starts = (np.cumsum(sizes, dtype=np.int64) - sizes)[texts]
    wide = values.astype(np.uint64)
    for number, (by, plus) in enumerate(zip(MULTIPLIERS, ADDENDS, strict=True)):
        hashed = ((wide * by + plus) >> np.uint64(32)).astype(np.float32) / weights
        least = np.minimum.reduceat(hashed, starts)
        # Its last bits tell it from others as well as all of it.
        signatures[texts, number] = least.view(np.uint32) & 0xFFFF
