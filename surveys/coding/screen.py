"""What the pages that show an answer to code have in common: the words, and codes as tiles."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from surveys.coding.access import SEES_WHO, question_text
from surveys.coding.suggesting import Suggestion
from surveys.models import Code, CodingFrame, Place, Response, WorkingTranslation
from surveys.serbian import to_latin
from surveys.verbatims import digest_of

CYRILLIC = re.compile("[\u0400-\u04ff]")


@dataclass(frozen=True)
class Tile:
    """One code as a coder can choose it. A suggestion is told, and never ticked by itself."""

    code: Code
    is_ticked: bool
    suggestion: Suggestion | None = None


def tiles(
    frame: CodingFrame,
    ticked: Collection[str],
    suggested: Mapping[int, Suggestion] | None = None,
) -> list[Tile]:
    """All codes of a frame that are applied, by number: where they stand is learnt by hand."""
    suggested = suggested or {}
    return [
        Tile(code, str(code.number) in ticked, suggested.get(code.number))
        for code in frame.codes.applied()
    ]


def screen_of_words(
    frame: CodingFrame, response: Response, words: str, request: HttpRequest
) -> dict[str, Any]:
    """The words as they were written or in Latin letters, and what is said of who wrote them."""
    in_latin = request.GET.get("script") == "latin"
    tag = settings.LANGUAGE_TAGS[response.language]
    may_see_who = request.user.has_perm(SEES_WHO)
    language = _language()
    return {
        "frame": frame,
        "response": response,
        "question": question_text(frame),
        "words": to_latin(words) if in_latin else words,
        "words_lang": "sr-Latn" if in_latin and tag == "sr-Cyrl" else tag,
        "digest": digest_of(words),
        "has_cyrillic": bool(CYRILLIC.search(words)),
        "in_latin": in_latin,
        "script": "?script=latin" if in_latin else "",
        "place": Place.objects.filter(code=response.place or "").first(),
        "organisation": response.organisation if may_see_who else None,
        "reference": response.reference if may_see_who else "",
        "translation": WorkingTranslation.objects.select_related("made_by")
        .filter(response=response, question=frame.question, language=language)
        .first(),
        "translation_language": dict(settings.LANGUAGES)[language],
    }


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
