"""The texts of a report: what staff wrote, else what is written from the data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.dates import long_date, on_every_clock
from surveys.models import ReportText
from surveys.reporting.content import Text
from surveys.reporting.source import Source
from surveys.tabulation.small_cells import SMALL
from surveys.translated import Text as Translated
from surveys.translated import derived
from surveys.wording import not_shown, number

INTRODUCTION, METHOD = "introduction", "method"
CONCLUSIONS, ACKNOWLEDGEMENT = "conclusions", "acknowledgement"


@dataclass(frozen=True)
class Place:
    """Where staff can write: its key, its name, and what stands there while nobody has."""

    key: str
    name: str
    default: str = ""


def places(source: Source) -> dict[str, Place]:
    """Every place for a text, in the order of the report."""
    found = [
        Place(INTRODUCTION, _("Introduction"), introduction(source)),
        Place(METHOD, _("Method"), method(source)),
        *_comments(source),
        Place(CONCLUSIONS, _("Conclusions")),
        Place(ACKNOWLEDGEMENT, _("Acknowledgement"), acknowledgement(source)),
    ]
    return {place.key: place for place in found}


def comment_key(questionnaire: str, question: str) -> str:
    return f"comment-{questionnaire}-{question}"


def _comments(source: Source) -> Iterator[Place]:
    for (slug, name), each in source.asked.items():
        words = f"{each.questionnaire.name}: {each.question.short}"
        yield Place(comment_key(slug, name), words)


def said(texts: Mapping[str, ReportText], key: str, default: str = "") -> list[Text]:
    """What stands in a place, in the active language; nothing where there is nothing to say.

    A text that has no translation stands there in another language, and says so.
    """
    stored = texts.get(key)
    if stored is None or not stored.text:
        return [Text(default)] if default else []
    active = get_language() or settings.LANGUAGE_CODE
    language = language_of(stored.text, active)
    words = stored.text.in_language(active)
    if language == active:
        return [Text(words)]
    names = {code: str(name) for code, name in settings.LANGUAGES}
    mark = _("This text is in another language: %(language)s. It is not translated yet.")
    return [Text(words, language, mark % {"language": names[language]})]


def language_of(text: Translated, wanted: str) -> str:
    """The language it is shown in where one is wanted."""
    if text.get(wanted) or derived(text, wanted):
        return wanted
    if text.get(settings.LANGUAGE_CODE):
        return settings.LANGUAGE_CODE
    return next((code for code, words in text.items() if words), wanted)


def missing_languages(text: Translated) -> list[str]:
    """Names of the languages that a text of staff's is shown in another language in."""
    return [
        str(name) for code, name in settings.LANGUAGES if text and language_of(text, code) != code
    ]


def introduction(source: Source) -> str:
    words = {
        "title": str(source.consultation.short_title),
        "programme": str(source.consultation.programme.name),
    }
    opening = _(
        "This report sets out what was answered in the consultation “%(title)s” of the"
        " %(programme)s. It states facts: every figure in it was counted from the answers."
    )
    totals = [
        f"{each.questionnaire.name}: {number(each.total)}" for each in source.participation.of
    ]
    reached = _("%(number)s of the programme’s %(all)s counties and districts have answered.")
    return "\n\n".join(
        [
            opening % words,
            f"{_('Responses')}: {', '.join(totals)}. "
            + reached
            % {"number": source.participation.answered, "all": source.participation.places},
        ]
    )


def method(source: Source) -> str:
    return "\n\n".join([" ".join(_when_and_how(source)), *_how_counted(source)])


def _when_and_how(source: Source) -> Iterator[str]:
    consultation, countries = source.consultation, source.countries
    opened = on_every_clock(consultation.opens_at, countries)
    closes = on_every_clock(consultation.closes_at, countries)
    yield _("The consultation opened on %(date)s.") % {"date": opened}
    if consultation.stage() == consultation.Stage.CLOSED:
        yield _("It closed on %(date)s.") % {"date": closes}
    else:
        yield _("It is open until %(date)s: the figures are interim.") % {"date": closes}
    if consultation.extended_from:
        before = long_date(timezone.localtime(consultation.extended_from))
        yield _("The deadline was extended: it was to close on %(date)s.") % {"date": before}
    for name, words in (
        ("language", _("Answers came in these languages: %(list)s.")),
        ("channel", _("They came by these channels: %(list)s.")),
    ):
        if labels := _labels_seen(source, name):
            yield words % {"list": "; ".join(labels)}


def _labels_seen(source: Source, name: str) -> list[str]:
    """Groups that are shown for any questionnaire."""
    found: dict[str, None] = {}
    for each in source.participation.of:
        seen = each.groups.get(name, {})
        for dimension in source.dimensions[each.questionnaire.slug]:
            if dimension.name == name:
                labels = dimension.groups.items()
                found |= {label: None for code, label in labels if seen.get(code)}
    return list(found)


def _how_counted(source: Source) -> Iterator[str]:
    yield _(
        "Shares are of those who gave an answer. Who skipped a question, and who answered that they"
        " do not know or would rather not say, is told apart and left out of them. Where several"
        " answers could be chosen, shares add up to more than 100%."
    )
    words = {"number": SMALL, "words": not_shown()}
    yield (
        _(
            "Numbers under %(number)s, and others from which they could be worked out, are left"
            " out: “%(words)s” stands in their place. It may also stand for nobody."
        )
        % words
    )
    yield _("All numbers of answers are those of release %(number)s, made on %(date)s.") % {
        "number": source.release.number,
        "date": long_date(timezone.localtime(source.release.made_at)),
    }


def acknowledgement(source: Source) -> str:
    return _(
        "The %(programme)s thanks everybody who took the time to answer, and everybody who helped"
        " others to."
    ) % {"programme": source.consultation.programme.name}


def self_selected() -> str:
    """Stands in every report, whatever staff write."""
    return _(
        "The figures describe those who answered. Anyone could answer, and nobody was drawn at"
        " random: the figures are not those of the whole population, and no share in this report is"
        " an estimate of one."
    )
