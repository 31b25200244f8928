"""How far two coders agree beyond what chance alone would give. Pure.

Of one code: Cohen's kappa (J. Cohen, "A coefficient of agreement for nominal scales", Educational
and Psychological Measurement 20, 1960): (p - e) / (1 - e), where p is the share of answers on
which both say the same, and e the share expected if each coder kept their own rate and chose
blindly.

Overall: Krippendorff's alpha (K. Krippendorff, "Computing Krippendorff's Alpha-Reliability",
2011): 1 - observed / expected disagreement, where the expected one is that of two values drawn
from all that both coders said. Sets of codes differ by MASI (R. Passonneau, "Measuring agreement
on set-valued items", LREC 2006): 1 - |A & B| / |A | B| * m, where m is 1 for equal sets, 2/3 where
one holds the other, 1/3 where they overlap, 0 where they share nothing. Of one code the values
are yes and no, and any two of them differ by 1 (nominal).
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

Value = TypeVar("Value", bound=Hashable)
Pair = tuple[frozenset[int], frozenset[int]]
"""What two coders said of one answer: the numbers of the codes each applied."""

FEWEST = 2


class Undefined(Enum):
    """Why there is no figure."""

    TOO_FEW = "fewer than two answers were coded twice"
    NO_VARIANCE = "both always said the same one thing, so chance cannot be told from agreement"


@dataclass(frozen=True)
class Measure:
    """A figure from -1 to 1 over `base` answers, or why there is none."""

    base: int
    value: float | None = None
    undefined: Undefined | None = None


@dataclass(frozen=True)
class CodeAgreement:
    """Both figures of one code, and how many of the answers either coder gave it."""

    number: int
    applied: int
    agreed: float
    kappa: Measure
    alpha: Measure


def cohen_kappa(pairs: Sequence[tuple[Value, Value]]) -> Measure:
    base = len(pairs)
    if base < FEWEST:
        return Measure(base, undefined=Undefined.TOO_FEW)
    ours = Counter(first for first, _second in pairs)
    theirs = Counter(second for _first, second in pairs)
    # Whole numbers as long as possible, so that certainty is not missed by a rounding.
    by_chance = sum(times * theirs[value] for value, times in ours.items())
    if by_chance == base * base:
        return Measure(base, undefined=Undefined.NO_VARIANCE)
    same = sum(first == second for first, second in pairs)
    return Measure(base, (same * base - by_chance) / (base * base - by_chance))


def nominal(one: Hashable, other: Hashable) -> float:
    return float(one != other)


def masi(one: frozenset[int], other: frozenset[int]) -> float:
    """How far two sets are apart, from 0 to 1. Two empty sets are equal."""
    if one == other:
        return 0.0
    shared = len(one & other)
    monotony = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - shared / len(one | other) * monotony


def krippendorff_alpha(
    pairs: Sequence[tuple[Value, Value]], distance: Callable[[Value, Value], float]
) -> Measure:
    """Of two coders who both coded every one of the answers."""
    base = len(pairs)
    if base < FEWEST:
        return Measure(base, undefined=Undefined.TOO_FEW)
    said = Counter(value for pair in pairs for value in pair)
    values = list(said.items())
    expected = 2 * sum(
        times * others * distance(value, other)
        for position, (value, times) in enumerate(values)
        for other, others in values[:position]
    )
    if not expected:
        return Measure(base, undefined=Undefined.NO_VARIANCE)
    observed = sum(
        times * distance(*pair) for pair, times in Counter(pairs).items() if pair[0] != pair[1]
    )
    total = 2 * base
    return Measure(base, 1 - (2 * observed / total) / (expected / (total * (total - 1))))


def overall(pairs: Sequence[Pair]) -> Measure:
    """Krippendorff's alpha over the sets of codes, with MASI."""
    return krippendorff_alpha(pairs, masi)


def agreement_on(number: int, pairs: Sequence[Pair]) -> CodeAgreement:
    """How far two coders agree on who gets this code."""
    said = [(number in first, number in second) for first, second in pairs]
    same = sum(first == second for first, second in said)
    return CodeAgreement(
        number,
        applied=sum(first or second for first, second in said),
        agreed=same / len(said) if said else 0.0,
        kappa=cohen_kappa(said),
        alpha=krippendorff_alpha(said, nominal),
    )


def agreement_per_code(numbers: Collection[int], pairs: Sequence[Pair]) -> list[CodeAgreement]:
    return [agreement_on(number, pairs) for number in numbers]
