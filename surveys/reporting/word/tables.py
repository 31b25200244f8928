"""Tables of a Word document: real ones, with a header row that comes again on every page."""

from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm
from docx.table import Table as WordTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from surveys.reporting.content import Bar, BarChart, Table
from surveys.reporting.word.runs import Speaker, draw, one_colour, styled
from surveys.reporting.word.styles import IN_TABLE, TABLE_STYLE, WIDTH

SERIES = ("#003399", "#6a88da")
HEIGHTS = (Mm(2.8), Mm(1.5))
FEW = 32
NARROW = 28
BARS = 40
"""Millimetres."""
MANY = 4
"""From so many columns of numbers on they all get the same width."""


def write_table(document: Document, speaker: Speaker, table: Table) -> None:
    header, rows = table.header, table.rows
    first_number = len(header) - table.numbers
    made = _empty(document, len(rows), _widths(table))
    _describe(made, table.caption)
    for row, cells in zip(made.rows, (header, *rows), strict=True):
        for column, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
            is_number = 0 < column >= first_number
            _say(speaker, cell, words, is_number=is_number, bold=cells is header or None)


def write_bars(document: Document, speaker: Speaker, chart: BarChart) -> None:
    numbers = len(chart.header) - 1
    total = WIDTH.mm
    widths = [total - numbers * NARROW - BARS, *[NARROW] * numbers, BARS]
    made = _empty(document, len(chart.bars), [Mm(width) for width in widths])
    _describe(made, chart.caption)
    rows = iter(made.rows)
    head = next(rows).cells
    for column, words in enumerate(chart.header):
        _say(speaker, head[column], words, is_number=column > 0, bold=True)
    _legend(speaker, head[-1], chart.series)
    for row, bar in zip(rows, chart.bars, strict=True):
        cells = row.cells
        for column, words in enumerate((bar.label, *bar.numbers)):
            _say(speaker, cells[column], words, is_number=column > 0, italic=bar.is_apart)
        _bars(cells[-1], bar, chart)


def _bars(cell: _Cell, bar: Bar, chart: BarChart) -> None:
    paragraph = _paragraph(cell)
    drawn = 0
    for number, share in enumerate(bar.shares):
        if not share:
            continue
        run = paragraph.add_run()
        if drawn:
            run.add_break()
        drawn += 1
        series = f"{chart.series[number]}: " if number < len(chart.series) else ""
        width = Mm(max(share / chart.full * (BARS - 4), 0.4))
        words = f"{series}{bar.numbers[_number_of(bar, number)]}"
        draw(run, one_colour(SERIES[number]), words, width, HEIGHTS[number])


def _number_of(bar: Bar, series: int) -> int:
    """Which of its numbers a bar draws: the share is the last, or each series has one."""
    return series if len(bar.shares) > 1 else len(bar.numbers) - 1


def _legend(speaker: Speaker, cell: _Cell, series: Sequence[str]) -> None:
    paragraph = _paragraph(cell)
    if len(series) < 2:
        return
    for number, words in enumerate(series):
        draw(paragraph.add_run(), one_colour(SERIES[number]), words, Mm(2.2), Mm(2.2))
        speaker.say(paragraph, f" {words}   ")


def _widths(table: Table) -> Sequence[Length]:
    total = WIDTH.mm
    columns = len(table.header)
    if table.widths:
        return [Mm(total * width / sum(table.widths)) for width in table.widths]
    if table.numbers >= MANY:
        first = total * 0.32
        return [Mm(first), *[Mm((total - first) / (columns - 1))] * (columns - 1)]
    numbers = FEW * table.numbers
    others = columns - table.numbers
    return [Mm((total - numbers) / others)] * others + [Mm(FEW)] * table.numbers


def _empty(document: Document, rows: int, widths: Sequence[Length]) -> WordTable:
    table: WordTable = document.add_table(rows + 1, len(widths), style=TABLE_STYLE)
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
        _flag(row, "w:cantSplit")
    _flag(table.rows[0], "w:tblHeader")
    return table


def _flag(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _describe(table: WordTable, words: str) -> None:
    """Its name for who cannot see it."""
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), words)
    table._tbl.tblPr.append(caption)
    # Of the looks a style has: the first row alone.
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        look.set(qn("w:firstRow"), "1")
        look.set(qn("w:firstColumn"), "0")
        look.set(qn("w:val"), "0020")
        table._tbl.tblPr.remove(look)
        caption.addprevious(look)


def _paragraph(cell: _Cell) -> Paragraph:
    return styled(cell.paragraphs[0], IN_TABLE)


def _say(speaker: Speaker, cell: _Cell, words: str, *, is_number: bool, **font: Any) -> None:
    paragraph = _paragraph(cell)
    if is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    speaker.say(paragraph, words, **font)
