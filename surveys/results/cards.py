"""One card of the results page: a question, or several that share their codes, with its figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from surveys import wording
from surveys.asked import Asked
from surveys.charts import Bars, Piece, bars, diverging, tones
from surveys.question_types.choice import SingleChoice
from surveys.question_types.ranking import Ranking
from surveys.tabulation.counted import Number
from surveys.tabulation.figures import Figures, ItemFigures, Line, RankedLine
from surveys.wording import Cell

MOST_AT_ONCE = 10


@dataclass(frozen=True)
class Side:
    """One audience's question and its figures; `at` where they are older than the others."""

    asked: Asked
    figures: Figures
    at: datetime | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there is any figure to draw."""
        lines = [*self.figures.lines, *(ln for it in self.figures.items for ln in it.lines)]
        return any(share_of(line) is not None for line in lines)


@dataclass(frozen=True)
class Series:
    """One audience in the key of a chart, with the base of its shares."""

    number: int
    name: str
    base: str


@dataclass(frozen=True)
class Row:
    """An answer: its bar of each series, and what the cells of its row say."""

    label: str
    bars: Bars
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class ScaleRow:
    """A row of a matrix: what is drawn, said in words, and in the cells of its table."""

    label: str
    summary: str
    pieces: tuple[Piece, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """A matrix: the steps of its scale with their tones, and its rows."""

    steps: tuple[tuple[str, str], ...]
    zero: str
    zero_left: str
    zero_right: str
    neutral: str
    rows: tuple[ScaleRow, ...]

    @property
    def ends(self) -> tuple[str, str]:
        return self.steps[0][1], self.steps[-1][1]

    @property
    def middle(self) -> str:
        return next((label for tone, label in self.steps if tone == "neutral"), "")


@dataclass(frozen=True)
class Card:
    """What a template draws. Without `rows` and `scale` it says `sentence` instead of a chart."""

    asked: tuple[Asked, ...]
    caption: str
    heading: str
    series: tuple[Series, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    """What the columns are called, and in short."""
    rows: tuple[Row, ...] = ()
    scale: Scale | None = None
    sentence: str = ""
    notes: tuple[str, ...] = ()
    query: str = ""
    """What is added to the address of its figures."""
    dates: tuple[tuple[str, datetime], ...] = ()
    """Whose figures are older than the others, and of when they are."""

    @property
    def most(self) -> tuple[Row, ...]:
        """The rows that are shown at once: all of them, or the first of many."""
        return self.rows if len(self.rows) <= MOST_AT_ONCE + 2 else self.rows[:MOST_AT_ONCE]

    @property
    def more(self) -> tuple[Row, ...]:
        return self.rows[len(self.most) :]

    @property
    def first(self) -> Asked:
        return self.asked[0]

    @property
    def anchor(self) -> str:
        return f"{self.first.questionnaire.slug}-{self.first.name}"


def share_of(line: Line) -> float | None:
    """Of a ranking: of those who gave it any rank, which is what compares with a choice."""
    return line.ranked_share if isinstance(line, RankedLine) else line.share


def card(sides: Sequence[Side]) -> Card:
    """The chart of one question, or of questions that share their codes."""
    shown = [side for side in sides if side.is_shown]
    if not shown:
        return _empty(sides)
    kind = shown[0].asked.kind
    if kind.has_items:
        return _matrix(sides, shown[0])
    if isinstance(kind, Ranking):
        return _ranking(sides, shown[0], kind.ranks)
    return _bars(sides, shown)


def _empty(sides: Sequence[Side]) -> Card:
    reasons = {wording.why_nothing(side.figures) for side in sides}
    return replace(_blank(sides, ""), sentence=" ".join(f"{reason}." for reason in sorted(reasons)))


def _blank(sides: Sequence[Side], heading: str) -> Card:
    """The card without a chart. Where there is no finding, the question itself is its heading."""
    first = sides[0].asked
    caption = str(first.question.short if heading else first.question.section.title)
    return Card(
        asked=tuple(side.asked for side in sides),
        caption=caption if len(sides) > 1 else f"{caption} · {first.audience}",
        heading=heading or str(first.question.short),
        dates=tuple((side.asked.audience, side.at) for side in sides if side.at),
    )


def _bars(sides: Sequence[Side], shown: Sequence[Side]) -> Card:
    first = shown[0]
    ordered = _in_order(first)
    by_code = [{line.code: line for line in side.figures.lines} for side in shown]
    rows = []
    for line in ordered:
        shares = [share_of(lines[line.code]) if line.code in lines else None for lines in by_code]
        cells = tuple(map(wording.percent_cell, shares))
        rows.append(Row(line.label, bars(shares), cells))
    leading = "" if first.asked.is_about_them else _leading(first)
    heading = wording.finding(first.asked.questionnaire.answered_by, leading) if leading else ""
    return replace(
        _blank(sides, heading),
        series=_series(shown),
        columns=tuple((side.asked.audience, side.asked.audience_in_short) for side in shown),
        rows=tuple(rows),
        notes=_notes(sides),
    )


def _in_order(side: Side) -> list[Line]:
    """As asked where the order means something, else the most frequent first.

    What is not shown comes after, and what has to be named is no topic: it is last.
    """
    kind = side.asked.kind
    lines = list(side.figures.lines)
    if isinstance(kind, SingleChoice) and not kind.is_list:
        return lines
    others = {option.code for option in kind.options if option.names_other}
    return sorted(lines, key=lambda line: (line.code in others, -(share_of(line) or -1)))


def _leading(side: Side) -> str:
    """The most frequent answer, where the figures that are shown leave no doubt."""
    shares = [(share_of(line), line.label) for line in side.figures.lines]
    known = sorted(((share, label) for share, label in shares if share is not None), reverse=True)
    rest = known[1][0] if len(known) > 1 else 0.0
    if len(known) < len(shares):
        # Of what is not shown one answer might be as frequent as all of it together.
        if not isinstance(side.asked.kind, SingleChoice):
            return ""
        rest = max(rest, 1 - sum(share for share, _label in known))
    return known[0][1] if known and known[0][0] > rest else ""


def _series(shown: Sequence[Side]) -> tuple[Series, ...]:
    return tuple(
        Series(number, side.asked.audience, wording.number(side.figures.base))
        for number, side in enumerate(shown, 1)
    )


def _notes(sides: Sequence[Side]) -> tuple[str, ...]:
    """What has to be known about the figures of each audience."""
    told = []
    for side in sides:
        if not side.is_shown:
            told.append((side, [wording.why_nothing(side.figures)]))
            continue
        parts = [
            wording.how_many(side.asked.kind),
            wording.who_answered(side.figures),
            wording.left_out(side.figures.apart),
        ]
        told.append((side, [part for part in parts if part]))
    return tuple(
        (f"{side.asked.audience}: " if len(sides) > 1 else "") + ". ".join(parts) + "."
        for side, parts in told
        if parts
    )


def _ranking(sides: Sequence[Side], shown: Side, ranks: int) -> Card:
    rows = tuple(
        Row(
            line.label,
            bars([_of_most(line.mean_points, ranks), line.share]),
            (wording.number_cell(line.points), wording.percent_cell(line.share)),
        )
        for line in shown.figures.by_points
    )
    leading = [line for line in shown.figures.by_points if line.points is not None]
    is_sure = len(leading) == len(rows)
    heading = _("Most points: %(option)s") % {"option": leading[0].label} if is_sure else ""
    points = _(
        "A first choice is worth %(most)s points, the next one less, and the last 1. A bar as wide"
        " as its cell would be the first choice of all."
    )
    base = wording.number(shown.figures.base)
    return replace(
        _blank(sides, heading),
        series=(Series(1, _("Points"), ""), Series(2, _("First choice"), base)),
        columns=((_("Points"), _("Points")), (_("First choice"), _("First choice"))),
        rows=rows,
        notes=(*_notes(sides), points % {"most": ranks}),
    )


def _of_most(mean: float | None, most: int) -> float | None:
    return None if mean is None else mean / most


def _matrix(sides: Sequence[Side], shown: Side) -> Card:
    items = shown.figures.items
    steps = [line.label for line in items[0].lines]
    drawn = diverging([_shares(item) for item in items])
    rows = tuple(
        ScaleRow(item.label, _summary(item), pieces, _scale_cells(item))
        for item, pieces in zip(items, drawn.rows, strict=True)
    )
    scale = Scale(
        tuple(zip(tones(len(steps)), steps, strict=True)),
        drawn.zero,
        drawn.zero_left,
        drawn.zero_right,
        drawn.neutral,
        rows,
    )
    heading = _highest(items)
    return replace(_blank(sides, heading), scale=scale, notes=_matrix_notes(shown))


def _shares(item: ItemFigures) -> list[float] | None:
    shares = [line.share for line in item.lines if line.share is not None]
    return shares if len(shares) == len(item.lines) else None


def _summary(item: ItemFigures) -> str:
    """Both ends of the scale in words, in the order of the chart."""
    half = len(item.lines) // 2
    low = " / ".join(line.label for line in item.lines[:half])
    high = " / ".join(line.label for line in item.lines[len(item.lines) - half :])
    return f"{low}: {wording.percent(item.below)} · {high}: {wording.percent(item.above)}"


def _scale_cells(item: ItemFigures) -> tuple[str, ...]:
    shares = [wording.percent(line.share) for line in item.lines]
    return (*shares, wording.decimal(item.mean), wording.number(item.base))


def _highest(items: Sequence[ItemFigures]) -> str:
    means = sorted((item.mean, item.label) for item in items if item.mean is not None)
    if len(means) < len(items) or len(means) < 2 or means[-1][0] == means[-2][0]:
        return ""
    return _("Highest rating: %(item)s") % {"item": means[-1][1]}


def _matrix_notes(side: Side) -> tuple[str, ...]:
    notes = [f"{wording.who_answered(side.figures)}."] if side.figures.answered else []
    labels = {line.label for item in side.figures.items for line in item.apart}
    if labels:
        told = ", ".join(map(wording.quoted, sorted(labels)))
        apart = [item.no_opinion for item in side.figures.items]
        notes.append(
            f"{_('Left out of the shares: %(answers)s') % {'answers': told}}{_range(apart)}."
        )
    return tuple(notes)


def _range(numbers: Sequence[Number]) -> str:
    """The fewest and the most, where all are shown."""
    known = [number for number in numbers if number is not None]
    if not known or len(known) < len(numbers):
        return ""
    low, high = wording.number(min(known)), wording.number(max(known))
    return f" ({low})" if low == high else f" ({low}–{high})"
