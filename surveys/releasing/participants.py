"""How many took part, without what would tell of fewer than ten. Pure."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from surveys.tabulation.counted import Number
from surveys.tabulation.small_cells import hidden

Key = TypeVar("Key", bound=Hashable)
Countries = Mapping[str, Mapping[str, int]]
"""By country, how many answered from each of its places; from elsewhere by the answer's own
code, as if that were a country of one place."""


def unless_small(counted: Mapping[Key, int]) -> dict[Key, Number]:
    """The same in the same order; None for what is hidden. Their sum is known to everybody."""
    unseen = hidden(counted)
    return {key: None if key in unseen else number for key, number in counted.items()}


def countries_of(counted: Mapping[str, int], places: Mapping[str, str]) -> Countries:
    """From how many answered from each place, given the country of each."""
    found: dict[str, dict[str, int]] = {}
    for place, number in counted.items():
        found.setdefault(places.get(place, place), {})[place] = number
    return found


def by_country(countries: Countries) -> dict[str, Number]:
    return unless_small({country: sum(places.values()) for country, places in countries.items()})


def by_place(countries: Countries) -> dict[str, Number]:
    """Each country's number is shown too, so its places are hidden as if they were everything.

    Where a country's own number is not shown, neither is that of any of its places: they could be
    added up.
    """
    found: dict[str, Number] = {}
    for country, number in by_country(countries).items():
        places = countries[country]
        found |= dict.fromkeys(places) if number is None else unless_small(places)
    return found
