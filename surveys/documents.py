"""A version of a questionnaire as one plain document, and back.

The document is a list of sections, each a dict of what its row says, with its questions, their
options and items, and the conditions under which it is asked. It is what a version is copied by,
what files are read into, and what two versions are compared by. Positions are those of the lists;
texts are dicts by language; what is empty is left out.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from surveys.models import Condition, Item, Option, Question, Section, Version
from surveys.translated import Text

Document = list[dict[str, Any]]

SECTION = ("name", "title", "intro", "translated_from")
QUESTION = (
    *("name", "number", "kind", "short", "text", "hint", "required", "appearance", "maximum"),
    *("max_length", "comment_max_length", "comment_label", "translated_from"),
)
OPTION = ("code", "label", "exclusive", "names_other", "missing", "translated_from")
ITEM = ("code", "label", "translated_from")
CONDITION = ("source", "item", "codes")


def document_of(version: Version) -> Document:
    """Expects a version that came through `with_questions()`."""
    conditions = list(version.conditions.all())
    return [
        _said(section, SECTION)
        | _conditions(c for c in conditions if c.section_id == section.pk)
        | {
            "questions": [
                _question(question, (c for c in conditions if c.question_id == question.pk))
                for question in section.questions.all()
            ]
        }
        for section in version.sections.all()
    ]


def _question(question: Question, conditions: Iterable[Condition]) -> dict[str, Any]:
    rows = {
        "options": [_said(option, OPTION) for option in question.options.all()],
        "items": [_said(item, ITEM) for item in question.items.all()],
    }
    document = _said(question, QUESTION) | {name: row for name, row in rows.items() if row}
    return document | _conditions(conditions)


def _conditions(conditions: Iterable[Condition]) -> dict[str, Any]:
    said = [_said(condition, CONDITION) for condition in conditions]
    return {"conditions": said} if said else {}


def _said(row: Model, fields: Iterable[str]) -> dict[str, Any]:
    said = {field: getattr(row, field) for field in fields}
    return {
        field: dict(value) if isinstance(value, Text) else value
        for field, value in said.items()
        if value not in (None, "", False, [], {})
    }


def write_document(version: Version, document: Document) -> None:
    """Add the document's sections to a version that is not published and has none."""
    for position, said in enumerate(document, 1):
        section = Section.objects.create(
            version=version, position=position, **_columns(said, SECTION)
        )
        _write_conditions(said, version=version, section=section)
        for question_position, question in enumerate(said.get("questions", []), 1):
            write_question(section, question_position, question)


def write_question(section: Section, position: int, said: Mapping[str, Any]) -> Question:
    """Add one question of a document to a section, at that position."""
    question = Question.objects.create(
        version_id=section.version_id,
        section=section,
        position=position,
        **_columns(said, QUESTION),
    )
    Option.objects.bulk_create(
        Option(question=question, position=number, **_columns(option, OPTION))
        for number, option in enumerate(said.get("options", []), 1)
    )
    Item.objects.bulk_create(
        Item(question=question, position=number, **_columns(item, ITEM))
        for number, item in enumerate(said.get("items", []), 1)
    )
    _write_conditions(said, version_id=section.version_id, question=question)
    return question


def _write_conditions(said: Mapping[str, Any], **about: Any) -> None:
    Condition.objects.bulk_create(
        Condition(**about, **_columns(condition, CONDITION))
        for condition in said.get("conditions", [])
    )


def _columns(said: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    return {field: said[field] for field in fields if field in said}
