"""The codebook as a table: what every document about a data file says of its columns."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.codebook import missing_values
from surveys.question_types import Cell, Measure, Variable

CELLS = {
    Cell.CODE: gettext_lazy("code"),
    Cell.NUMBER: gettext_lazy("number"),
    Cell.WORDS: gettext_lazy("words"),
    Cell.TIME: gettext_lazy("time"),
}
MEASURES = {
    Measure.NOMINAL: gettext_lazy("nominal"),
    Measure.ORDINAL: gettext_lazy("ordinal"),
    Measure.SCALE: gettext_lazy("interval"),
}


@dataclass(frozen=True)
class CodebookRow:
    """One column of the data file, in words of the active language."""

    name: str
    label: str
    question: str
    cell: str
    measure: str
    versions: str
    codes: list[tuple[str, str]]
    missing: list[tuple[str, str]]


def codebook_row(column: Variable) -> CodebookRow:
    missing = missing_values(column)
    return CodebookRow(
        name=column.name,
        label=column.label,
        question=column.question,
        cell=str(CELLS[column.cell]),
        measure=str(MEASURES[column.measure]),
        versions=", ".join(map(str, column.versions)),
        codes=[(code, label) for code, label in column.codes.items() if code not in missing],
        missing=list(missing.items()),
    )


def headings() -> list[str]:
    """Of the codebook where it is a table."""
    return [
        *(_("Name"), _("Label"), _("Question"), _("Holds"), _("Measure"), _("Versions")),
        *(_("Codes"), _("Missing values")),
    ]


def as_lines(column: Variable) -> list[str]:
    """The cells under `headings`."""
    row = codebook_row(column)
    codes, missing = (
        "\n".join(f"{code} = {label}" for code, label in pairs)
        for pairs in (row.codes, row.missing)
    )
    own = [row.name, row.label, row.question, row.cell, row.measure, row.versions]
    return [*own, codes, missing]
