"""Where the shapes of charts stand and how wide they are, as attributes of SVG. Pure.

Widths are percent, so that a chart is as wide as its column. Every chart stands in or beside a
table with the same figures: shapes are left out of what is read aloud.
"""

from collections.abc import Sequence
from dataclasses import dataclass

FIRST_HEIGHT, NEXT_HEIGHT, GAP = 17, 6, 4
"""The first series is what the eye shall compare; the next ones are thin lines under it."""
NARROWEST_WITH_LABEL = 5.5
"""Percent of the width: two digits fit, where the chart is as narrow as a telephone."""
NEUTRAL_GAP = 5.0
MARGIN = 1.0
WIDEST_STEP = 0.9
"""So that few extreme answers do not look like many."""
COLUMNS_HEIGHT, COLUMNS_TOP = 130, 20
SHADES = 5


@dataclass(frozen=True)
class Bar:
    """One rectangle. Without a width the number is not shown, and an empty outline stands there."""

    series: int
    y: int
    height: int
    width: str


@dataclass(frozen=True)
class Bars:
    """The rectangles in one cell of a table."""

    height: int
    bars: tuple[Bar, ...]


def bars(shares: Sequence[float | None]) -> Bars:
    """A bar for each series; a share of 1 is as wide as the cell."""
    made = []
    y = 0
    for number, share in enumerate(shares, 1):
        height = FIRST_HEIGHT if number == 1 else NEXT_HEIGHT
        made.append(Bar(number, y, height, "" if share is None else percent(100 * share)))
        y += height + GAP
    return Bars(max(y - GAP, 0), tuple(made))


def percent(number: float) -> str:
    """Written as SVG wants it, never wider than all there is."""
    return f"{min(max(number, 0), 100):.2f}%"


@dataclass(frozen=True)
class Piece:
    """One step of the scale in one row: where it stands, and what is written on it."""

    tone: str
    x: str
    width: str
    middle: str
    label: str


@dataclass(frozen=True)
class Diverging:
    """Rows of a scale around one line: lower steps to its left, upper ones to its right.

    What is in the middle of the scale stands apart at the right: in the middle it would move
    both sides away from their line.
    """

    zero: str
    zero_left: str
    zero_right: str
    neutral: str
    rows: tuple[tuple[Piece, ...], ...]
    """Empty for a row whose numbers are not shown."""


def tones(steps: int) -> list[str]:
    """The classes of a scale's steps, from the lowest to the highest."""
    half = steps // 2
    low = [f"low-{_depth(position, half)}" for position in range(half)]
    high = [f"high-{_depth(position, half)}" for position in reversed(range(half))]
    return [*low, *(["neutral"] if steps % 2 else []), *high]


def _depth(position: int, half: int) -> int:
    """1 for the outermost steps, 3 for the innermost."""
    return 1 if position == 0 else 3 if position == half - 1 and half > 2 else 2


def diverging(rows: Sequence[Sequence[float] | None]) -> Diverging:
    """Of each row the shares (0 to 1) of the steps of a scale, the lowest first."""
    shown = [row for row in rows if row]
    steps = len(shown[0]) if shown else 0
    half = steps // 2
    below = max((sum(row[:half]) for row in shown), default=0) * 100
    above = max((sum(row[steps - half :]) for row in shown), default=0) * 100
    neutral = max((sum(row[half : steps - half]) for row in shown), default=0) * 100
    gap = NEUTRAL_GAP if steps % 2 else 0
    room = 100 - 2 * MARGIN - gap
    scale = min(WIDEST_STEP, room / (below + above + neutral)) if shown else WIDEST_STEP
    zero = MARGIN + below * scale
    apart = zero + above * scale + gap
    return Diverging(
        percent(zero),
        percent(zero - 1),
        percent(zero + 1),
        percent(apart) if steps % 2 else "",
        tuple(tuple(_pieces(row, zero, apart, scale)) if row else () for row in rows),
    )


def _pieces(row: Sequence[float], zero: float, apart: float, scale: float) -> list[Piece]:
    names = tones(len(row))
    half = len(row) // 2
    widths = [100 * share * scale for share in row]
    starts = []
    x = zero - sum(widths[:half])
    for position, width in enumerate(widths):
        if names[position] == "neutral":
            starts.append(apart)
            continue
        starts.append(x)
        x += width
    return [
        Piece(
            name,
            percent(start),
            percent(width),
            percent(start + width / 2),
            f"{100 * share:.0f}" if width >= NARROWEST_WITH_LABEL else "",
        )
        for name, start, width, share in zip(names, starts, widths, row, strict=True)
        if width > 0
    ]


@dataclass(frozen=True)
class Column:
    """A column of a plot over time. Without a number it is not shown, and has no height."""

    number: int | None
    x: str
    width: str
    middle: str
    y: int
    height: int

    @property
    def label_y(self) -> int:
        return self.y - 6


def columns(numbers: Sequence[int | None]) -> list[Column]:
    """Columns side by side in a plot that is COLUMNS_HEIGHT high, with room for labels on top."""
    step = 100 / (len(numbers) or 1)
    highest = max((number for number in numbers if number), default=1)
    made = []
    for position, number in enumerate(numbers):
        height = round((COLUMNS_HEIGHT - COLUMNS_TOP) * (number or 0) / highest)
        left = step * position
        made.append(
            Column(
                number,
                percent(left + step * 0.1),
                percent(step * 0.8),
                percent(left + step / 2),
                COLUMNS_HEIGHT - height,
                height,
            )
        )
    return made


def limits(rates: Sequence[float]) -> list[float]:
    """Four round numbers that divide the rates into five shades; none where all are alike."""
    if not rates or min(rates) == max(rates):
        return []
    step = _round_step((max(rates) - min(rates)) / SHADES)
    first = step * (int(min(rates) / step) + 1)
    found = [first + step * position for position in range(SHADES - 1)]
    return [limit for limit in found if limit <= max(rates)]


def _round_step(step: float) -> float:
    """The next larger of 1, 2, 2.5 and 5 times a power of ten."""
    power = 1e-4
    while True:
        for factor in (1, 2, 2.5, 5):
            if step <= factor * power * (1 + 1e-9):
                return factor * power
        power *= 10


def shade(rate: float, limits: Sequence[float]) -> int:
    """1 for the palest, as many as there are limits more for the darkest."""
    return 1 + sum(rate >= limit for limit in limits)
