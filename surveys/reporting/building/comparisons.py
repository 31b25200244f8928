"""Audiences side by side on the questions that share codes, and both sides of the border."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from surveys.asked import Asked, side_by_side
from surveys.models import Questionnaire
from surveys.reporting.building.answers import in_order, share_of
from surveys.reporting.content import Bar, BarChart, Block, Heading, Table, Text
from surveys.reporting.source import Source
from surveys.tabulation.counted import COUNTRY
from surveys.tabulation.figures import Figures, figures
from surveys.wording import decimal, number, percent


def audiences(source: Source) -> Iterator[Block]:
    """Questions that are asked of several audiences with the same codes."""
    opinions = [each for each in source.asked.values() if not each.is_about_them]
    for group in side_by_side(opinions):
        if len(group) > 1:
            sides = [(each.audience, figures(each.kind, source.counted(each))) for each in group]
            yield _chart(str(group[0].question.short), group[0], sides)


def borders(source: Source) -> Iterator[Block]:
    """Every closed opinion question by country."""
    for questionnaire in source.questionnaires:
        blocks = list(_of_countries(source, questionnaire))
        if blocks:
            yield Heading(2, str(questionnaire.name))
            yield from blocks


def _of_countries(source: Source, questionnaire: Questionnaire) -> Iterator[Block]:
    for each in source.questions(questionnaire):
        if each.is_about_them or each.kind.is_open:
            continue
        sides = [
            (
                str(country.name),
                figures(each.kind, source.counted(each, COUNTRY, country.code)),
            )
            for country in source.countries
        ]
        if not any(_has_figures(numbers) for _name, numbers in sides):
            continue
        if each.kind.has_items:
            yield _means(each, sides)
        else:
            yield _chart(str(each.question.short), each, sides)


def _has_figures(numbers: Figures) -> bool:
    lines = [*numbers.lines, *(line for item in numbers.items for line in item.lines)]
    return any(share_of(line) is not None for line in lines)


def _chart(caption: str, first: Asked, sides: Sequence[tuple[str, Figures]]) -> BarChart | Text:
    by_code = [{line.code: line for line in numbers.lines} for _name, numbers in sides]
    ordered = in_order(first, sides[0][1].lines)
    bars = []
    for line in ordered:
        shares = [share_of(lines[line.code]) if line.code in lines else None for lines in by_code]
        bars.append(Bar(line.label, tuple(map(percent, shares)), tuple(shares)))
    names = tuple(name for name, _numbers in sides)
    bases = [f"{name}: {number(numbers.base)}" for name, numbers in sides]
    note = f"{_('Base of the shares')}: {', '.join(bases)}."
    return BarChart(caption, (_("Answer"), *names), tuple(bars), names, note)


def _means(each: Asked, sides: Sequence[tuple[str, Figures]]) -> Table:
    items = zip(*(numbers.items for _name, numbers in sides), strict=True)
    rows = [
        (row[0].label, *(decimal(i.mean) for i in row), *(number(i.base) for i in row))
        for row in items
    ]
    names = [name for name, _numbers in sides]
    header = (
        _("Item"),
        *(_("Mean: %(name)s") % {"name": name} for name in names),
        *(_("Base: %(name)s") % {"name": name} for name in names),
    )
    return Table(str(each.question.short), header, tuple(rows), len(header) - 1)
