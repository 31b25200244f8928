"""What the questionnaire tells a reader about the counts of a question."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from surveys.dimensions import PLACE
from surveys.question_types import QuestionType
from surveys.question_types.choice import MultipleChoice
from surveys.question_types.matrix import Matrix
from surveys.question_types.ranking import Ranking
from surveys.tabulation.counted import COUNTRY, EVERYBODY

Part = TypeVar("Part")
Keys = tuple[str, ...]
Places = Mapping[str, Collection[str]]
"""The codes of each country's places, by the country's code."""


@dataclass(frozen=True)
class Relations:
    """Between the cells of a question and how many answered it, in every group.

    `equal` are cells that sum to those who answered. `at_most` sum to so many times their number
    or less, `at_least` to their number or more. `complements` are those of which the rest of them
    is an answer too: they did not choose it. `falling` are pairs: the first cells sum to as much
    as the second, or more.
    """

    equal: tuple[Keys, ...] = ()
    at_most: tuple[tuple[Keys, int], ...] = ()
    at_least: tuple[Keys, ...] = ()
    complements: tuple[Keys, ...] = ()
    falling: tuple[tuple[Keys, Keys], ...] = ()


def relations(kind: QuestionType, keys: Collection[str]) -> Relations:
    """Those between the keys that were counted, an older version's too."""
    if kind.is_open:
        return Relations()
    if isinstance(kind, Matrix):
        return _matrix(tuple(keys))
    if isinstance(kind, Ranking):
        return _ranking(tuple(keys))
    if isinstance(kind, MultipleChoice):
        return _several(kind, tuple(keys))
    return Relations(equal=(tuple(keys),))


def _several(kind: MultipleChoice, keys: Keys) -> Relations:
    """Who answered chose something, not too much, and nothing beside what excludes all others."""
    most = min(kind.question.maximum or len(keys), len(keys))
    alone = [option.code for option in kind.options if option.exclusive and option.code in keys]
    pairs = [((one, other), 1) for one in alone for other in keys if other != one]
    single = tuple((key,) for key in keys)
    return Relations(
        at_most=((keys, most), *pairs),
        at_least=(keys,),
        complements=single,
    )


def _matrix(keys: Keys) -> Relations:
    """One answer a row at most, and one at least in some row."""
    return Relations(at_most=tuple((row, 1) for row in _by(keys, 0)), at_least=(keys,))


def _ranking(keys: Keys) -> Relations:
    """Who answered made a first choice; each option has one rank; no rank is left out."""
    ranks = list(_by(keys, 1))
    return Relations(
        equal=(ranks[0],),
        complements=tuple(_by(keys, 0)),
        falling=tuple(zip(ranks, ranks[1:], strict=False)),
    )


def _by(keys: Keys, part: int) -> Iterator[Keys]:
    """The keys that have a part in common: item, option or rank, in the order first met."""
    parts: dict[str, list[str]] = {}
    for key in keys:
        parts.setdefault(key.split("/")[part], []).append(key)
    return (tuple(each) for each in parts.values())


def sums(
    numbers: Mapping[str, Mapping[str, Part]], places: Places
) -> Iterator[tuple[Part, list[Part]]]:
    """What is the whole of which parts, of numbers by dimension and group.

    Everybody of the groups of each dimension; a country of its places. A group of COUNTRY that is
    no country is the group of PLACE with the same code.
    """
    for everybody in numbers.get(EVERYBODY, {}).values():
        for dimension, groups in numbers.items():
            if dimension != EVERYBODY:
                yield everybody, list(groups.values())
    if PLACE in numbers:
        for country, number in numbers.get(COUNTRY, {}).items():
            codes = places.get(country, [country])
            yield number, [numbers[PLACE][code] for code in codes if code in numbers[PLACE]]
