"""Every question with its chart, its base, and who was not asked, skipped it or has no opinion."""

from collections.abc import Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from surveys import wording
from surveys.asked import Asked
from surveys.dates import long_date
from surveys.question_types.choice import SingleChoice
from surveys.question_types.matrix import Matrix
from surveys.question_types.ranking import Ranking
from surveys.reporting.content import Bar, BarChart, Block, DivergingChart, Heading, Table, Text
from surveys.reporting.source import Source
from surveys.reporting.texts import comment_key, said
from surveys.tabulation.figures import Figures, ItemFigures, Line, RankedLine, figures
from surveys.wording import decimal, number, percent


def answers(source: Source) -> Iterator[Block]:
    for questionnaire in source.questionnaires:
        yield Heading(2, str(questionnaire.name))
        for each in source.questions(questionnaire):
            yield from question(source, each)


def question(source: Source, each: Asked) -> Iterator[Block]:
    numbers = figures(each.kind, source.counted(each))
    yield Heading(3, _heading(each))
    yield Text(str(each.question.text))
    if is_hidden(numbers):
        yield Text(_("The answers to this question are not shown: there are too few."))
    else:
        yield Text(" ".join(_base(source, each, numbers)))
        yield from _chart(each, numbers)
    yield from said(source.texts, comment_key(each.questionnaire.slug, each.name))


def is_hidden(numbers: Figures) -> bool:
    """Whether there is nothing at all to tell."""
    shown = [numbers.asked, numbers.answered, *(line.n for line in numbers.lines)]
    shown += [line.n for item in numbers.items for line in item.lines]
    return all(each is None for each in shown)


def share_of(line: Line) -> float | None:
    """Of a ranking: of those who gave it any rank."""
    return line.ranked_share if isinstance(line, RankedLine) else line.share


def in_order(each: Asked, lines: Sequence[Line]) -> list[Line]:
    """As asked where the order may mean something, else the most frequent first."""
    if isinstance(each.kind, SingleChoice) and not each.kind.is_list:
        return list(lines)
    others = {option.code for option in each.kind.options if option.names_other}
    return sorted(lines, key=lambda line: (line.code in others, -(share_of(line) or -1)))


def _heading(each: Asked) -> str:
    words = str(each.question.short) or each.name
    return f"{words} ({each.name})"


def _base(source: Source, each: Asked, numbers: Figures) -> Iterator[str]:
    """Who stands behind the figures, in a line."""
    told = [
        (pgettext("how many people", "Asked"), numbers.asked),
        (_("Answered"), numbers.answered),
        (_("Skipped the question"), numbers.skipped),
    ]
    if numbers.not_asked != 0:
        told.insert(1, (_("Not asked"), numbers.not_asked))
    if numbers.apart and not numbers.items:
        told.append((_("No opinion"), numbers.no_opinion))
    if not each.kind.is_open and not numbers.items:
        told.append((_("Base of the shares"), numbers.base))
    yield "; ".join(f"{name}: {number(n)}" for name, n in told) + "."
    if how := wording.how_many(each.kind):
        yield f"{how}."
    table = source.table(each)
    held_back = source.release.held_back.get(each.questionnaire.slug, [])
    if table and each.name in held_back:
        date = long_date(timezone.localtime(table.counted_at))
        yield _("These figures are of %(date)s.") % {"date": date}


def _chart(each: Asked, numbers: Figures) -> Iterator[Block]:
    if each.kind.is_open:
        return
    if isinstance(each.kind, Matrix):
        yield _matrix(each, numbers)
    elif isinstance(each.kind, Ranking):
        yield _ranking(each, numbers, each.kind.ranks)
    else:
        yield _bars(each, numbers)


def _bars(each: Asked, numbers: Figures) -> BarChart:
    lines = in_order(each, numbers.lines)
    bars = [Bar(line.label, (number(line.n), percent(line.share)), (line.share,)) for line in lines]
    bars += [
        Bar(line.label, (number(line.n), percent(line.share)), (line.share,), is_apart=True)
        for line in numbers.apart
    ]
    header = (_("Answer"), _("Number"), _("Share"))
    note = ""
    if numbers.apart:
        note = _("In italics: no opinion. Their shares are of all who answered.")
    return BarChart(str(each.question.short), header, tuple(bars), note=note)


def _ranking(each: Asked, numbers: Figures, ranks: int) -> BarChart:
    bars = [
        Bar(
            line.label,
            (number(line.points), percent(line.share), percent(line.ranked_share)),
            (line.ranked_share,),
        )
        for line in numbers.by_points
    ]
    note = _(
        "A first choice is worth %(most)s points, the next one less, and the last 1. The bars show"
        " how many gave it any rank."
    )
    header = (_("Answer"), _("Points"), _("First choice"), _("Any rank"))
    return BarChart(str(each.question.short), header, tuple(bars), note=note % {"most": ranks})


def _matrix(each: Asked, numbers: Figures) -> DivergingChart:
    steps = tuple(line.label for line in numbers.items[0].lines)
    rows = tuple((item.label, _shares(item)) for item in numbers.items)
    points = [str(point) for point in range(1, len(steps) + 1)]
    header = (_("Item"), *points, _("Mean"), _("Base"), _("No opinion"))
    scale = "; ".join(f"{point} = {step}" for point, step in zip(points, steps, strict=True))
    table = Table(
        str(each.question.short),
        header,
        tuple(_matrix_row(item) for item in numbers.items),
        len(header) - 1,
        f"{scale}. " + _("Shares are of the base; the mean is of these points."),
        widths=(13, *[3] * len(steps), 4, 4, 5),
    )
    caption = str(each.question.short)
    told = [f"{row[0]}: {', '.join(row[1 : 1 + len(steps)])}" for row in table.rows]
    return DivergingChart(
        caption, f"{caption}. {'. '.join(told)}", table, steps, rows, hidden=wording.not_shown()
    )


def _matrix_row(item: ItemFigures) -> tuple[str, ...]:
    shares = [percent(line.share) for line in item.lines]
    return (
        item.label,
        *shares,
        decimal(item.mean),
        number(item.base),
        number(item.no_opinion),
    )


def _shares(item: ItemFigures) -> tuple[float, ...] | None:
    known = tuple(line.share for line in item.lines if line.share is not None)
    return known if len(known) == len(item.lines) else None
