"""Which more numbers must be hidden, so that the hidden ones cannot be worked out from the rest.

Secondary suppression of cells by linear programming, one target after the other, as Kelly, Golden
and Assad (1992) and Fischetti and Salazar-González (2000) do; Hundepool et al., *Statistical
Disclosure Control* (2012), chapter 4, tells the method and its words. It is a heuristic: what it
hides protects, but is not proven to be the least that would.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NEARLY_NOTHING = 1e-6
MANY_TIMES = 1000.0


@dataclass
class Target:
    """A sum of numbers whose true value must be able to be as little as 0 and as much as `most`.

    `row` is that of the sum, or None where it is one number alone.
    """

    terms: Mapping[int, float]
    value: float
    most: float
    row: int | None = None
    low: float = field(init=False)
    high: float = field(init=False)

    def __post_init__(self) -> None:
        self.low = self.high = self.value

    @property
    def is_open_below(self) -> bool:
        return self.low <= NEARLY_NOTHING

    @property
    def is_open_above(self) -> bool:
        return self.high >= self.most - NEARLY_NOTHING

    def note(self, change: Floats) -> None:
        """What it would be in another table that a reader must take for possible."""
        value = self.value + sum(change[index] * times for index, times in self.terms.items())
        self.low = min(self.low, value)
        self.high = max(self.high, value)


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
        self.targets.append(Target({place: 1.0}, self.values[place], most))

    def protect_sum(self, row: int, most: float) -> None:
        self.targets.append(Target(self.rows[row], self._sum(row), most, row))

    def _row(self, terms: Mapping[int, float], *, equation: bool) -> int:
        self.rows.append(terms)
        self.is_equation.append(equation)
        return len(self.rows) - 1

    def _sum(self, row: int) -> float:
        return sum(self.values[place] * times for place, times in self.rows[row].items())

    def hide_enough(self) -> bool:
        """Hide more numbers until every target is safe; False where that cannot be done."""
        if not self.targets:
            return True
        model = _Model(self)
        ordered = sorted(self.targets, key=lambda target: target.value)
        for target in ordered:
            for up in (True, False):
                if target.is_open_above if up else target.is_open_below:
                    continue
                if not model.open(target, up=up):
                    return False
        return True


class _Model:
    """The linear programme, kept between targets: a change of the numbers, up and down apart.

    Number i goes up by column 2i and down by column 2i + 1. The cheapest change that opens a
    target is looked for; all numbers that it changes are hidden, so that a reader must take the
    changed table for possible.
    """

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        self.values = np.array(publication.values, dtype=float)
        self.slack = np.array([publication._sum(row) for row in range(len(publication.rows))])
        self.equations = np.array(publication.is_equation, dtype=bool)
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self.highs.silent()
        self.highs.setOptionValue("threads", 1)
        self.highs.setOptionValue("presolve", "off")
        self.highs.setOptionValue("solver", "simplex")
        self.highs.passModel(self._programme())

    def _programme(self) -> highspy.HighsLp:
        told = self.publication
        programme = highspy.HighsLp()
        programme.num_col_ = 2 * len(told.values)
        programme.num_row_ = len(told.rows)
        programme.col_cost_ = np.repeat(np.where(told.hidden, 0.0, told.costs), 2)
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

    def _ceilings(self) -> Floats:
        ceilings = np.empty(2 * len(self.values))
        ceilings[0::2] = np.where(self.publication.fixed, 0.0, highspy.kHighsInf)
        ceilings[1::2] = np.where(self.publication.fixed, 0.0, self.values)
        return ceilings

    def open(self, target: Target, *, up: bool) -> bool:
        """Hide what must be for the target to reach its end; False where nothing helps."""
        amount = target.most - target.value if up else target.value
        self._demand(target, amount, up=up)
        self.highs.run()
        self._relax(target)
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return False
        solution = self.highs.getSolution()
        columns = np.array(solution.col_value)
        change = columns[0::2] - columns[1::2]
        self._hide(np.flatnonzero(np.abs(change) > NEARLY_NOTHING))
        self._note(change, np.array(solution.row_value))
        return True

    def _demand(self, target: Target, amount: float, *, up: bool) -> None:
        if target.row is not None:
            low, high = (amount, highspy.kHighsInf) if up else (-amount, -amount)
            self.highs.changeRowBounds(target.row, low, high)
            return
        (place,) = target.terms
        there, back = (2 * place, 2 * place + 1) if up else (2 * place + 1, 2 * place)
        self.highs.changeColBounds(there, amount, amount)
        self.highs.changeColBounds(back, 0.0, 0.0)

    def _relax(self, target: Target) -> None:
        if target.row is not None:
            self.highs.changeRowBounds(target.row, -self.slack[target.row], highspy.kHighsInf)
            return
        (place,) = target.terms
        self.highs.changeColBounds(2 * place, 0.0, highspy.kHighsInf)
        self.highs.changeColBounds(2 * place + 1, 0.0, self.values[place])

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
        ahead, back = _reach(room, -taken), _reach(room, taken)
        for target in self.publication.targets:
            target.note(ahead * change)
            target.note(-back * change)


def _reach(room: Floats, taken: Floats) -> float:
    """How many times so much can be taken."""
    takes = taken > NEARLY_NOTHING
    return float(np.min(room[takes] / taken[takes], initial=MANY_TIMES))
