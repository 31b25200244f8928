"""What people wrote: themes, chosen quotations, and campaigns."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from surveys.copies import Copies
from surveys.quoting import Shown
from surveys.reporting.content import (
    Bar,
    BarChart,
    Block,
    Heading,
    Note,
    Quotation,
    Table,
    Text,
)
from surveys.reporting.source import Source
from surveys.tabulation.counted import Number
from surveys.tabulation.figures import share
from surveys.tabulation.small_cells import SMALL
from surveys.themes import Themes
from surveys.wording import number, percent


def not_small(n: int) -> Number:
    """None under ten."""
    return n if n >= SMALL else None


def themes(source: Source) -> Iterator[Block]:
    """Of each question with words that were coded or are quoted."""
    for questionnaire in source.questionnaires:
        for each in source.copies[questionnaire.slug]:
            coded = source.themes.get((questionnaire.slug, each.name))
            quotations = source.quotations[questionnaire.slug]
            quoted = [words for words in quotations if words.question == each.name]
            is_coded = coded is not None and coded.coded >= SMALL
            if quoted or is_coded:
                yield Heading(2, f"{questionnaire.name}: {each.label}")
            if coded is not None and is_coded:
                yield _theme_chart(each, coded)
            yield from _quoted(quoted)


def _quoted(quoted: list[Shown]) -> Iterator[Block]:
    if quoted:
        yield Text(_("Some of what was written, as it was written:"))
    tags = {tag: code for code, tag in settings.LANGUAGE_TAGS.items()}
    for words in quoted:
        yield Quotation(words.text, tags[words.language], words.who, words.translation)


def _theme_chart(each: Copies, coded: Themes) -> BarChart:
    bars = []
    for code, n in coded.counts:
        part = share(n, coded.coded)
        bars.append(Bar(str(code.label), (number(n), percent(part)), (part,)))
    note = _("Answers that were coded: %(number)s. One answer can have several themes.")
    return BarChart(
        _("Themes: %(question)s") % {"question": each.label},
        (_("Theme"), _("Answers"), _("Share")),
        tuple(bars),
        note=note % {"number": number(coded.coded)},
    )


def campaigns(source: Source) -> Iterator[Block]:
    """Raw, distinct and campaign counts side by side."""
    asked = [
        (f"{questionnaire.name}: {each.label}", each)
        for questionnaire in source.questionnaires
        for each in source.copies[questionnaire.slug]
        if each.raw
    ]
    rows = [
        (
            name,
            number(not_small(each.raw)),
            number(not_small(each.distinct) if each.raw >= SMALL else None),
            number(each.campaign if each.campaign == 0 else not_small(each.campaign)),
            number(each.campaigns),
        )
        for name, each in asked
        if each.is_sought
    ]
    unsought = [name for name, each in asked if not each.is_sought]
    if not rows:
        if unsought:
            yield Note(_("Copies among the answers have not been looked for."))
        return
    yield Text(
        _(
            "Answers of which many are nearly the same are told apart here, and nothing is left"
            " out: all figures of this report count every answer."
        )
    )
    header = (
        _("Question"),
        _("All answers with words"),
        _("Distinct: copies counted once"),
        _("Part of campaigns"),
        _("Campaigns"),
    )
    yield Table(_("Answers with words, and copies among them"), header, tuple(rows), 4)
    if not any(each.campaigns for found in source.copies.values() for each in found):
        yield Note(_("No campaign was found."))
    if unsought:
        said = _("Copies have not been looked for among the answers to: %(questions)s.")
        yield Note(said % {"questions": "; ".join(unsought)})
