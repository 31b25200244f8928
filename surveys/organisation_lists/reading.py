"""From the bytes of a spreadsheet to rows of words, or to words that say why not."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineSheet, load_workbook

Rows = list[list[str]]
"""Cells without blanks around them. Row 1 of the spreadsheet is the first, also if it is empty."""

MAX_BYTES = 8 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MOST_COLUMNS = 702
"""A to ZZ: some may be empty."""
MAX_CELLS = MAX_ROWS * MOST_COLUMNS
MAX_UNPACKED = 200 * 1024 * 1024
DELIMITERS = ",;\t"

# Spaces that nobody sees, which spreadsheets and web pages leave behind.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# Where a cell with something in it says that it is, and a row whose cells do not say it.
_CELL = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^<]*?\s)??r\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["'][^<]*(?<!/>)<"""
)
_ROW = re.compile(
    rb"""<(?:\w+:)?row\s(?:[^<]*?\s)??r\s*=\s*["']()(\d{1,7})["'][^<]*<(?:\w+:)?c(?![^<]*?\sr\s*=)"""
)


class Unreadable(Exception):
    """What is wrong with the file as a whole, in words for the person who chose it."""


def read(content: bytes) -> Rows:
    """The first sheet of an XLSX file, or a CSV file. Raises Unreadable for anything else."""
    if len(content) > MAX_BYTES:
        raise Unreadable(_("The file is larger than 8 MB."))
    rows = [*map(_cleaned, _from_xlsx(content) if content[:2] == b"PK" else _from_csv(content))]
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise Unreadable(_("The file is empty."))
    if len(rows) > MAX_ROWS + 1:
        raise _too_long()
    if max(map(len, rows)) > MAX_COLUMNS:
        raise Unreadable(_("The file has more than 200 columns."))
    return rows


def read_sheets(content: bytes) -> dict[str, Rows]:
    """Every sheet of an XLSX file by its name. Blanks and line breaks in a cell stay as they are.

    Raises Unreadable for anything else.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(_("The file is larger than 8 MB."))
    return {
        name: [[_as_text(cell) for cell in row] for row in rows]
        for name, rows in _sheets_of(content).items()
    }


def csv_text(rows: Iterable[Iterable[str]], delimiter: str = ",") -> str:
    """The same as a CSV file, with every cell in quotation marks, so that nothing is guessed."""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    return written.getvalue()


def _too_long() -> Unreadable:
    return Unreadable(_("The file has more than 20,000 rows. Split it."))


def _cleaned(cells: Iterable[Any]) -> list[str]:
    row = [_words(cell) for cell in cells]
    while row and not row[-1]:
        row.pop()
    return row


def _words(cell: Any) -> str:
    text = unicodedata.normalize("NFC", _as_text(cell))
    text = _CONTROL.sub(" ", _UNSEEN.sub("", text))
    return " ".join(text.split())


def _as_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


# CSV


def _from_csv(content: bytes) -> Rows:
    text = _decoded(content)
    if _CONTROL.search(text):
        raise _neither()
    announced = re.match(r"sep=([,;\t])\r?\n", text)
    if announced:
        # Excel's own line: it says which delimiter follows and is no row of the sheet.
        text = text[announced.end() :]
    delimiter = announced[1] if announced else _delimiter(text)
    rows = []
    try:
        for row in _records(text, delimiter):
            rows.append(row)
            if len(rows) > MAX_ROWS + 1:
                raise _too_long()
    except csv.Error as error:
        raise Unreadable(
            _("The file cannot be read from row %(row)d on: a quotation mark is misplaced.")
            % {"row": len(rows) + 1}
        ) from error
    return rows


def _records(text: str, delimiter: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _delimiter(text: str) -> str:
    """The one that makes most columns of the first row that is not empty."""
    return max(DELIMITERS, key=lambda delimiter: _columns_by(text, delimiter))


def _columns_by(text: str, delimiter: str) -> int:
    try:
        return next((len(row) for row in _records(text, delimiter) if row), 0)
    except csv.Error:
        return 0


def _decoded(content: bytes) -> str:
    """UTF-8; UTF-16, Excel's “Unicode text”; or the code page of Central European Windows."""
    encodings = ["utf-8-sig", "cp1250"]
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _neither()


def _neither() -> Unreadable:
    return Unreadable(
        _("This is neither a CSV nor an XLSX file. Save the list as one of these and try again.")
    )


# XLSX


def _from_xlsx(content: bytes) -> list[list[Any]]:
    return next(iter(_sheets_of(content, only_first=True).values()))


def _sheets_of(content: bytes, only_first: bool = False) -> dict[str, list[list[Any]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _refuse_what_would_fill_the_memory(packed)
        workbook = load_workbook(io.BytesIO(content))
        names = workbook.sheet_names[:1] if only_first else workbook.sheet_names
        return {name: _cells(workbook.get_sheet_by_name(name)) for name in names}
    except Unreadable:
        raise
    # A broken file can fail in any way inside zipfile, zlib and calamine.
    except Exception as error:
        raise Unreadable(
            _("The file is broken or protected by a password. Open it, save it anew and try again.")
        ) from error


def _cells(sheet: CalamineSheet) -> list[list[Any]]:
    cells: list[list[Any]] = sheet.to_python()
    above, before = sheet.start or (0, 0)
    return [[]] * above + [[""] * before + row for row in cells]


def _refuse_what_would_fill_the_memory(packed: zipfile.ZipFile) -> None:
    """A sheet takes room for every cell between its first and its last, filled or not."""
    if "xl/workbook.xml" not in packed.namelist():
        raise _neither()
    if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
        raise Unreadable(_("The file is larger than 200 MB when it is unpacked."))
    cells = 0
    for name in packed.namelist():
        if name.endswith(".xml"):
            content = packed.read(name)
            places = _CELL.findall(content) + _ROW.findall(content)
            rows = max((int(row) for _column, row in places), default=0)
            columns = max((_position(column) for column, _row in places), default=0)
            if columns > MOST_COLUMNS:
                raise Unreadable(_("The file has more than 200 columns."))
            cells += rows * columns
            if rows > MAX_ROWS + 1 or cells > MAX_CELLS:
                raise _too_long()


def _position(column: bytes) -> int:
    """The number of a column by its letters: 1 for A, 27 for AA."""
    position = 0
    for letter in column.upper():
        position = position * 26 + letter - ord("A") + 1
    return position
