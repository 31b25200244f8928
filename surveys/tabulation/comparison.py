"""Side by side: citizens and organisations, and both sides of the border."""

from collections.abc import Sequence
from dataclasses import dataclass

from surveys.question_types import QuestionType
from surveys.tabulation.counted import Counted, Number, Table
from surveys.tabulation.figures import Figures, ItemFigures, RankedLine, figures, summed


@dataclass(frozen=True)
class Side:
    """How many on one side gave an answer, and their share of the side's own base.

    Of a ranking it is who gave the option any rank, as others choose it among several; of a
    matrix who put the row above the middle of its scale. None where it is not shown, or where
    this side was not offered the answer.
    """

    n: Number
    share: float | None


@dataclass(frozen=True)
class ComparedLine:
    """One answer with all sides in their order, by its label on the first side that offers it."""

    code: str
    label: str
    sides: tuple[Side, ...]

    @property
    def difference(self) -> float | None:
        """By how much the first side's share is over the second's, from -1 to 1."""
        first, second = self.sides[0].share, self.sides[1].share
        return None if first is None or second is None else first - second


@dataclass(frozen=True)
class Comparison:
    """`figures` are each side's own, with their bases; `lines` all answers that a side offers."""

    figures: tuple[Figures, ...]
    lines: tuple[ComparedLine, ...]


def audiences(sides: Sequence[tuple[QuestionType, Counted]]) -> Comparison:
    """A question of each audience, as `side_by_side` puts them, with the counts of everybody."""
    return _compared([figures(kind, counted) for kind, counted in sides])


def borders(kind: QuestionType, by_country: Table, countries: Sequence[str]) -> Comparison:
    """One question on each side of the border: its table by COUNTRY, and the countries in order.

    Nobody is counted of a country that the table does not have.
    """
    nobody = Counted(0, 0, 0, dict.fromkeys(kind.cell_keys(), 0))
    return _compared(
        [figures(kind, by_country.groups.get(country, nobody)) for country in countries]
    )


def _compared(sides: Sequence[Figures]) -> Comparison:
    found = [_sides(each) for each in sides]
    labels = {code: label for each in reversed(found) for code, (label, _side) in each.items()}
    nothing = ("", Side(None, None))
    order = dict.fromkeys(code for each in found for code in each)
    return Comparison(
        tuple(sides),
        tuple(
            ComparedLine(code, labels[code], tuple(each.get(code, nothing)[1] for each in found))
            for code in order
        ),
    )


def _sides(figures: Figures) -> dict[str, tuple[str, Side]]:
    """The label and the numbers of each code."""
    if figures.items:
        return {item.code: (item.label, _above(item)) for item in figures.items}
    return {
        line.code: (
            line.label,
            Side(line.ranked, line.ranked_share)
            if isinstance(line, RankedLine)
            else Side(line.n, line.share),
        )
        for line in figures.lines
    }


def _above(item: ItemFigures) -> Side:
    upper = item.lines[(len(item.lines) + 1) // 2 :]
    return Side(summed(line.n for line in upper), item.above)
