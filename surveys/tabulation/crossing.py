"""One question in all its tables, as the numbers and relations of a publication."""

from collections.abc import Mapping

from surveys.tabulation.counted import EVERYBODY, NO_ANSWER, Counted, Number, Table
from surveys.tabulation.protection import Publication
from surveys.tabulation.relations import Keys, Places, Relations, sums

ANSWERED, TOTAL = "#answered", "#total"
"""Beside the keys of cells, none of which starts so."""
Groups = Mapping[str, Mapping[str, Number]]

ANYTHING, BASE, NOBODY = 10, 20, 30
"""What hiding costs: any number besides its size; how many times more a base; a number of nobody,
which makes a poor hiding place."""


class Crossing:
    """Hides what must be, and gives the tables that are left.

    `groups` are how many are in each, None where that is decided to be hidden. Where the question
    is a dimension itself, `own` are the groups of that.
    """

    def __init__(
        self,
        relations: Relations,
        tables: Mapping[str, Table],
        groups: Groups,
        *,
        own: Mapping[str, Number] | None,
        places: Places,
        threshold: int,
    ) -> None:
        self.relations = relations
        self.tables = tables
        self.groups = groups
        self.own = own
        self.threshold = threshold
        self.publication = Publication()
        self.numbers: dict[str, dict[str, dict[str, int]]] = {}
        self.counted_keys = list(
            dict.fromkeys(
                key
                for table in tables.values()
                for counted in table.groups.values()
                for key, n in counted.cells.items()
                if n
            )
        )
        for table in tables.values():
            for group, counted in table.groups.items():
                self._add_group(table.dimension, group, counted)
        self._add_sums(places)

    def add_sum_of_everybody(self, keys: Keys, n: int, *, hidden: bool) -> None:
        """Of a question that is a dimension: a number shown elsewhere that its cells sum to."""
        whole = self.publication.number(n, 0, hidden=hidden, fixed=True)
        self.publication.equal(whole, _of(self.numbers[EVERYBODY][EVERYBODY], keys))

    def is_safe(self) -> bool:
        return self.publication.hide_enough()

    def is_closed(self, dimension: str, group: str) -> bool:
        """Whether nothing but their number may be told of a group."""
        answered = self.tables[dimension].groups[group].answered
        return self.groups[dimension][group] is None or self._is_few(answered)

    def shown(self, table: Table) -> dict[str, Counted]:
        return {
            group: self._shown(table.dimension, group, counted)
            for group, counted in table.groups.items()
        }

    def _is_few(self, n: Number) -> bool:
        return n is not None and 0 < n < self.threshold

    def _add_group(self, dimension: str, group: str, counted: Counted) -> None:
        numbers = self.numbers.setdefault(dimension, {})[group] = {}
        total, answered = counted.total or 0, counted.answered or 0
        closed = self.is_closed(dimension, group)
        if dimension == EVERYBODY and self.own is not None:
            self._add_own(numbers, counted, self.own)
        else:
            cost = BASE * (ANYTHING + answered)
            numbers[ANSWERED] = self.publication.number(answered, cost, hidden=closed)
            for key in self.counted_keys:
                self._add_cell(numbers, key, counted, closed=closed)
        is_hidden = self.groups[dimension][group] is None
        numbers[TOTAL] = self.publication.number(total, 0, hidden=is_hidden, fixed=True)
        self._relate(numbers, counted)
        for key, number in numbers.items():
            # How many gave an answer that makes a dimension follows from its groups' numbers.
            if key != ANSWERED or self.own is None:
                self._protect(number)

    def _add_cell(
        self, numbers: dict[str, int], key: str, counted: Counted, *, closed: bool
    ) -> None:
        n = counted.cells.get(key) or 0
        rest = (counted.answered or 0) - n
        has_rest = (key,) in self.relations.complements
        hidden = closed or self._is_few(n) or (has_rest and self._is_few(rest))
        cost = ANYTHING + n if n else NOBODY
        numbers[key] = self.publication.number(n, cost, hidden=hidden)

    def _add_own(
        self, numbers: dict[str, int], counted: Counted, own: Mapping[str, Number]
    ) -> None:
        """Of a question that is a dimension: what is hidden of it is decided."""
        shown = {ANSWERED: own.get(NO_ANSWER, 0)} | {key: own.get(key, 0) for key in counted.cells}
        values = {ANSWERED: counted.answered} | dict(counted.cells)
        for key, n in values.items():
            hidden = shown[key] is None
            numbers[key] = self.publication.number(n or 0, 0, hidden=hidden, fixed=True)

    def _relate(self, numbers: Mapping[str, int], counted: Counted) -> None:
        add, answered = self.publication.not_negative, numbers[ANSWERED]
        add({numbers[TOTAL]: 1, answered: -1})
        for keys in self.relations.equal:
            self.publication.equal(answered, _of(numbers, keys))
        for keys, times in self.relations.at_most:
            add({answered: times} | dict.fromkeys(_of(numbers, keys), -1))
        for keys in self.relations.at_least:
            add({answered: -1} | dict.fromkeys(_of(numbers, keys), 1))
        for more, less in self.relations.falling:
            add(dict.fromkeys(_of(numbers, more), 1) | dict.fromkeys(_of(numbers, less), -1))
        for keys in self.relations.complements:
            rest = add({answered: 1} | dict.fromkeys(_of(numbers, keys), -1))
            if self._is_few((counted.answered or 0) - sum(counted.cells.get(k) or 0 for k in keys)):
                self.publication.protect_sum(rest, self.threshold)

    def _protect(self, number: int) -> None:
        if self._is_few(self.publication.values[number]):
            self.publication.protect(number, self.threshold)

    def _add_sums(self, places: Places) -> None:
        for key in (ANSWERED, TOTAL, *self.counted_keys):
            numbers = {
                dimension: {group: of[key] for group, of in groups.items()}
                for dimension, groups in self.numbers.items()
            }
            for whole, parts in sums(numbers, places):
                self.publication.equal(whole, parts)

    def _shown(self, dimension: str, group: str, counted: Counted) -> Counted:
        numbers = self.numbers[dimension][group]
        closed = self.is_closed(dimension, group)

        def shown(key: str, n: Number) -> Number:
            hidden = self.publication.hidden[numbers[key]] if key in numbers else closed
            return None if hidden else n

        return Counted(
            self.groups[dimension][group],
            counted.asked,
            shown(ANSWERED, counted.answered),
            {key: shown(key, n) for key, n in counted.cells.items()},
        )


def _of(numbers: Mapping[str, int], keys: Keys) -> list[int]:
    return [numbers[key] for key in keys if key in numbers]
