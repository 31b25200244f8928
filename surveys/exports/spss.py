"""SPSS: a .sav file, and the syntax that reads the CSV instead."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.codebook import NOT_ASKED, missing_values
from surveys.exports.data import CannotWrite, Data
from surveys.exports.dataset import UNASKED
from surveys.question_types import Cell, Variable

MOST_ROWS = 50_000
"""The library takes a whole frame: about 300 MB of memory at 200,000 rows of few columns."""

MOST_BYTES = 32_767
"""Of one text."""

FIRST_REASON = -91
"""What the first reason for no answer is called where the other codes are numbers."""

RESERVED = {
    *("ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"),
}


@dataclass(frozen=True)
class SpssVariable:
    """A column as SPSS has it: under a name it takes, with a number for each code or none.

    Codes are numbers where all that are no reasons for no answer are written as numbers.
    """

    column: Variable
    name: str
    numbers: dict[str, int] | None

    @property
    def is_text(self) -> bool:
        return self.column.cell == Cell.WORDS or self.is_coded_text

    @property
    def is_coded_text(self) -> bool:
        return self.column.cell == Cell.CODE and self.numbers is None

    def value(self, code: str) -> Any:
        if self.numbers is not None:
            return self.numbers[code]
        return code if self.is_text else int(code)

    def labels(self) -> dict[Any, str]:
        labels = {**self.column.codes, **missing_values(self.column)}
        return {self.value(code): clipped(label, 120) for code, label in labels.items()}

    def missing(self) -> list[Any]:
        """SPSS takes three at most, and of text those of up to eight bytes."""
        found = [self.value(code) for code in missing_values(self.column)]
        if self.is_text:
            found = [value for value in found if len(value.encode()) <= 8]
        return found[-3:]


def spss_variables(columns: Iterable[Variable]) -> list[SpssVariable]:
    taken: set[str] = set()
    return [SpssVariable(column, _name(column.name, taken), _numbers(column)) for column in columns]


def _name(name: str, taken: set[str]) -> str:
    """At most 64 characters, no reserved word, and not another's in other letters."""
    name = f"{name}_" if name.upper() in RESERVED else name[:64]
    number = 2
    unique = name
    while unique.upper() in taken:
        unique = f"{name[:60]}_{number}"
        number += 1
    taken.add(unique.upper())
    return unique


def _numbers(column: Variable) -> dict[str, int] | None:
    missing = missing_values(column)
    own = [code for code in column.codes if code not in missing]
    if column.cell != Cell.CODE or not own or not all(re.fullmatch(r"\d{1,9}", c) for c in own):
        return None
    numbers = {code: int(code) for code in own}
    reasons = [code for code in missing if code != NOT_ASKED]
    numbers |= {code: FIRST_REASON - place for place, code in enumerate(reasons)}
    return numbers | {NOT_ASKED: int(NOT_ASKED)}


def clipped(text: str, most: int) -> str:
    """The beginning of a text that takes so many bytes at most."""
    return text.encode()[:most].decode(errors="ignore")


def write_sav(data: Data, file: IO[bytes]) -> None:
    """With labels, missing values and measures. Raises CannotWrite over MOST_ROWS rows."""
    # It takes a second to come, and nothing else needs it.
    import pandas  # noqa: PLC0415
    import pyreadstat  # noqa: PLC0415

    variables = spss_variables(data.columns)
    series = _series(data, variables)
    frame = pandas.DataFrame(
        {
            variable.name: pandas.Series(cells, dtype=_dtype(variable))
            for variable, cells in zip(variables, series, strict=True)
        }
    )
    labels = {variable.name: variable.labels() for variable in variables}
    missing = {variable.name: variable.missing() for variable in variables}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.sav"
        pyreadstat.write_sav(
            frame,
            str(path),
            file_label=clipped(str(data.questionnaire.title), 64),
            column_labels={v.name: clipped(v.column.label, 255) for v in variables},
            variable_value_labels={name: found for name, found in labels.items() if found},
            missing_ranges={name: found for name, found in missing.items() if found},
            variable_measure={v.name: str(v.column.measure) for v in variables},
            variable_format={v.name: "F8.0" for v in variables if _is_number(v)},
            row_compress=True,
        )
        with path.open("rb") as written:
            while block := written.read(1 << 20):
                file.write(block)


def _series(data: Data, variables: list[SpssVariable]) -> list[list[Any]]:
    series: list[list[Any]] = [[] for _variable in variables]
    for number, row in enumerate(data.rows(), 1):
        if number > MOST_ROWS:
            raise CannotWrite(
                ngettext(
                    "An SPSS file is written for %(number)s row at most. Take CSV and the SPSS "
                    "syntax that reads it.",
                    "An SPSS file is written for %(number)s rows at most. Take CSV and the SPSS "
                    "syntax that reads it.",
                    MOST_ROWS,
                )
                % {"number": MOST_ROWS}
            )
        for variable, cells, cell in zip(variables, series, row, strict=True):
            cells.append(_spss_value(variable, cell))
    return series


