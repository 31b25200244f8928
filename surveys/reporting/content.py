"""What a report says: parts of blocks. Nothing here knows what kind of file it becomes. Pure.

Texts and numbers are written out in the report's language. Shares (0 to 1) are for drawing alone
and None where the number is not shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

Share = float | None


@dataclass(frozen=True)
class Block:
    kind: ClassVar[str] = ""


@dataclass(frozen=True)
class Heading(Block):
    """Of level 2 or 3: the title of a part is level 1."""

    kind: ClassVar[str] = "heading"
    level: int
    text: str
    number: str = ""


@dataclass(frozen=True)
class Text(Block):
    """Paragraphs, with an empty line between them. `mark` is what is said of them in brackets."""

    kind: ClassVar[str] = "text"
    text: str
    language: str = ""
    """Where it is not the report's own."""
    mark: str = ""

    @property
    def paragraphs(self) -> list[str]:
        return [each.strip() for each in self.text.split("\n\n") if each.strip()]


@dataclass(frozen=True)
class Note(Text):
    """What readers must not miss, set apart."""

    kind: ClassVar[str] = "note"


@dataclass(frozen=True)
class Listing(Block):
    kind: ClassVar[str] = "listing"
    items: tuple[str, ...]


@dataclass(frozen=True)
class Quotation(Block):
    """Words of a respondent that were released, as written; `who` says no more than may be said."""

    kind: ClassVar[str] = "quotation"
    words: str
    language: str
    who: str
    translation: str = ""


@dataclass(frozen=True)
class Captioned(Block):
    """What has a caption with a number: `label` is “Table” or “Figure”."""

    caption: str
    label: str = field(default="", kw_only=True)
    number: int = field(default=0, kw_only=True)
    is_figure: ClassVar[bool] = False

    @property
    def full_caption(self) -> str:
        return f"{self.label} {self.number}. {self.caption}" if self.number else self.caption


@dataclass(frozen=True)
class Table(Captioned):
    """The first column heads its rows; the last `numbers` columns hold numbers."""

    kind: ClassVar[str] = "table"
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 0
    note: str = ""
    widths: tuple[int, ...] = ()
    """How wide the columns are to each other, where it matters."""


@dataclass(frozen=True)
class Bar:
    """A row of a bar chart: what it is of, its numbers, and a bar for each series."""

    label: str
    numbers: tuple[str, ...]
    shares: tuple[Share, ...]
    is_apart: bool = False
    """Stands for no opinion: its share is of something else than the others'."""


@dataclass(frozen=True)
class BarChart(Captioned):
    """A table with a column of bars; a bar as wide as its column stands for `full`."""

    kind: ClassVar[str] = "bars"
    is_figure: ClassVar[bool] = True
    header: tuple[str, ...]
    bars: tuple[Bar, ...]
    series: tuple[str, ...] = ()
    """What the bars of a row stand for, where there are several."""
    note: str = ""

    @property
    def full(self) -> float:
        return max((share or 0 for bar in self.bars for share in bar.shares), default=0) or 1


@dataclass(frozen=True)
class Picture(Captioned):
    """A drawing, what it shows in words, and the table with its numbers."""

    is_figure: ClassVar[bool] = True
    alternative: str
    table: Table


@dataclass(frozen=True)
class DivergingChart(Picture):
    """Rows on one scale: lower steps to the left of a line, upper ones to the right."""

    kind: ClassVar[str] = "diverging"
    steps: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...] | None], ...]
    hidden: str = ""
    """What stands in a row whose numbers are not shown."""


@dataclass(frozen=True)
class Tile:
    """A place on the map: `shade` from 1 to 5, or 0 where its number is not shown."""

    number: str
    shade: int


@dataclass(frozen=True)
class TileMap(Picture):
    kind: ClassVar[str] = "map"
    ground: dict[str, Any]
    """Where the tiles and lines stand: `surveys.tile_map`. Its tiles are in the order of these."""
    tiles: tuple[Tile, ...]
    legend: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Columns(Picture):
    """Numbers over time."""

    kind: ClassVar[str] = "columns"
    columns: tuple[tuple[str, str, int | None], ...]
    """What stands under a column, what over it, and how high it is."""


@dataclass(frozen=True)
class Part:
    """A chapter. `is_annex` parts are lettered, others numbered."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    is_annex: bool = False
    begins_page: bool = True
    number: str = ""


@dataclass(frozen=True)
class Report:
    """A whole report in one language. `labels` are the few words writers need."""

    language: str
    programme: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    """What stands on the title page: names and values."""
    parts: tuple[Part, ...]
    labels: dict[str, str]
    mark: str = ""
    """What stands across the title page of a report that is not published."""

    def blocks(self) -> Iterator[Block]:
        for part in self.parts:
            yield from part.blocks


def numbered(report: Report) -> Report:
    """With numbers before its headings and in its captions."""
    counts = {"table": 0, "figure": 0}
    parts = []
    plain = annexes = 0
    for part in report.parts:
        if part.is_annex:
            annexes += 1
            number = chr(ord("A") + annexes - 1)
        else:
            plain += 1
            number = str(plain)
        blocks = tuple(_numbered_blocks(part.blocks, number, counts, report.labels))
        parts.append(replace(part, number=number, blocks=blocks))
    return replace(report, parts=tuple(parts))


def _numbered_blocks(
    blocks: tuple[Block, ...], part: str, counts: dict[str, int], labels: dict[str, str]
) -> Iterator[Block]:
    second = third = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            second, third = second + 1, 0
            yield replace(block, number=f"{part}.{second}")
        elif isinstance(block, Heading):
            third += 1
            yield replace(block, number=f"{part}.{second}.{third}")
        elif isinstance(block, Captioned):
            kind = "figure" if block.is_figure else "table"
            counts[kind] += 1
            yield replace(block, label=labels[kind], number=counts[kind])
        else:
            yield block
