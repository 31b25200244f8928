"""What things are called on the pages of review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.conf import settings
from django.utils.timesince import timesince

from surveys.models import Place, Response, Version
from surveys.question_types import QuestionType, question_types
from surveys.reviewing.redaction import Span
from surveys.serbian import to_latin


@dataclass(frozen=True)
class Asked:
    """What the words of one name answer: a question, or what is beside it."""

    kind: QuestionType
    beside: str
    """The label of the words beside a closed question; empty for an open one."""

    @property
    def short(self) -> str:
        short = str(self.kind.question.short or self.kind.question.text)
        return f"{short}: {self.beside}" if self.beside else short


def asked_in(version: Version) -> dict[str, Asked]:
    """Every name under which words stand. Expects a version that came `with_questions()`."""
    asked: dict[str, Asked] = {}
    for kind in question_types(version):
        fields = kind.word_fields()
        for name in kind.words_names():
            asked[name] = Asked(kind, str(fields[name].label) if name in fields else "")
    return asked


def called(response: Response, *, named: bool) -> str:
    """`CIT-K7QF-9M2D`, or only what kind of response it is, for whoever may not know which."""
    questionnaire = response.questionnaire
    if not named:
        return str(questionnaire.name)
    prefix = questionnaire.reference_prefix
    return f"{prefix}-{response.reference}" if prefix else response.reference


def is_cyrillic(text: str) -> bool:
    return to_latin(text) != text


def tag_of(response: Response, text: str, *, latin: bool) -> str:
    """The `lang` of a text as it is shown: its script may be another than the form's."""
    if not response.language.startswith("sr"):
        return settings.LANGUAGE_TAGS[response.language]
    return "sr-Cyrl" if is_cyrillic(text) and not latin else "sr-Latn"


def pieces(text: str, marks: Sequence[Span]) -> list[tuple[str, bool]]:
    """The text cut where marks begin and end, and whether each piece is marked."""
    cuts = sorted({0, len(text), *(position for span in marks for position in span)})
    return [
        (text[start:end], any(a <= start and end <= b for a, b in marks))
        for start, end in pairwise(cuts)
    ]


def places_by_code() -> dict[str, str]:
    """What places are called in the active language."""
    return {place.code: str(place.short_name or place.name) for place in Place.objects.all()}


def where(response: Response, places: Mapping[str, str], *, named: bool) -> str:
    """Since when it waits, where it is from and its language, on one line."""
    age = timesince(response.sent_at, depth=1) if named and response.sent_at else ""
    place = places.get(response.place or "", "")
    return " · ".join(filter(None, [age, place, str(response.get_language_display())]))
