"""Text that programs read: CSV and JSON Lines, written in constant memory."""

import json
from collections.abc import Iterator
from typing import IO, Any

from surveys.codebook import NOT_ASKED
from surveys.exports.data import Data
from surveys.exports.dataset import BYTE_ORDER_MARK, UNASKED
from surveys.exports.harmless import harmless
from surveys.question_types import Cell, Variable


def write_csv(data: Data, file: IO[bytes]) -> None:
    """Byte for byte what PostgreSQL writes of the same rows; see `csv_blocks`."""
    header = ",".join(column.name for column in data.columns)
    file.write(f"{BYTE_ORDER_MARK}{header}\n".encode())
    for row in data.rows():
        cells = (_field(data, column, cell) for column, cell in zip(data.columns, row, strict=True))
        file.write((",".join(cells) + "\n").encode())


def _field(data: Data, column: Variable, cell: str | None) -> str:
    shown = data.shown(column, cell)
    if shown is None:
        return ""
    if cell != UNASKED and (column.is_words or (data.labels and column.codes)):
        shown = harmless(shown)
    # As COPY has it: an empty text is told from nothing by its quotes.
    if not shown or any(mark in shown for mark in ',"\n\r'):
        return '"' + shown.replace('"', '""') + '"'
    return shown


def write_jsonl(data: Data, file: IO[bytes]) -> None:
    """One object per response and line, in UTF-8.

    What a question has a column for each option or row of is one object under the question's
    name. Codes, words and times are strings and numbers are numbers; null is no answer. What was
    not asked is "-66", in a column of numbers the number -66.
    """
    for row in data.rows():
        written = json.dumps(_nested(data, row), ensure_ascii=False, separators=(",", ":"))
        # Some programs end a line where Unicode would.
        safe = written.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        file.write((safe.replace("\x85", "\\u0085") + "\n").encode())


def _nested(data: Data, row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, part, value in _values(data, row):
        if part:
            found.setdefault(name, {})[part] = value
        else:
            found[name] = value
    return found


def _values(data: Data, row: Any) -> Iterator[tuple[str, str, str | int | None]]:
    for column, cell in zip(data.columns, row, strict=True):
        value: str | int | None = data.shown(column, cell)
        if column.cell == Cell.NUMBER and cell is not None:
            value = int(NOT_ASKED if cell == UNASKED else cell)
        yield (column.root if column.part else column.name), column.part, value
