"""The page of one question, and its figures as a file."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from surveys import wording
from surveys.asked import Asked
from surveys.charts import Bars, bars
from surveys.dimensions import Dimension
from surveys.exports.harmless import harmless
from surveys.models import Question, ReleasedTable
from surveys.results.cards import Side, share_of
from surveys.tabulation.counted import EVERYBODY, NO_ANSWER, Number
from surveys.tabulation.figures import Figures, Line, RankedLine, figures

HEADER = (
    *("questionnaire", "question", "dimension", "group", "group_label", "item", "item_label"),
    *("answer", "answer_label", "n", "share", "ranked", "points", "base", "answered", "skipped"),
    "counted_at",
)


@dataclass(frozen=True)
class CrossRow:
    """One group of a cross-table, under one answer."""

    label: str
    bars: Bars
    cells: tuple[wording.Cell, ...]


@dataclass(frozen=True)
class CrossBlock:
    """An answer, or a row of a matrix, in all groups."""

    label: str
    rows: list[CrossRow]


@dataclass(frozen=True)
class Cross:
    """One question by one dimension. Groups in which nothing is shown are only named."""

    columns: tuple[str, ...]
    blocks: list[CrossBlock]
    bases: list[tuple[str, str]]
    unseen: list[str]


def wordings(question: Question) -> list[tuple[str, str, str]]:
    """The question in every variant: language tag, name of the language, words."""
    return [
        (language.tag, language.own_name, question.text.in_language(language.code))
        for language in settings.SPOKEN.values()
    ]


def figure_list(found: Figures) -> list[tuple[str, str]]:
    """Who is behind the figures: the base of the shares, and who is not in it."""
    told = [
        (_("Were asked"), found.asked),
        (_("Answered"), found.answered),
        (_("Skipped the question"), found.skipped),
        (_("No opinion"), found.no_opinion),
        (_("Base of the shares"), found.base),
    ]
    if found.items:
        del told[3:]
    return [(label, wording.number(number)) for label, number in told]


def groups_of(table: ReleasedTable, dimension: Dimension) -> dict[str, str]:
    """The groups that stand in a table, by code: in the questionnaire's order, then all others."""
    there = table.table.groups
    named = {code: label for code, label in dimension.groups.items() if code in there}
    others = {code: code for code in there if code not in named and code != NO_ANSWER}
    silent = {NO_ANSWER: _("No answer")} if NO_ANSWER in there else {}
    return named | others | silent


def cross(each: Asked, table: ReleasedTable, dimension: Dimension) -> Cross:
    """The figures of every group beneath each answer, so that groups are compared."""
    labels = groups_of(table, dimension)
    counted = table.table.groups
    by_group = {code: figures(each.kind, counted[code]) for code in labels}
    shown = {code: each_ for code, each_ in by_group.items() if Side(each, each_).is_shown}
    blocks = _items(shown, labels) if each.kind.has_items else _lines(shown, labels)
    unseen = [label for code, label in labels.items() if code not in shown]
    bases = [(labels[code], wording.number(found.base)) for code, found in shown.items()]
    columns = (_upper_half(each), _("Mean")) if each.kind.has_items else (_("Share"),)
    return Cross(columns, blocks, [] if each.kind.has_items else bases, unseen)


def _upper_half(each: Asked) -> str:
    """The upper steps of a matrix's scale."""
    steps = [str(option.label) for option in each.kind.options if not option.missing]
    return " / ".join(steps[len(steps) - len(steps) // 2 :])


def _lines(shown: Mapping[str, Figures], labels: Mapping[str, str]) -> list[CrossBlock]:
    answers = {line.code: line.label for found in shown.values() for line in found.lines}
    by_group = {code: {line.code: line for line in found.lines} for code, found in shown.items()}

    def rows(answer: str) -> list[CrossRow]:
        return [_cross_row(labels[code], lines.get(answer)) for code, lines in by_group.items()]

    return [CrossBlock(label, rows(answer)) for answer, label in answers.items()]


def _cross_row(label: str, line: Line | None) -> CrossRow:
    share = share_of(line) if line else None
    return CrossRow(label, bars([share]), (wording.percent_cell(share),))


def _items(shown: Mapping[str, Figures], labels: Mapping[str, str]) -> list[CrossBlock]:
    names = {item.code: item.label for found in shown.values() for item in found.items}
    by_group = {code: {item.code: item for item in found.items} for code, found in shown.items()}
    return [
        CrossBlock(
            name,
            [
                CrossRow(
                    labels[code],
                    bars([items[item].above]),
                    (
                        wording.percent_cell(items[item].above),
                        wording.decimal_cell(items[item].mean),
                    ),
                )
                for code, items in by_group.items()
            ],
        )
        for item, name in names.items()
    ]


def figures_file(
    each: Asked, tables: Mapping[str, ReleasedTable], dimension: Dimension | None
) -> str:
    """Everybody's figures and, where a dimension is given, those of its groups. A cell that is not
    shown is empty."""
    written = io.StringIO()
    # Spreadsheets take a file for UTF-8 by its mark.
    written.write("\ufeff")
    writer = csv.writer(written)
    writer.writerow(HEADER)
    groups = [(EVERYBODY, EVERYBODY, _("All answers"))]
    if dimension and dimension.name in tables:
        labels = groups_of(tables[dimension.name], dimension)
        groups += [(dimension.name, code, label) for code, label in labels.items()]
    for name, code, label in groups:
        if name in tables:
            table = tables[name]
            found = figures(each.kind, table.table.groups[code])
            head = (each.questionnaire.slug, each.name, name, code, harmless(label))
            writer.writerows((*head, *row) for row in _rows(found, table.counted_at))
    return written.getvalue()


def _rows(found: Figures, at: datetime) -> Iterator[tuple[str, ...]]:
    about = (_plain(found.answered), _plain(found.skipped), at.isoformat(timespec="seconds"))
    if not found.lines and not found.items:
        yield ("", "", "", "", "", "", "", "", _plain(found.base), *about)
    for lines, item, label, base in _parts(found):
        for line in lines:
            told = (line.code, harmless(line.label), _plain(line.n), _plain(line.share))
            yield (item, harmless(label), *told, *_ranked(line), _plain(base), *about)


def _parts(found: Figures) -> Iterator[tuple[Iterable[Line], str, str, Number]]:
    yield (*found.lines, *found.apart), "", "", found.base
    for item in found.items:
        yield (*item.lines, *item.apart), item.code, item.label, item.base


def _ranked(line: Line) -> tuple[str, str]:
    if isinstance(line, RankedLine):
        return _plain(line.ranked), _plain(line.points)
    return "", ""


def _plain(number: float | None) -> str:
    """For machines: a point before decimals, and nothing where it is not shown."""
    if number is None:
        return ""
    return f"{number:.4f}" if isinstance(number, float) else str(number)
