"""One class per kind of question. Adding a kind is one file, one template, one test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from surveys.question_types.base import Cell, Line, Measure, QuestionType, Shared, Variable
from surveys.question_types.choice import MultipleChoice, SingleChoice
from surveys.question_types.matrix import Matrix
from surveys.question_types.place import PlaceChoice
from surveys.question_types.ranking import Ranking
from surveys.question_types.text import OpenText

if TYPE_CHECKING:
    from surveys.models import Section, Version

KINDS: dict[str, type[QuestionType]] = {
    cls.kind: cls for cls in (SingleChoice, MultipleChoice, Ranking, Matrix, OpenText, PlaceChoice)
}


def question_types(
    version: Version, sections: Iterable[Section] | None = None
) -> list[QuestionType]:
    """The kinds of a version's questions (or of some of its sections), in order.

    Expects a version that came through `with_questions()`, so that nothing is queried here.
    """
    countries = list(version.questionnaire.consultation.programme.countries.all())
    sections = version.sections.all() if sections is None else sections
    return [
        KINDS[question.kind](question, countries)
        for section in sections
        for question in section.questions.all()
    ]


__all__ = [
    "KINDS",
    "Cell",
    "Line",
    "Measure",
    "QuestionType",
    "Shared",
    "Variable",
    "question_types",
]
