"""Quotations as they are shown outside the desk. Whatever quotes an answer asks here."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.models import (
    Consultation,
    Decision,
    Place,
    Questionnaire,
    Quotation,
    Response,
)
from surveys.reviewing.redaction import published_text
from surveys.serbian import to_latin
from surveys.translated import Text, derived
from surveys.verbatims import digest_of


@dataclass(frozen=True)
class Shown:
    """One quotation for the active language."""

    pk: int
    question: str
    """The name its words have in the answer document."""
    text: str
    language: str
    """For the text's `lang` attribute."""
    translation: str
    """In the active language; empty where it is the text's own, or nobody has translated it."""
    who: str
    place: str


def shown(
    consultation: Consultation, limit: int | None = 6, *, question: str | None = None
) -> list[Shown]:
    """The first quotations that may be shown, in the order staff gave them.

    One whose response was withdrawn, whose words are others now, or about which something else was
    decided since is left out.
    """
    chosen = consultation.quotations.all()
    if question is not None:
        chosen = chosen.filter(question=question)
    found: list[Shown] = []
    for each in shown_of(chosen).values():
        if limit is not None and len(found) >= limit:
            break
        found.append(each)
    return found


def shown_of(quotations: QuerySet[Quotation]) -> dict[int, Shown]:
    """Those of them that may be shown, by number, in their order."""
    chosen = list(_with_response(quotations))
    places = _places() if chosen else {}
    return {
        each.pk: _shown(each, text, places)
        for each in chosen
        if (text := text_of(each)) is not None
    }


def text_of(quotation: Quotation) -> str | None:
    """Its words, as long as they are those that were chosen; None where it may not be shown."""
    text = quotable(quotation.response, quotation.question)
    return text if text is not None and digest_of(text) == quotation.digest else None


def quotable(response: Response, name: str) -> str | None:
    """What of these words may be quoted: what is published of them, in a response that counts.

    What stands in place of hidden words is in the form's language, like the words around it.
    """
    words = response.answers.get(name)
    if not isinstance(words, str) or not words or not _may_be_quoted(response):
        return None
    with translation.override(response.language):
        return published_text(words, _decision(response, name))


def with_decisions(responses: QuerySet[Response]) -> QuerySet[Response]:
    """With what `quotable` and `who_said` look at, in a fixed number of queries."""
    current = Decision.objects.filter(is_current=True)
    return responses.select_related("questionnaire", "organisation").prefetch_related(
        Prefetch("decisions", current, to_attr="current_decisions")
    )


def who_said(response: Response, place: str) -> str:
    """`Citizen, Mehedinți`; an organisation by its name only where it agreed to be named."""
    is_citizen = response.questionnaire.answered_by == Questionnaire.AnsweredBy.ANYONE
    if not is_citizen and response.publication == Response.Publication.NAMED:
        return response.organisation.name if response.organisation else _("Organisation")
    if not place:
        return _("Citizen") if is_citizen else _("Organisation")
    said = _("Citizen, %(place)s") if is_citizen else _("Organisation, %(place)s")
    return said % {"place": place}


def tag_of(language: str, text: str) -> str:
    """The `lang` of words in that language: Serbian is in the script it was written in."""
    if not language.startswith("sr"):
        return settings.LANGUAGE_TAGS[language]
    return "sr-Cyrl" if to_latin(text) != text else "sr-Latn"


def spoken(language: str) -> str:
    """The language whatever its script."""
    return language.partition("-")[0]


def translated_into(translations: Text, language: str) -> str:
    """What somebody has translated into just that language; Serbian Latin by rule."""
    return translations.get(language) or derived(translations, language)


def _shown(quotation: Quotation, text: str, places: dict[str, str]) -> Shown:
    response = quotation.response
    place = places.get(response.place or "", "")
    active = get_language() or settings.LANGUAGE_CODE
    is_own = spoken(active) == spoken(quotation.language)
    return Shown(
        pk=quotation.pk,
        question=quotation.question,
        text=text,
        language=tag_of(quotation.language, text),
        translation="" if is_own else translated_into(quotation.translations, active),
        who=who_said(response, place),
        place=place,
    )


def _with_response(quotations: QuerySet[Quotation]) -> Iterator[Quotation]:
    responses = with_decisions(Response.objects.all())
    yield from quotations.prefetch_related(Prefetch("response", responses))


def _may_be_quoted(response: Response) -> bool:
    """Whether it counts, and its sender agreed to more than the totals."""
    return response.is_counted and response.publication != Response.Publication.TOTALS_ONLY


def _decision(response: Response, name: str) -> Decision | None:
    prefetched: list[Decision] | None = getattr(response, "current_decisions", None)
    if prefetched is None:
        return response.decisions.filter(question=name, is_current=True).first()
    return next((each for each in prefetched if each.question == name), None)


def _places() -> dict[str, str]:
    """What places are called in the active language."""
    return {place.code: str(place.short_name or place.name) for place in Place.objects.all()}
