"""Which more numbers must be hidden, so that the hidden ones cannot be worked out from the rest.

Secondary suppression of cells by linear programming, one target after the other, as Kelly, Golden
and Assad (1992) and Fischetti and Salazar-González (2000) do; Hundepool et al., *Statistical
Disclosure Control* (2012), chapter 4, tells the method and its words. It is a heuristic: what it
hides protects, but is not proven to be the least that would.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NEARLY_NOTHING = 1e-6
MANY_TIMES = 1000.0
LOOK_AFTER, LOOKED_ENOUGH = 30, 0.9
"""How often to look at all targets rather than one: that takes as long as some of them."""


@dataclass(frozen=True)
class Target:
    """A number, or the sum of a row, that must be able to be as little as 0 and as much as `most`.

    `value` is what it is.
    """

    value: float
    most: float
    place: int = -1
    row: int = -1


class Publication:
    """Numbers, which of them are hidden, and what a reader knows of them all.

    Nobody knows a hidden number, but that it is not negative and that the relations hold. The
    relations must hold of the true numbers.
    """

    def __init__(self) -> None:
        self.values: list[int] = []
        self.costs: list[float] = []
        self.hidden: list[bool] = []
        self.fixed: list[bool] = []
        self.rows: list[Mapping[int, float]] = []
        self.is_equation: list[bool] = []
        self.targets: list[Target] = []

    def number(self, value: int, cost: float, *, hidden: bool = False, fixed: bool = False) -> int:
        """Its place. Hiding what costs more is avoided; what is `fixed` stays as it is."""
        self.values.append(value)
        self.costs.append(cost)
        self.hidden.append(hidden)
        self.fixed.append(fixed and not hidden)
        return len(self.values) - 1

    def equal(self, whole: int, parts: Iterable[int]) -> None:
        self._row({whole: 1.0} | dict.fromkeys(parts, -1.0), equation=True)

    def not_negative(self, terms: Mapping[int, float]) -> int:
        return self._row(terms, equation=False)

    def protect(self, place: int, most: float) -> None:
        self.targets.append(Target(self.values[place], most, place=place))

    def protect_sum(self, row: int, most: float) -> None:
        self.targets.append(Target(self.sum_of(row), most, row=row))

    def _row(self, terms: Mapping[int, float], *, equation: bool) -> int:
        self.rows.append(terms)
        self.is_equation.append(equation)
        return len(self.rows) - 1

    def sum_of(self, row: int) -> float:
        return sum(self.values[place] * times for place, times in self.rows[row].items())

    def hide_enough(self) -> bool:
        """Hide more numbers until every target is safe; False where that cannot be done."""
        if not self.targets:
            return True
        return _Model(self).open_all()


class _Model:
    """The linear programme, kept between targets: a change of the numbers, up and down apart.

    Number i goes up by column 2i and down by column 2i + 1. The cheapest change that opens a
    target is looked for; all numbers that it changes are hidden, so that a reader must take the
    changed table for possible.
    """

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        self.values = np.array(publication.values, dtype=float)
        self.targets = publication.targets
        self.ends = np.array([target.most for target in self.targets])
        self.low = np.array([target.value for target in self.targets], dtype=float)
        self.high = self.low.copy()
        self.true = self.low.copy()
        self.where = np.array(
            [each.place if each.row < 0 else len(self.values) + each.row for each in self.targets]
        )
        self.slack = np.array([publication.sum_of(row) for row in range(len(publication.rows))])
        self.equations = np.array(publication.is_equation, dtype=bool)
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        self.highs.setOptionValue("presolve", "off")
        self.highs.setOptionValue("solver", "simplex")
        self.highs.passModel(self._programme())

    def _programme(self) -> highspy.HighsLp:
        told = self.publication
        programme = highspy.HighsLp()
        programme.num_col_ = 2 * len(told.values)
        programme.num_row_ = len(told.rows)
        programme.col_cost_ = self._costs()
        programme.col_lower_ = np.zeros(programme.num_col_)
        programme.col_upper_ = self._ceilings()
        programme.row_lower_ = np.where(self.equations, 0.0, -self.slack)
        programme.row_upper_ = np.where(self.equations, 0.0, highspy.kHighsInf)
        matrix = programme.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = np.cumsum([0, *(2 * len(row) for row in told.rows)]).astype(np.int32)
        matrix.index_ = np.array(
            [column for row in told.rows for place in row for column in (2 * place, 2 * place + 1)],
            dtype=np.int32,
        )
        matrix.value_ = np.array(
            [times for row in told.rows for each in row.values() for times in (each, -each)]
        )
        return programme

    def _costs(self) -> Floats:
        return np.repeat(np.where(self.publication.hidden, 0.0, self.publication.costs), 2)

    def _ceilings(self) -> Floats:
        ceilings = np.empty(2 * len(self.values))
        ceilings[0::2] = np.where(self.publication.fixed, 0.0, highspy.kHighsInf)
        ceilings[1::2] = np.where(self.publication.fixed, 0.0, self.values)
        return ceilings

    def open_all(self) -> bool:
        """The smallest first: what must be hidden for them helps the others."""
        alone = LOOK_AFTER
        for number in np.argsort(self.true, kind="stable").tolist():
            for up in (True, False):
                if not self.closed(up=up)[number]:
                    continue
                if alone == LOOK_AFTER:
                    self._look_around()
                    alone = 0
                if self.closed(up=up)[number]:
                    alone += 1
                    if not self._open(number, up=up):
                        return False
        return True

    def closed(self, *, up: bool) -> NDArray[np.bool_]:
        """Which targets cannot be said to reach that end yet."""
        if up:
            return self.high < self.ends - NEARLY_NOTHING
        return self.low > NEARLY_NOTHING

    def _look_around(self) -> None:
        """Find what is open already, many targets at a time; nothing is hidden for that."""
        for up in (True, False):
            closed = self.closed(up=up)
            while closed.any():
                self._seek(closed, up=up)
                before, closed = closed, self.closed(up=up)
                if closed.sum() > LOOKED_ENOUGH * before.sum():
                    break

    def _seek(self, closed: NDArray[np.bool_], *, up: bool) -> None:
        """Change hidden numbers so that the targets' sum goes as far as it can."""
        columns = np.arange(2 * len(self.values), dtype=np.int32)
        lower, upper = np.zeros(len(columns)), self._ceilings()
        costs = np.zeros(len(columns))
        upper[np.repeat(~np.array(self.publication.hidden), 2)] = 0.0
        chosen = closed & (self.where < len(self.values))
        ahead = 2 * self.where[chosen] + (0 if up else 1)
        costs[ahead] = -1.0
        upper[ahead] = (self.ends - self.true if up else self.true)[chosen]
        self.highs.changeColsBounds(len(columns), columns, lower, upper)
        self.highs.changeColsCost(len(columns), columns, costs)
        found = self._run()
        self.highs.changeColsBounds(len(columns), columns, lower, self._ceilings())
        self.highs.changeColsCost(len(columns), columns, self._costs())
        self.highs.clearSolver()
        if found is not None:
            self._note(*found)

    def _open(self, number: int, *, up: bool) -> bool:
        """Hide what must be for the target to reach its end; False where nothing helps."""
        self._demand(self.targets[number], up=up)
        found = self._run()
        self._relax(self.targets[number])
        if found is None:
            return False
        change, sums = found
        self._hide(np.flatnonzero(np.abs(change) > NEARLY_NOTHING))
        self._note(change, sums)
        return True

    def _run(self) -> tuple[Floats, Floats] | None:
        """The changes of the numbers and of the rows' sums."""
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self.highs.getSolution()
        columns = np.array(solution.col_value)
        return columns[0::2] - columns[1::2], np.array(solution.row_value)

    def _demand(self, target: Target, *, up: bool) -> None:
        amount = target.most - target.value if up else target.value
        if target.row >= 0:
            low, high = (amount, highspy.kHighsInf) if up else (-amount, -amount)
            self.highs.changeRowBounds(target.row, low, high)
            return
        there, back = 2 * target.place, 2 * target.place + 1
        if not up:
            there, back = back, there
        self.highs.changeColBounds(there, amount, amount)
        self.highs.changeColBounds(back, 0.0, 0.0)

    def _relax(self, target: Target) -> None:
        if target.row >= 0:
            self.highs.changeRowBounds(target.row, -self.slack[target.row], highspy.kHighsInf)
            return
        there, back = 2 * target.place, 2 * target.place + 1
        self.highs.changeColBounds(there, 0.0, highspy.kHighsInf)
        self.highs.changeColBounds(back, 0.0, self.values[target.place])

    def _hide(self, places: NDArray[np.int64]) -> None:
        for place in places.tolist():
            if not self.publication.hidden[place]:
                self.publication.hidden[place] = True
                self.highs.changeColCost(2 * place, 0.0)
                self.highs.changeColCost(2 * place + 1, 0.0)

    def _note(self, change: Floats, sums: Floats) -> None:
        """As far as the change can be taken, and the contrary one, the tables are possible too."""
        room = np.concatenate([self.values, self.slack[~self.equations]])
        taken = np.concatenate([change, sums[~self.equations]])
        changes = np.concatenate([change, sums])[self.where]
        for times in (_reach(room, -taken), -_reach(room, taken)):
            self.low = np.minimum(self.low, self.true + times * changes)
            self.high = np.maximum(self.high, self.true + times * changes)


def _reach(room: Floats, taken: Floats) -> float:
    """How many times so much can be taken."""
    takes = taken > NEARLY_NOTHING
    return float(np.min(room[takes] / taken[takes], initial=MANY_TIMES))
