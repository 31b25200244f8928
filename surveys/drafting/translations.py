"""What of a version is not translated, or was translated from words that have changed since.

Pure, given rows that are loaded. A text's source is what it says in the site's own language; each
translation remembers the source it was made from (`TranslatedRow.translated_from`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Field

from surveys.models import Section, Version
from surveys.models.questionnaire import Item, Option, Question
from surveys.text_fields import WRITTEN, is_derived, required_languages
from surveys.translated import Text

Row = Section | Question | Option | Item


class State(StrEnum):
    MISSING = "missing"
    STALE = "stale"


@dataclass(frozen=True)
class TextFault:
    """One text of one row in one language that is not there, or not of what is asked now."""

    row: Row
    field: str
    language: str
    state: State


def rows(version: Version) -> Iterator[Row]:
    """Every row with texts, in the order in which respondents read them.

    Expects a version that came through `with_questions()`.
    """
    for section in version.sections.all():
        yield from rows_of_section(section)


def rows_of_section(section: Section) -> Iterator[Row]:
    yield section
    for question in section.questions.all():
        yield question
        yield from question.items.all()
        yield from question.options.all()


def faults(version: Version) -> list[TextFault]:
    """Everything a version cannot be published with, row by row."""
    return [fault for row in rows(version) for fault in faults_of(row)]


def faults_of(row: Row) -> list[TextFault]:
    return [
        TextFault(row, field, language, state)
        for field in row.text_fields()
        if is_used(row, field)
        for language in WRITTEN
        if (state := state_of(row, field, language))
    ]


def is_used(row: Row, field: str) -> bool:
    """Whether respondents can meet this text: one that may be empty, and is, asks no translation.

    The label of a comment counts only where a comment can be made.
    """
    if field == "comment_label" and isinstance(row, Question) and not row.comment_max_length:
        return False
    return bool(getattr(row, field)) or not column(row, field).blank


def column(row: Row, field: str) -> Field:
    """What the field is in the model: its label, whether it may be empty."""
    found = row._meta.get_field(field)
    if isinstance(found, Field):
        return found
    raise TypeError(f"{field} is no text")


def state_of(row: Row, field: str, language: str) -> State | None:
    text: Text = getattr(row, field)
    if not text.get(language):
        return State.MISSING if language in required_languages() else None
    made_from = row.translated_from.get(field, {}).get(language)
    is_stale = made_from is not None and made_from != text.get(settings.LANGUAGE_CODE)
    return State.STALE if is_stale else None


def counts(found: list[TextFault]) -> dict[str, dict[str, int]]:
    """By language: how many texts are missing and how many stale."""
    counted = Counter((fault.language, fault.state) for fault in found)
    return {
        language: {state.value: counted[language, state] for state in State}
        for language in WRITTEN
        if not is_derived(language) or counted[language, State.STALE]
    }


# Writing


def remembered(old: Text, new: Text, memory: Mapping[str, str]) -> dict[str, str]:
    """By language: what each translation in `new` was made from.

    What was written anew is made from the source as it is in `new`. What stayed keeps its memory,
    or, where it has none, was made from the source as it was in `old`.
    """
    source = settings.LANGUAGE_CODE
    made_from = {
        language: new.get(source, "")
        if text != old.get(language)
        else memory.get(language, old.get(source, ""))
        for language, text in new.items()
        if language != source and text
    }
    # Of what was translated before there was a source nothing can be said.
    return {language: words for language, words in made_from.items() if words}


def say(row: Row, field: str, new: Text) -> bool:
    """Let a row's text say this, and remember what its translations are made from.

    Whether anything changed. The row is not saved.
    """
    old: Text = Text(getattr(row, field))
    if old == new:
        return False
    made_from = remembered(old, new, row.translated_from.get(field, {}))
    others = {name: memory for name, memory in row.translated_from.items() if name != field}
    row.translated_from = others | ({field: made_from} if made_from else {})
    setattr(row, field, new)
    return True


def is_still_right(row: Row, field: str, language: str) -> None:
    """The translation holds for the source as it is now. The row is not saved."""
    source = getattr(row, field).get(settings.LANGUAGE_CODE, "")
    memory: dict[str, Any] = row.translated_from.get(field, {}) | {language: source}
    row.translated_from = row.translated_from | {field: memory}
