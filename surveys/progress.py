"""How far a draft is, section by section. Pure, given a version that came with its questions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from surveys.journey import Journey, only_if
from surveys.models import Question, Section, Version
from surveys.question_types import Line, QuestionType, question_types


@dataclass(frozen=True)
class QuestionProgress:
    question: Question
    lines: list[Line]
    is_unfinished: bool = False
    """Whether a control of it holds what is no answer yet."""

    is_asked: bool = True
    only_if: str = ""
    """In words, when a question is asked that is not."""


@dataclass(frozen=True)
class SectionProgress:
    section: Section
    all_questions: list[QuestionProgress]

    @property
    def questions(self) -> list[QuestionProgress]:
        """Those that are asked."""
        return [question for question in self.all_questions if question.is_asked]

    @property
    def set_apart(self) -> list[QuestionProgress]:
        """Those that are not asked, and hold something all the same."""
        return [each for each in self.all_questions if each.lines and not each.is_asked]

    @property
    def answered(self) -> int:
        return sum(1 for each in self.questions if each.lines and not each.is_unfinished)

    @property
    def is_started(self) -> bool:
        return any(question.lines for question in self.questions)

    @property
    def is_completed(self) -> bool:
        return self.answered == len(self.questions)


def progress(
    version: Version, answers: Mapping[str, Any], unfinished: Mapping[str, Any] | None = None
) -> list[SectionProgress]:
    """The sections that are asked with their questions and their answers as people read them.

    What is unfinished is shown in its place; the answers alone decide what is asked.
    """
    journey = Journey.of(version)
    asked = journey.asked(answers)
    sections = journey.sections(answers)
    return [_section(journey, section, asked, answers, unfinished or {}) for section in sections]


def whole_progress(
    version: Version, answers: Mapping[str, Any], unfinished: Mapping[str, Any] | None = None
) -> list[SectionProgress]:
    """The same of all sections, asked or not."""
    journey = Journey.of(version)
    asked = journey.asked(answers)
    sections = version.sections.all()
    return [_section(journey, section, asked, answers, unfinished or {}) for section in sections]


def _section(
    journey: Journey,
    section: Section,
    asked: set[str],
    answers: Mapping[str, Any],
    unfinished: Mapping[str, Any],
) -> SectionProgress:
    shown = {**answers, **unfinished}
    steps = [journey.steps[question.name] for question in section.questions.all()]
    return SectionProgress(
        section,
        [
            QuestionProgress(
                step.kind.question,
                step.kind.lines(shown),
                step.kind.is_in(unfinished),
                step.kind.name in asked,
                "" if step.kind.name in asked else only_if(step.needs),
            )
            for step in steps
        ],
    )


def without_words(sections: list[SectionProgress]) -> list[SectionProgress]:
    """The same for somebody who may not read open answers: that there are words, and not which."""
    withheld = Line(_("Words that your role does not show"), is_missing=True)
    return [
        replace(
            section,
            all_questions=[
                replace(each, lines=[withheld if line.is_words else line for line in each.lines])
                for each in section.all_questions
            ],
        )
        for section in sections
    ]


def left_to_do(
    version: Version, answers: Mapping[str, Any], unfinished: Mapping[str, Any]
) -> list[tuple[Section, str]]:
    """What is wrong or missing in questions that are asked, with their sections."""
    asked = Journey.of(version).asked(answers)
    return [
        (section, words)
        for section in version.sections.all()
        for kind in question_types(version, [section])
        if kind.name in asked
        for words in _left(kind, answers, unfinished)
    ]


def _left(
    kind: QuestionType, answers: Mapping[str, Any], unfinished: Mapping[str, Any]
) -> list[str]:
    if kind.is_in(unfinished):
        return [kind.named(complaint) for complaint in kind.complaints(unfinished)]
    is_missing = kind.question.required and not answers.get(kind.name)
    return [kind.required_message()] if is_missing else []
