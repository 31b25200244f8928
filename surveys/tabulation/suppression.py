"""Which numbers of a question are not shown, in all its tables at once.

Hidden first (primary) is every count of an answer from 1 to 9; where several answers can be given
or ranked also every answer that all but 1 to 9 gave; and everything about a group in which 1 to 9
responded or answered. Nobody is a number that may be shown. Hidden besides (secondary) is what
would give these away: a reader can subtract what is shown, within a table, across tables and from
country to place. For all that is shown then, what is hidden first could be anything from 0 to 10.

Who skipped a question or was not asked it gave no answer. These numbers follow from those shown.

Tables of several questions have numbers in common, too. These are hidden alike in all of them:

- How many are in a group is decided from these numbers alone; where it is hidden, so is
  everything else about the group.
- A question by which responses are counted (`place`, `age`) tells these numbers itself.
- Two of them crossed are the same table twice. Only that of the first by name is shown.
- How many were asked a question that not everybody is asked tells an answer to another question.
  It is shown of everybody together only. Nothing here knows which answer: how many gave this very
  answer, if hidden there, must be hidden here by who publishes both.
"""

from collections.abc import Mapping
from dataclasses import replace

from surveys.dimensions import CHANNEL, LANGUAGE, PLACE
from surveys.question_types import QuestionType
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Counted, Number, Table
from surveys.tabulation.crossing import Crossing
from surveys.tabulation.protection import Publication
from surveys.tabulation.relations import Places, relations, sums
from surveys.tabulation.small_cells import SMALL

NO_QUESTIONS = frozenset({EVERYBODY, COUNTRY, LANGUAGE, CHANNEL})
"""Dimensions that are not questions."""
Tables = Mapping[str, Table]
"""One question's, by dimension."""


def suppressed(
    kind: QuestionType, tables: Tables, *, places: Places, threshold: int = SMALL
) -> dict[str, Table]:
    """All tables of one question, with None for every number that is not shown.

    `tables` are exact, by dimension, EVERYBODY among them; groups nobody is in may be left out.
    What is hidden is protected against readers of these tables together, so they are published
    together or not at all.
    """
    return _Question(kind, tables, places, threshold).suppressed()


def suppressed_groups(
    counts: Mapping[str, Mapping[str, int]], *, places: Places, threshold: int = SMALL
) -> dict[str, dict[str, Number]]:
    """How many there are in each group of each dimension, without what is not shown.

    `counts` are by dimension and group. With EVERYBODY among them all groups of a dimension must
    sum to it; with COUNTRY and PLACE the places of a country to the country.
    """
    everybody = counts.get(EVERYBODY, {}).get(EVERYBODY, threshold)
    if 0 < everybody < threshold:
        return {dimension: dict.fromkeys(groups) for dimension, groups in counts.items()}
    publication = Publication()
    numbers = {
        dimension: {
            group: publication.number(
                n, 10 + n, hidden=0 < n < threshold, fixed=dimension == EVERYBODY
            )
            for group, n in groups.items()
        }
        for dimension, groups in counts.items()
    }
    for whole, parts in sums(numbers, places):
        publication.equal(whole, parts)
    for dimension, groups in counts.items():
        for group, n in groups.items():
            if 0 < n < threshold:
                publication.protect(numbers[dimension][group], threshold)
    if not publication.hide_enough():
        raise ValueError("The groups of a dimension do not sum to everybody")
    return {
        dimension: {
            group: None if publication.hidden[numbers[dimension][group]] else n
            for group, n in groups.items()
        }
        for dimension, groups in counts.items()
    }


class _Question:
    def __init__(self, kind: QuestionType, tables: Tables, places: Places, threshold: int) -> None:
        self.name = kind.name
        self.tables = tables
        self.places = places
        self.threshold = threshold
        self.keys = dict.fromkeys(key for table in tables.values() for key in _keys(table))
        self.relations = relations(kind, self.keys)
        totals = {dimension: _totals(table) for dimension, table in tables.items()}
        self.groups = suppressed_groups(totals, places=places, threshold=threshold)

    def suppressed(self) -> dict[str, Table]:
        everybody = self.tables[EVERYBODY].groups[EVERYBODY]
        if everybody.answered is None or 0 < everybody.answered < self.threshold:
            return {dimension: self._closed(table) for dimension, table in self.tables.items()}
        crossed = {
            dimension: table
            for dimension, table in self.tables.items()
            if self._is_crossed(dimension)
        }
        crossing = Crossing(
            self.relations,
            crossed,
            self.groups,
            own=self.groups.get(self.name),
            places=self.places,
            threshold=self.threshold,
        )
        if self.name == PLACE and COUNTRY in self.tables:
            self._add_countries(crossing)
        safe = crossing.is_safe()
        return {
            dimension: self._shown(table, crossing if safe and dimension in crossed else None)
            for dimension, table in self.tables.items()
        }

    def _add_countries(self, crossing: Crossing) -> None:
        for country, counted in self.tables[COUNTRY].groups.items():
            if country in self.places:
                hidden = self.groups[COUNTRY][country] is None
                keys = tuple(self.places[country])
                crossing.add_sum_of_everybody(keys, counted.total or 0, hidden=hidden)

    def _is_crossed(self, dimension: str) -> bool:
        """Whether the table has numbers of its own."""
        if self.name not in self.tables or dimension == EVERYBODY:
            return True
        if dimension in NO_QUESTIONS:
            return (self.name, dimension) != (PLACE, COUNTRY)
        return dimension > self.name

    def _shown(self, table: Table, crossing: Crossing | None) -> Table:
        if crossing is not None:
            groups = crossing.shown(table)
            groups = {group: self._asked(table, group, shown) for group, shown in groups.items()}
            return replace(table, groups=groups)
        if table.dimension == self.name or (self.name, table.dimension) == (PLACE, COUNTRY):
            return self._own(table)
        return self._closed(table)

    def _asked(self, table: Table, group: str, shown: Counted) -> Counted:
        """How many were asked, where it is not an answer to another question."""
        if not self._is_routed():
            return replace(shown, asked=shown.total)
        counted = table.groups[group]
        few = any(n is None or 0 < n < self.threshold for n in (counted.asked, counted.not_asked))
        hidden = table.dimension != EVERYBODY or few or shown.answered is None
        return replace(shown, asked=None if hidden else counted.asked)

    def _is_routed(self) -> bool:
        return any(
            counted.asked != counted.total
            for table in self.tables.values()
            for counted in table.groups.values()
        )

    def _own(self, table: Table) -> Table:
        """The question by its own answers, or places by country: told by the groups' numbers."""
        own = self.groups[self.name]

        def shown(group: str, counted: Counted) -> Counted:
            total = self.groups[table.dimension][group]
            if total is None or counted.answered is None:
                return self._nothing(total)
            cells = {
                key: n if not n or own.get(key) is not None else None
                for key, n in counted.cells.items()
            }
            asked = None if self._is_routed() else total
            return Counted(total, asked, counted.answered, cells)

        return replace(
            table, groups={group: shown(group, each) for group, each in table.groups.items()}
        )

    def _closed(self, table: Table) -> Table:
        """Nothing but how many are in a group."""
        groups = self.groups[table.dimension]
        return replace(
            table, groups={group: self._nothing(groups[group]) for group in table.groups}
        )

    def _nothing(self, total: Number) -> Counted:
        return Counted(total, None, None, dict.fromkeys(self.keys))


def _keys(table: Table) -> list[str]:
    return [key for counted in table.groups.values() for key in counted.cells]


def _totals(table: Table) -> dict[str, int]:
    return {group: counted.total or 0 for group, counted in table.groups.items()}
