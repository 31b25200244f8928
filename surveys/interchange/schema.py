"""The shape of our own JSON: which keys there are, and what each may hold."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from surveys.models import Option, Question, Questionnaire
from surveys.models.questionnaire import CODE, QUESTION_NAME
from surveys.question_types import KINDS
from surveys.translated import UNSTORABLE

Check = Callable[[Any], Iterable[tuple[str, str]]]
"""What is wrong with a value: pairs of where inside it and what, in words."""

NAME_LENGTH = 40
LABEL_LENGTH = 600
TEXT_LENGTH = 5000
LARGEST = 32_767
MOST_CHARACTERS = 100_000
SECTION_NAME = r"^[A-Za-z0-9_-]+$"


def words(limit: int, pattern: str = "", least: int = 1) -> Check:
    """A string that can be stored, not longer than `limit`."""

    def check(value: Any) -> Iterable[tuple[str, str]]:
        if not isinstance(value, str):
            yield "", _("must be text in quotation marks")
        elif UNSTORABLE.search(value):
            yield "", _("holds a character that cannot be stored")
        elif len(value) > limit:
            yield "", too_long(value, limit)
        elif len(value) < least:
            yield "", _("must not be empty")
        elif pattern and not re.fullmatch(pattern, value):
            yield (
                "",
                _("“%(value)s” is not allowed here; its pattern is %(pattern)s")
                % {
                    "value": value[:80],
                    "pattern": pattern,
                },
            )

    return check


def too_long(value: str, limit: int) -> str:
    return _("has %(length)d characters; it may have %(limit)d") % {
        "length": len(value),
        "limit": limit,
    }


def text(limit: int, must: bool = False) -> Check:
    """An object of strings by language; `must` where at least one has to be there."""
    each = words(limit, least=0)

    def check(value: Any) -> Iterable[tuple[str, str]]:
        if not isinstance(value, dict):
            yield "", _("must be an object of texts by language")
            return
        for language, said in value.items():
            if language not in dict(settings.LANGUAGES):
                yield f".{shown(language)}", _("is no language of this site")
            else:
                yield from ((f".{language}{where}", what) for where, what in each(said))
        if must and not any(value.values()):
            yield "", _("must be there in one language at least")

    return check


def number(least: int, most: int) -> Check:
    def check(value: Any) -> Iterable[tuple[str, str]]:
        if type(value) is not int or not least <= value <= most:
            yield (
                "",
                _("must be a whole number from %(least)d to %(most)d")
                % {
                    "least": least,
                    "most": most,
                },
            )

    return check


def flag(value: Any) -> Iterable[tuple[str, str]]:
    if not isinstance(value, bool):
        yield "", _("must be true or false")


def one_of(known: Iterable[str]) -> Check:
    codes = list(known)

    def check(value: Any) -> Iterable[tuple[str, str]]:
        if not isinstance(value, str) or value not in codes:
            yield (
                "",
                _("“%(value)s” is unknown; known are %(codes)s")
                % {
                    "value": shown(value),
                    "codes": ", ".join(filter(None, codes)),
                },
            )

    return check


def rows(most: int) -> Check:
    """A list; what stands in it is checked row by row."""

    def check(value: Any) -> Iterable[tuple[str, str]]:
        if not isinstance(value, list):
            yield "", _("must be a list")
        elif len(value) > most:
            yield (
                "",
                _("has %(length)d entries; it may have %(most)d")
                % {
                    "length": len(value),
                    "most": most,
                },
            )

    return check


def codes(value: Any) -> Iterable[tuple[str, str]]:
    """The codes of a condition: at least one, and none of them twice."""
    if not isinstance(value, list) or not value:
        yield "", _("must be a list of at least one code")
        return
    for position, code in enumerate(value):
        for where, what in words(NAME_LENGTH, CODE)(code):
            yield f"[{position}]{where}", what
        if code in value[:position]:
            yield f"[{position}]", twice(code)


def twice(name: Any) -> str:
    return _("“%(name)s” is there twice") % {"name": shown(name)}


def translated_from(*fields: str) -> Check:
    """By field and language: the text that a translation was made from."""

    def check(value: Any) -> Iterable[tuple[str, str]]:
        if not isinstance(value, dict):
            yield "", _("must be an object of texts by language")
            return
        for name, sources in value.items():
            if name not in fields:
                yield f".{shown(name)}", _("is no text that could be translated")
            else:
                found = text(TEXT_LENGTH)(sources)
                yield from ((f".{name}{where}", what) for where, what in found)

    return check


def shown(value: Any) -> str:
    """A key or value as it can be shown, whatever it is."""
    return UNSTORABLE.sub("?", str(value))[:80]


SECTION: dict[str, Check] = {
    "name": words(NAME_LENGTH, SECTION_NAME),
    "title": text(LABEL_LENGTH, must=True),
    "intro": text(TEXT_LENGTH),
    "translated_from": translated_from("title", "intro"),
    "conditions": rows(20),
    "questions": rows(300),
}
QUESTION: dict[str, Check] = {
    "name": words(NAME_LENGTH, QUESTION_NAME),
    "number": number(1, LARGEST),
    "kind": one_of(KINDS),
    "short": text(LABEL_LENGTH),
    "text": text(TEXT_LENGTH, must=True),
    "hint": text(TEXT_LENGTH),
    "required": flag,
    "appearance": one_of(Question.Appearance.values),
    "maximum": number(1, LARGEST),
    "max_length": number(1, MOST_CHARACTERS),
    "comment_max_length": number(1, MOST_CHARACTERS),
    "comment_label": text(LABEL_LENGTH),
    "translated_from": translated_from("short", "text", "hint", "comment_label"),
    "conditions": rows(20),
    "options": rows(300),
    "items": rows(100),
}
ITEM: dict[str, Check] = {
    "code": words(NAME_LENGTH, CODE),
    "label": text(LABEL_LENGTH, must=True),
    "translated_from": translated_from("label"),
}
OPTION: dict[str, Check] = ITEM | {
    "exclusive": flag,
    "names_other": flag,
    "missing": one_of(Option.Missing.values),
}
CONDITION: dict[str, Check] = {
    "source": words(NAME_LENGTH, QUESTION_NAME),
    "item": words(NAME_LENGTH, CODE),
    "codes": codes,
}
QUESTIONNAIRE: dict[str, Check] = {
    "slug": words(50, SECTION_NAME),
    "answered_by": one_of(Questionnaire.AnsweredBy.values),
    "reference_prefix": words(6, least=0),
    "minutes": number(1, LARGEST),
    "name": text(LABEL_LENGTH, must=True),
    "title": text(LABEL_LENGTH, must=True),
    "lead": text(TEXT_LENGTH),
    "invitation": lambda value: _invitation(value),
}
INVITATION: dict[str, Check] = {
    "heading": text(LABEL_LENGTH),
    "text": text(TEXT_LENGTH),
    "button": text(LABEL_LENGTH),
    "tags": rows(20),
}
MUST = {
    "section": ("name", "title", "questions"),
    "question": ("name", "kind", "text"),
    "option": ("code", "label"),
    "item": ("code", "label"),
    "condition": ("source", "codes"),
    "questionnaire": ("slug", "name", "title"),
}


def checked_row(value: Any, schema: dict[str, Check], must: Iterable[str]) -> list[tuple[str, str]]:
    """What is wrong with one object: no object, keys that are missing or unknown, bad values."""
    if not isinstance(value, dict):
        return [("", _("must be an object"))]
    found = [(f".{name}", _("is missing")) for name in must if name not in value]
    for name, said in value.items():
        if name in schema:
            found += [(f".{name}{where}", what) for where, what in schema[name](said)]
        else:
            found.append((f".{shown(name)}", _("is unknown")))
    return found


def _invitation(value: Any) -> Iterable[tuple[str, str]]:
    yield from checked_row(value, INVITATION, ())
    tags = value.get("tags") if isinstance(value, dict) else None
    for position, tag in enumerate(tags if isinstance(tags, list) else []):
        for where, what in text(LABEL_LENGTH)(tag):
            yield f".tags[{position}]{where}", what
