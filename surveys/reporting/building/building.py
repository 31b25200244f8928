"""A report from its source: the parts in order."""

from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.dates import long_date, on_every_clock
from surveys.reporting import texts
from surveys.reporting.building.annexes import codebook, questionnaire
from surveys.reporting.building.answers import answers
from surveys.reporting.building.comparisons import audiences, borders
from surveys.reporting.building.participation import participation
from surveys.reporting.building.record import record
from surveys.reporting.building.words import campaigns, themes
from surveys.reporting.content import Block, Note, Part, Report, numbered
from surveys.reporting.source import Source


def build(source: Source) -> Report:
    """In the active language, which is to be the one the source was read in."""
    consultation = source.consultation
    title = _("Summary report on the consultation")
    return numbered(
        Report(
            language=get_language() or "en",
            programme=str(consultation.programme.name),
            title=title,
            subtitle=str(consultation.short_title),
            facts=tuple(_facts(source)),
            parts=tuple(part for part in _parts(source) if part.blocks),
            labels={
                "contents": _("Contents"),
                "table": _("Table"),
                "figure": _("Figure"),
                "funded": _("Co-funded by the European Union"),
            },
        )
    )


def _facts(source: Source) -> Iterator[tuple[str, str]]:
    consultation = source.consultation
    opened, closes = (
        long_date(timezone.localtime(moment))
        for moment in (consultation.opens_at, consultation.closes_at)
    )
    # In Serbian a dash would want the months in the nominative, which long_date does not write.
    period = _("%(opened)s – %(closes)s") % {"opened": opened, "closes": closes}
    yield _("Period"), period
    yield _("Figures as of"), on_every_clock(source.release.made_at, source.countries)
    yield _("Release"), str(source.release.number)


def _parts(source: Source) -> Iterator[Part]:
    key = texts.INTRODUCTION
    yield Part(key, _("Introduction"), (*_written(source, key), Note(texts.self_selected())))
    yield _short(texts.METHOD, _("Method and period"), _written(source, texts.METHOD))
    yield Part("participation", _("Who took part"), tuple(participation(source)))
    yield Part("answers", _("The answers, question by question"), tuple(answers(source)))
    yield Part("audiences", _("Citizens and organisations side by side"), tuple(audiences(source)))
    yield Part("borders", _("Both sides of the border"), tuple(borders(source)))
    yield Part("themes", _("What people wrote"), tuple(themes(source)))
    yield _short("campaigns", _("Campaigns"), campaigns(source))
    yield _short("record", _("What was counted and what was not"), record(source))
    key = texts.CONCLUSIONS
    yield Part(key, _("Conclusions"), tuple(_written(source, key)))
    key = texts.ACKNOWLEDGEMENT
    yield _short(key, _("Acknowledgement"), _written(source, key))
    yield from _annexes(source)


def _annexes(source: Source) -> Iterator[Part]:
    for each in source.questionnaires:
        title = _("Questionnaire: %(name)s") % {"name": each.name}
        yield Part(f"questionnaire-{each.slug}", title, tuple(questionnaire(each)), is_annex=True)
    for each in source.questionnaires:
        title = _("Codebook: %(name)s") % {"name": each.name}
        yield Part(f"codebook-{each.slug}", title, tuple(codebook(each)), is_annex=True)


def _short(key: str, title: str, blocks: Iterable[Block]) -> Part:
    """A part that goes on below the one before it."""
    return Part(key, title, tuple(blocks), begins_page=False)


def _written(source: Source, key: str) -> list[Block]:
    return [*texts.said(source.texts, key, texts.places(source)[key].default)]
