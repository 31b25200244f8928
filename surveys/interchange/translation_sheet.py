"""Translations as a spreadsheet, one row per text and two columns per language, and back."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from surveys.interchange.faults import Fault, Refused
from surveys.interchange.schema import shown
from surveys.interchange.texts import SOURCE, TARGETS, TRANSLATED, Incoming, Unit, units_of
from surveys.interchange.whole import Whole
from surveys.interchange.xlsform.columns import NAMES, read_language
from surveys.interchange.xlsform.writing import workbook
from surveys.organisation_lists import Rows

SHEET, ABOUT = "translations", "about"
SOURCE_COLUMN = f"source: {NAMES[SOURCE]}"


def write_sheet(whole: Whole) -> bytes:
    """The texts of a version: id, context, source, and each language with its status."""
    columns = ["id", "context", SOURCE_COLUMN]
    for language in TARGETS:
        columns += [NAMES[language], f"status: {NAMES[language]}"]
    about = {"questionnaire": whole.slug, "version": str(whole.number)}
    return workbook(
        {
            SHEET: (columns, [_row(unit) for unit in units_of(whole.sections)]),
            ABOUT: (["questionnaire", "version"], [about]),
        }
    )


def _row(unit: Unit) -> dict[str, str]:
    row = {"id": unit.id, "context": unit.context, SOURCE_COLUMN: unit.source}
    for language in TARGETS:
        row[NAMES[language]] = unit.text.get(language, "")
        row[f"status: {NAMES[language]}"] = unit.status(language)
    return row


def read_sheet(sheets: dict[str, Rows], slug: str) -> list[Incoming]:
    """What a workbook says, cell by cell. Raises Refused where it is none of this questionnaire's.

    A cell that is empty says nothing: it does not erase a translation. The status is believed
    where it says `translated`.
    """
    about = sheets.get(ABOUT, [])
    original = about[1][0].strip() if len(about) > 1 and about[1] else ""
    if original != slug:
        what = _("It is for “%(other)s” and not for “%(this)s”.")
        raise Refused(Fault(ABOUT, what % {"other": shown(original), "this": slug}))
    rows = sheets[SHEET]
    titles = [title.strip().lower() for title in rows[0]] if rows else []
    if titles[:1] != ["id"] or SOURCE_COLUMN.lower() not in titles:
        what = _("The first row must hold the headings “id” and “%(source)s”.")
        raise Refused(Fault(SHEET, what % {"source": SOURCE_COLUMN}))
    return list(_cells(rows, titles))


def _cells(rows: Rows, titles: list[str]) -> Iterator[Incoming]:
    source = titles.index(SOURCE_COLUMN.lower())
    columns = dict(_languages(titles))
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        for position, language in columns.items():
            text = _cell(row, position)
            status = titles.index(f"status: {titles[position]}") if _has(titles, position) else -1
            if text.strip():
                yield Incoming(
                    place=_("row %(row)d, %(column)s") % {"row": number, "column": NAMES[language]},
                    id=_cell(row, 0).strip(),
                    language=language,
                    source=_cell(row, source),
                    text=text,
                    is_done=status < 0 or _cell(row, status).strip().lower() in (TRANSLATED, ""),
                )


def _has(titles: list[str], position: int) -> bool:
    return f"status: {titles[position]}" in titles


def _languages(titles: list[str]) -> Iterator[tuple[int, str]]:
    """Columns of translations. Raises Refused where a heading names no language of ours."""
    for position, title in enumerate(titles[1:], 1):
        if not title or title == "context" or re.match(r"(status|source):", title):
            continue
        language = read_language(title)
        if language not in TARGETS:
            what = _("“%(code)s” is no language that is translated into here.")
            raise Refused(Fault(SHEET, what % {"code": shown(title)}))
        yield position, language


def _cell(row: list[str], position: int) -> str:
    return row[position] if position < len(row) else ""
