"""Excel workbooks, written row by row. Text stays text whatever it begins with."""

from datetime import datetime
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from surveys.codebook import NOT_ASKED
from surveys.exports.codebook_rows import as_lines, headings
from surveys.exports.data import CannotWrite, Data
from surveys.exports.dataset import UNASKED
from surveys.question_types import Cell, Variable

MOST_ROWS = 1_048_575
MOST_CHARACTERS = 32_767


def write_xlsx(data: Data, file: IO[bytes]) -> None:
    """The data with its header frozen, and the codebook on a second sheet.

    Times are dates in UTC, numbers numbers. In them and in words, not asked is the number -66.
    """
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    try:
        _write_sheets(book, data)
    finally:
        # Its temporary files are open until then.
        book.close()


def _write_sheets(book: Any, data: Data) -> None:
    # The same data give the same bytes.
    book.set_properties({"created": data.made_at.replace(tzinfo=None)})
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = _sheet(book, _("Data"), [column.name for column in data.columns], bold)
    for number, row in enumerate(data.rows(), 1):
        if number > MOST_ROWS:
            raise CannotWrite(_("An Excel sheet has no room for so many rows. Take CSV."))
        for place, (column, cell) in enumerate(zip(data.columns, row, strict=True)):
            _write(sheet, number, place, data, column, cell, moment)
    codebook = _sheet(book, _("Codebook"), headings(), bold)
    codebook.set_column(0, 7, 30, wrapped)
    for number, column in enumerate(data.columns, 1):
        for place, text in enumerate(as_lines(column)):
            codebook.write_string(number, place, text[:MOST_CHARACTERS], wrapped)


def _sheet(book: Any, name: str, header: list[str], bold: Any) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, text in enumerate(header):
        sheet.write_string(0, place, text, bold)
    return sheet


def _write(
    sheet: Any, row: int, place: int, data: Data, column: Variable, cell: str | None, moment: Any
) -> None:
    shown = data.shown(column, cell)
    if shown is None:
        return
    if cell == UNASKED and not data.labels and column.cell != Cell.CODE:
        sheet.write_number(row, place, int(NOT_ASKED))
    elif cell != UNASKED and column.cell == Cell.NUMBER:
        sheet.write_number(row, place, int(shown))
    elif cell != UNASKED and column.cell == Cell.TIME:
        sheet.write_datetime(row, place, datetime.fromisoformat(shown).replace(tzinfo=None), moment)
    elif len(shown) > MOST_CHARACTERS:
        raise CannotWrite(_("An answer is longer than a cell of Excel can be. Take CSV."))
    else:
        sheet.write_string(row, place, shown)
