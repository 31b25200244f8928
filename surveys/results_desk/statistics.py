"""One question crossed with one dimension, as tables of numbers for reading. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from surveys.dimensions import Dimension
from surveys.question_types import QuestionType
from surveys.releasing.groups import label
from surveys.tabulation.counted import Number, Table
from surveys.tabulation.figures import Figures, ItemFigures, Line, RankedLine, figures


@dataclass(frozen=True)
class Cell:
    """A number as it is written, and its share; nothing where it is not shown."""

    number: str = ""
    share: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Cell]
    is_apart: bool = False


@dataclass(frozen=True)
class Statistics:
    """A table of its own: answers downwards, groups from left to right, and under them the base
    and who is not in it."""

    heading: str
    columns: list[str]
    rows: list[Row]
    under: list[Row]


def statistics(kind: QuestionType, table: Table, dimension: Dimension) -> list[Statistics]:
    """One table; of a matrix one for each row, of a ranking one for each way to read it."""
    codes = _in_order(table.groups, dimension)
    found = [figures(kind, table.groups[code]) for code in codes]
    columns = [label(dimension, code) for code in codes]
    if not found:
        return []
    if found[0].items:
        each = [_item(columns, found, place) for place in range(len(found[0].items))]
        return [*each, Statistics(_("Everybody asked"), columns, [], _under(found))]
    if any(isinstance(line, RankedLine) for line in found[0].lines):
        return _ranking(columns, found)
    rows = _rows([each.lines for each in found]) + _apart([each.apart for each in found])
    return [Statistics("", columns, rows, _under(found))]


def _in_order(groups: Iterable[str], dimension: Dimension) -> list[str]:
    """As the questionnaire has them, then what it does not have any more, then no answer."""
    there = set(groups)
    known = [code for code in dimension.groups if code in there]
    return known + sorted(there - {*known, ""}) + [""] * ("" in there and "" not in known)


def _item(columns: list[str], found: list[Figures], place: int) -> Statistics:
    items: list[ItemFigures] = [each.items[place] for each in found]
    under = [
        _numbers(_("Base"), [each.base for each in items]),
        _numbers(_("Skipped"), [each.skipped for each in items]),
        Row(_("Mean"), [Cell(_decimal(each.mean)) for each in items]),
    ]
    rows = _rows([each.lines for each in items]) + _apart([each.apart for each in items])
    return Statistics(items[0].label, columns, rows, under)


def _ranking(columns: list[str], found: list[Figures]) -> list[Statistics]:
    lines = [each.lines for each in found]
    return [
        Statistics(_("First choice"), columns, _rows(lines), _under(found)),
        Statistics(_("At any rank"), columns, _rows(lines, _ranked), []),
        Statistics(
            _("Points, and points for each who answered"), columns, _rows(lines, _points), []
        ),
    ]


def _rows(lines: list[tuple[Line, ...]], cell: Callable[[Line], Cell] | None = None) -> list[Row]:
    """A row for each answer that any group has, from each group's lines."""
    labels = {line.code: line.label for group in lines for line in group}
    by_code = [{line.code: line for line in group} for group in lines]
    return [
        Row(
            text, [(cell or _chosen)(group[code]) if code in group else Cell() for group in by_code]
        )
        for code, text in labels.items()
    ]


def _apart(lines: list[tuple[Line, ...]]) -> list[Row]:
    return [replace(row, is_apart=True) for row in _rows(lines)]


def _chosen(line: Line) -> Cell:
    return Cell(_whole(line.n), _percent(line.share))


def _ranked(line: Line) -> Cell:
    if isinstance(line, RankedLine):
        return Cell(_whole(line.ranked), _percent(line.ranked_share))
    return Cell()


def _points(line: Line) -> Cell:
    if isinstance(line, RankedLine):
        return Cell(_whole(line.points), _decimal(line.mean_points))
    return Cell()


def _under(found: list[Figures]) -> list[Row]:
    return [
        _numbers(_("Base"), [each.base for each in found]),
        _numbers(_("No opinion"), [each.no_opinion for each in found]),
        _numbers(_("Skipped"), [each.skipped for each in found]),
        _numbers(_("Not asked"), [each.not_asked for each in found]),
        _numbers(_("Responses"), [each.total for each in found]),
    ]


def _numbers(heading: str, numbers: list[Number]) -> Row:
    return Row(heading, [Cell(_whole(number)) for number in numbers])


def _whole(number: Number) -> str:
    return "" if number is None else number_format(number, use_l10n=True, force_grouping=True)


# Rounded first: Django cuts off what is too long.


def _decimal(number: float | None) -> str:
    return "" if number is None else number_format(round(number, 2), 2, use_l10n=True)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{number_format(round(100 * share, 1), 1, use_l10n=True)} %"