def _spss_value(variable: SpssVariable, cell: str | None) -> Any:
    if cell is None:
        return "" if variable.is_text else None
    if variable.column.cell == Cell.TIME:
        # Times have no reasons of their own for being absent.
        return None if cell == UNASKED else datetime.fromisoformat(cell).replace(tzinfo=None)
    code = NOT_ASKED if cell == UNASKED else cell
    if variable.numbers is not None:
        # What no version's options have, and yet is stored, is no value SPSS could name.
        return variable.numbers.get(code)
    if variable.is_text and len(code.encode()) > MOST_BYTES:
        raise CannotWrite(_("An answer is longer than a text of SPSS can be. Take CSV."))
    return code if variable.is_text else int(code)


def _is_number(variable: SpssVariable) -> bool:
    return not variable.is_text and variable.column.cell != Cell.TIME


def _dtype(variable: SpssVariable) -> str:
    if variable.column.cell == Cell.TIME:
        return "datetime64[us]"
    return "object" if variable.is_text else "float64"


def write_sps(data: Data, file: IO[bytes]) -> None:
    """Syntax that reads the CSV with codes beside it and gives its columns what a .sav has."""
    variables = spss_variables(data.columns)
    widths = _widths(data, variables)
    for line in _syntax(data, variables, widths):
        file.write(f"{line}\n".encode())


def _widths(data: Data, variables: list[SpssVariable]) -> list[int]:
    """How many bytes the longest cell of each column takes."""
    widths = [max(len(code.encode()) for code in (*v.column.codes, NOT_ASKED)) for v in variables]
    for row in data.rows():
        for place, cell in enumerate(row):
            # One more for the apostrophe before what would be a formula.
            if cell is not None and len(cell) * 4 >= widths[place]:
                widths[place] = max(widths[place], len(cell.encode()) + 1)
    return [min(width, MOST_BYTES) for width in widths]


def csv_name(data: Data) -> str:
    return f"{data.questionnaire.slug}.csv"


def _syntax(data: Data, variables: list[SpssVariable], widths: list[int]) -> Iterator[str]:
    yield "\ufeff* Encoding: UTF-8."
    yield f"* Reads {csv_name(data)}, the CSV with codes; keep both files in one folder."
    yield "GET DATA /TYPE=TXT"
    yield f"  /FILE={_quoted(csv_name(data))}"
    yield "  /ENCODING='UTF8' /ARRANGEMENT=DELIMITED /DELIMITERS=\",\" /QUALIFIER='\"'"
    yield "  /FIRSTCASE=2 /VARIABLES="
    for variable, width in zip(variables, widths, strict=True):
        kind = f"A{max(width, 20)}" if variable.is_text or _is_converted(variable) else "F8.0"
        yield f"    {_read_as(variable)} {kind}"
    yield "  ."
    for variable in filter(_is_converted, variables):
        yield from _converted(variable)
    # In the order of the codebook, without what was only read to be converted.
    yield (
        "ADD FILES FILE=*\n  /KEEP=" + "\n    ".join(variable.name for variable in variables) + "."
    )
    yield from _described(variables)
    yield "EXECUTE."


def _is_converted(variable: SpssVariable) -> bool:
    """Whether it stands in the CSV as text and is none in SPSS."""
    return variable.column.cell == Cell.TIME or bool(_reasons(variable))


def _reasons(variable: SpssVariable) -> dict[str, int]:
    """Those of its codes that are not written as the numbers they are in SPSS."""
    return {code: n for code, n in (variable.numbers or {}).items() if code != str(n)}


def _read_as(variable: SpssVariable) -> str:
    return f"@{variable.name[:60]}" if _is_converted(variable) else variable.name


def _converted(variable: SpssVariable) -> Iterator[str]:
    read, name = _read_as(variable), variable.name
    if variable.column.cell == Cell.TIME:

        def part(start: int, length: int) -> str:
            return f"NUMBER(SUBSTR({read}, {start}, {length}), F{length})"

        day = f"DATE.DMY({part(9, 2)}, {part(6, 2)}, {part(1, 4)})"
        yield f"COMPUTE {name} = {day} +\n  TIME.HMS({part(12, 2)}, {part(15, 2)}, {part(18, 2)})."
        yield f"FORMATS {name} (DATETIME20)."
        return
    pairs = " ".join(f"({_quoted(code)}={number})" for code, number in _reasons(variable).items())
    yield f"RECODE {read} {pairs} (CONVERT) INTO {name}."
    yield f"FORMATS {name} (F8.0)."


def _described(variables: list[SpssVariable]) -> Iterator[str]:
    for variable in variables:
        yield f"VARIABLE LABELS {variable.name} {_quoted(clipped(variable.column.label, 255))}."
        labels = variable.labels()
        if labels:
            pairs = "\n  ".join(f"{_literal(v)} {_quoted(label)}" for v, label in labels.items())
            yield f"VALUE LABELS {variable.name}\n  {pairs}."
        missing = variable.missing()
        if missing:
            yield f"MISSING VALUES {variable.name} ({', '.join(map(_literal, missing))})."
        yield f"VARIABLE LEVEL {variable.name} ({str(variable.column.measure).upper()})."


def _literal(value: Any) -> str:
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    one_line = " ".join(text.split())
    return "'" + one_line.replace("'", "''") + "'"
