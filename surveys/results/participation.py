"""Who takes part: the map and the weeks, from numbers that may be shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from surveys import wording
from surveys.charts import COLUMNS_HEIGHT, Column, columns, limits, shade
from surveys.models import Country, Place, Programme
from surveys.tabulation.counted import Number
from surveys.tile_map import tile_map

PER = 10_000
MOST_NUMBERS = 10
"""So many columns have room for their numbers on a telephone."""


@dataclass(frozen=True)
class PlaceRow:
    """A place in the table after the map."""

    name: str
    number: str
    rate: str


@dataclass(frozen=True)
class Map:
    """The map, its key from the palest shade on, and the table with the same numbers."""

    heading: str
    has_rates: bool
    picture: dict[str, Any]
    key: list[tuple[int, str]]
    rows: list[PlaceRow]
    has_unseen: bool
    sources: list[str]
    outside: str
    """How many answers came from elsewhere, in words; nothing where that is not shown."""


@dataclass(frozen=True)
class Weeks:
    """Columns of the plot over time, and the Mondays of the table after it."""

    heading: str
    columns: list[tuple[int, date, Column]]
    shows_numbers: bool
    every: int
    """Which weeks are named under the plot."""

    height = COLUMNS_HEIGHT


def participation_map(
    programme: Programme,
    countries: list[Country],
    numbers: Mapping[str, Number],
    population: Mapping[str, int],
    sources: Sequence[str] = (),
) -> Map:
    """`numbers` by place; coloured by answers per 10,000 residents where all places have them."""
    places = [place for country in countries for place in country.places.all()]
    has_rates = bool(places) and all(population.get(place.code) for place in places)
    rates = {
        place.code: _rate(numbers.get(place.code, 0), population[place.code] if has_rates else PER)
        for place in places
    }
    known = {code: rate for code, rate in rates.items() if rate is not None}
    steps = limits(list(known.values()))
    picture = tile_map(programme, countries, has_numbers=True)
    for tile in picture["tiles"]:
        rate = rates[tile["code"]]
        tile["number"] = "" if rate is None else wording.number(numbers.get(tile["code"], 0))
        tile["shade"] = 0 if rate is None else shade(rate, steps)
    return Map(
        _map_heading(places, known, has_rates=has_rates),
        has_rates,
        picture,
        _key(steps),
        [_row(place, numbers, rates, has_rates=has_rates) for place in _by_rate(places, rates)],
        len(known) < len(rates),
        sorted(set(sources)) if has_rates else [],
        _outside(numbers, places),
    )


def _rate(number: Number, population: int) -> float | None:
    return None if number is None else PER * number / population


def _key(steps: Sequence[float]) -> list[tuple[int, str]]:
    if not steps:
        return []
    told = [wording.step(each) for each in steps]
    names = [_("under %(number)s") % {"number": told[0]}]
    names += [_("from %(number)s") % {"number": each} for each in told]
    return list(enumerate(names, 1))


def _by_rate(places: Sequence[Place], rates: Mapping[str, float | None]) -> list[Place]:
    """The highest first; what is not shown at the end, in the programme's order."""
    return sorted(places, key=lambda place: -(rates[place.code] or -1))


def _row(
    place: Place,
    numbers: Mapping[str, Number],
    rates: Mapping[str, float | None],
    *,
    has_rates: bool,
) -> PlaceRow:
    rate = wording.decimal(rates[place.code]) if has_rates else ""
    return PlaceRow(str(place.name), wording.number(numbers.get(place.code, 0)), rate)


def _map_heading(places: Sequence[Place], known: Mapping[str, float], *, has_rates: bool) -> str:
    """What the map says, where it says one thing."""
    highest = max(known.values(), default=0)
    first = [place for place in places if known.get(place.code) == highest]
    if not highest or len(first) > 1 or len(known) < len(places):
        return _("Answers by county and district")
    words = {"place": first[0].short_name}
    if has_rates:
        return _("%(place)s takes part most for its size") % words
    return _("Most answers come from %(place)s") % words


def _outside(numbers: Mapping[str, Number], places: Sequence[Place]) -> str:
    elsewhere = [numbers[code] for code in numbers if code not in {p.code for p in places}]
    known = [number for number in elsewhere if number is not None]
    if not known or len(known) < len(elsewhere) or not sum(known):
        return ""
    return _("More answers, from elsewhere or without a place: %(number)s.") % {
        "number": wording.number(sum(known))
    }


def weeks(numbers: Mapping[date, Number]) -> Weeks:
    """Answers week by week, the first week first."""
    mondays = sorted(numbers)
    drawn = columns([numbers[monday] for monday in mondays])
    return Weeks(
        _weeks_heading([numbers[monday] for monday in mondays]),
        [(position, *each) for position, each in enumerate(zip(mondays, drawn, strict=True), 1)],
        len(mondays) <= MOST_NUMBERS,
        1 + len(mondays) // 15,
    )


def _weeks_heading(numbers: Sequence[Number]) -> str:
    known = [number for number in numbers if number is not None]
    if len(numbers) < 2 or len(known) < len(numbers):
        return _("Answers week by week")
    mean = sum(known) / len(known)
    about = round(mean, -1) if mean >= 100 else round(mean)
    return _("About %(number)s answers every week") % {"number": wording.number(int(about))}
