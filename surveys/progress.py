"""How far a draft is, section by section. Pure, given a version that came with its questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from surveys.models import Question, Section, Version
from surveys.question_types import Line, QuestionType, question_types


@dataclass(frozen=True)
class QuestionProgress:
    question: Question
    lines: list[Line]


@dataclass(frozen=True)
class SectionProgress:
    section: Section
    questions: list[QuestionProgress]

    @property
    def answered(self) -> int:
        return sum(1 for question in self.questions if question.lines)

    @property
    def is_started(self) -> bool:
        return self.answered > 0

    @property
    def is_completed(self) -> bool:
        return self.answered == len(self.questions)


def progress(
    version: Version, answers: Mapping[str, Any], *, shows_words: bool = True
) -> list[SectionProgress]:
    """Every section with its questions and their answers as people read them.

    Without `shows_words` a line says that there are words, and not which.
    """
    return [
        SectionProgress(
            section,
            [
                QuestionProgress(kind.question, _lines(kind, answers, shows_words))
                for kind in question_types(version, [section])
            ],
        )
        for section in version.sections.all()
    ]


def _lines(kind: QuestionType, answers: Mapping[str, Any], shows_words: bool) -> list[Line]:
    lines = kind.lines(answers)
    if shows_words:
        return lines
    withheld = Line(_("Words that your role does not show"), is_missing=True)
    return [withheld if line.is_words else line for line in lines]


def unfinished_left(
    version: Version, unfinished: Mapping[str, Any]
) -> list[tuple[Section, Question]]:
    """Questions whose controls hold something that is no answer yet, with their sections."""
    return [
        (section, kind.question)
        for section in version.sections.all()
        for kind in question_types(version, [section])
        if any(name in unfinished for name in kind.stored_names())
    ]


def required_left(version: Version, answers: Mapping[str, Any]) -> list[tuple[Section, Question]]:
    """Required questions without an answer, with their sections."""
    return [
        (section, question)
        for section in version.sections.all()
        for question in section.questions.all()
        if question.required and not answers.get(question.name)
    ]
