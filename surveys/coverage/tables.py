"""What is counted, held against how many there are and how many are wanted. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from surveys.coverage.counting import NO_ANSWER
from surveys.dimensions import Dimension
from surveys.models import Target
from surveys.tabulation.small_cells import SMALL, hidden


@dataclass(frozen=True)
class Row:
    """One group. `count` is None where it is not shown; `is_small` says that it is under ten.

    Shares are of the table's base, in percent.
    """

    code: str
    label: str
    count: int | None
    is_small: bool = False
    population: int | None = None
    source: str = ""
    wanted: int | None = None
    share: float | None = None
    population_share: float | None = None
    scale: float = 100
    """The share that a bar as wide as its column stands for."""

    @property
    def bar(self) -> float:
        return 100 * (self.share or 0) / self.scale

    @property
    def mark(self) -> float | None:
        """Where the bar would end if the group answered as much as all others."""
        return None if self.population_share is None else 100 * self.population_share / self.scale

    @property
    def difference(self) -> float | None:
        """Percentage points by which the group is over or under its share of the population."""
        if self.share is None or self.population_share is None:
            return None
        return self.share - self.population_share

    @property
    def per_10_000(self) -> float | None:
        if self.count is None or not self.population:
            return None
        return 10_000 * self.count / self.population

    @property
    def percent_of_wanted(self) -> float | None:
        return None if self.count is None or not self.wanted else 100 * self.count / self.wanted


@dataclass(frozen=True)
class Table:
    """One dimension. `base` is what shares are of: what is shown and, where some are known, has a
    population figure."""

    dimension: Dimension
    rows: list[Row]
    base: int
    population: int
    """Of the groups in the base."""
    sources: list[str]

    @property
    def has_wanted(self) -> bool:
        return any(row.wanted is not None for row in self.rows)


def table(
    dimension: Dimension,
    counted: Mapping[str, int],
    targets: Iterable[Target],
    *,
    shows_small: bool,
) -> Table:
    """Without `shows_small` no number in it tells of fewer than ten people."""
    by_code = {target.code: target for target in targets if target.dimension == dimension.name}
    codes = [*dimension.groups, *sorted(set(counted) - {*dimension.groups, NO_ANSWER})]
    codes += [NO_ANSWER] if counted.get(NO_ANSWER) else []
    cells = {code: counted.get(code, 0) for code in codes}
    unseen = set() if shows_small else hidden(cells)
    rows = [
        Row(
            code,
            dimension.groups.get(code, code) if code else _("No answer"),
            None if code in unseen else cells[code],
            is_small=code in unseen and cells[code] < SMALL,
            population=getattr(by_code.get(code), "population", None),
            source=getattr(by_code.get(code), "source", ""),
            wanted=getattr(by_code.get(code), "wanted", None),
        )
        for code in codes
    ]
    return _with_shares(dimension, rows)


def _with_shares(dimension: Dimension, rows: list[Row]) -> Table:
    no_answers = {NO_ANSWER, *dimension.reasons}
    shown = [row for row in rows if row.count is not None and row.code not in no_answers]
    in_base = [row for row in shown if row.population] or shown
    base = sum(row.count or 0 for row in in_base)
    population = sum(row.population or 0 for row in in_base)
    codes = {row.code for row in in_base}
    rows = [_with_share(row, base, population) if row.code in codes else row for row in rows]
    shares = [share for row in rows for share in (row.share, row.population_share) if share]
    return Table(
        dimension,
        [replace(row, scale=max(shares, default=100)) for row in rows],
        base,
        population,
        sorted({row.source for row in rows if row.source}),
    )


def _with_share(row: Row, base: int, population: int) -> Row:
    return replace(
        row,
        share=100 * (row.count or 0) / base if base else None,
        population_share=100 * row.population / population if row.population else None,
    )


@dataclass(frozen=True)
class Week:
    """A column of the plot: where it stands and how high it is, in percent."""

    monday: date
    count: int | None
    left: float
    width: float
    height: float

    @property
    def top(self) -> float:
        return 100 - self.height


def weeks(counted: Mapping[date, int], *, shows_small: bool) -> list[Week]:
    """The weeks in order. One whose count is not shown has no height."""
    unseen = set() if shows_small else hidden(counted)
    highest = max((n for monday, n in counted.items() if monday not in unseen), default=0) or 1
    step = 100 / (len(counted) or 1)
    return [
        Week(
            monday,
            None if monday in unseen else number,
            left=step * position + step * 0.1,
            width=step * 0.8,
            height=0 if monday in unseen else 100 * number / highest,
        )
        for position, (monday, number) in enumerate(sorted(counted.items()))
    ]
