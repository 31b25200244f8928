"""Whose answers are shown: links from the page to itself, and what an address asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404, QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from surveys.dimensions import Dimension
from surveys.tabulation.counted import COUNTRY, EVERYBODY


@dataclass(frozen=True)
class Chosen:
    """One group of one dimension, or everybody."""

    dimension: str = EVERYBODY
    group: str = EVERYBODY
    label: str = ""
    has_more: bool = False
    """Whether the address asked for a second one too: figures are kept for one at a time."""

    @property
    def query(self) -> str:
        return f"?{urlencode({self.dimension: self.group})}" if self.dimension else ""


@dataclass(frozen=True)
class FilterLink:
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Filter:
    """The links of one dimension, and whether one of them is what is shown."""

    label: str
    links: list[FilterLink]

    @property
    def is_current(self) -> bool:
        return any(link.is_current for link in self.links)


def chosen(asked_for: QueryDict, dimensions: Sequence[Dimension]) -> Chosen:
    """What an address asks for. A group that there is not makes it an address of nothing.

    Names that are no dimension are not ours, and say nothing.
    """
    by_name = {dimension.name: dimension for dimension in dimensions}
    names = [name for name in asked_for if name in by_name]
    if not names:
        return Chosen()
    dimension = by_name[names[0]]
    group = asked_for[dimension.name]
    if group not in dimension.groups:
        raise Http404("There is no such group")
    label = dimension.groups[group]
    return Chosen(dimension.name, group, label, has_more=len(names) > 1)


def filters(dimensions: Sequence[Dimension], current: Chosen) -> list[Filter]:
    """Every dimension but the countries, which have a row of links of their own."""
    return [
        Filter(each.label, _links(each.name, each.groups, current))
        for each in dimensions
        if each.name != COUNTRY
    ]


def country_links(
    dimensions: Sequence[Dimension], current: Chosen, countries: Sequence[str]
) -> list[FilterLink]:
    """Everybody, and the programme's countries by their codes."""
    everybody = FilterLink(_("Both countries"), "?", not current.dimension)
    found = [each for each in dimensions if each.name == COUNTRY]
    groups = {code: each.groups[code] for each in found for code in countries}
    return [everybody, *_links(COUNTRY, groups, current)]


def _links(name: str, groups: Mapping[str, str], current: Chosen) -> list[FilterLink]:
    return [
        FilterLink(
            label,
            f"?{urlencode({name: group})}",
            (name, group) == (current.dimension, current.group),
        )
        for group, label in groups.items()
    ]
