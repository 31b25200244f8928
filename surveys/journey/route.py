"""The way through a questionnaire: in Python for one respondent, in SQL for all of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from psycopg import sql

from surveys.models import Condition, Section, Version
from surveys.question_types import QuestionType, question_types

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Need:
    """A condition with the question it looks back at; with None it can never hold."""

    condition: Condition
    source: QuestionType | None

    def holds(self, answers: Answers, asked: Collection[str]) -> bool:
        """Whether it holds where these questions were asked and so answered."""
        if self.source is None or self.source.name not in asked:
            return False
        chosen = self.source.chosen(answers.get(self.source.name), self.condition.item)
        return not chosen.isdisjoint(self.condition.codes)

    def is_among(self, names: Collection[str]) -> bool:
        return self.source is not None and self.source.name in names


@dataclass(frozen=True)
class Step:
    """A question and all it takes to be asked: its section's conditions, then its own."""

    section: Section
    kind: QuestionType
    needs: tuple[Need, ...]

    def open_needs(self, names: Collection[str]) -> list[Need]:
        """Those that are decided by one of these questions."""
        return [need for need in self.needs if need.is_among(names)]


class Journey:
    """A version's questions in order, each with what it takes to be asked."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.section_needs: dict[int, tuple[Need, ...]] = {}
        self.steps: dict[str, Step] = {}
        conditions = list(version.conditions.all())
        kinds = {kind.name: kind for kind in question_types(version)}
        earlier: dict[str, QuestionType] = {}
        for section in version.sections.all():
            own = _needs((c for c in conditions if c.section_id == section.pk), earlier)
            self.section_needs[section.pk] = own
            for question in section.questions.all():
                needs = _needs((c for c in conditions if c.question_id == question.pk), earlier)
                kind = earlier[question.name] = kinds[question.name]
                self.steps[question.name] = Step(section, kind, own + needs)
        self.has_conditions = bool(conditions)

    @classmethod
    def of(cls, version: Version) -> "Journey":
        """The one through a published version, made once for as long as the version is kept."""
        made = version.__dict__.get("_journey")
        if made is None:
            made = version.__dict__["_journey"] = cls(version)
        journey: Journey = made
        return journey

    def kinds_of(self, sections: Iterable[Section]) -> list[QuestionType]:
        """The kinds of these sections' questions, in order."""
        return [self.steps[q.name].kind for section in sections for q in section.questions.all()]

    # For one respondent

    def asked(self, answers: Answers) -> set[str]:
        """Names of the questions that are asked."""
        found: set[str] = set()
        for name, step in self.steps.items():
            if all(need.holds(answers, found) for need in step.needs):
                found.add(name)
        return found

    def sections(self, answers: Answers) -> list[Section]:
        """The sections that are asked: those with a question that is, and those that only tell."""
        found = self.asked(answers)
        return [
            section
            for section in self.version.sections.all()
            if any(question.name in found for question in section.questions.all())
            or (
                not section.questions.all()
                and all(need.holds(answers, found) for need in self.section_needs[section.pk])
            )
        ]

    def shown(self, sections: Iterable[Section], answers: Answers) -> set[str]:
        """Which questions of these sections stand on the page that asks them together.

        What is decided on the page itself stands there, whatever its answer is now.
        """
        on_page = {question.name for section in sections for question in section.questions.all()}
        found: set[str] = set()
        for name, step in self.steps.items():
            if all(
                need.is_among(on_page & found) or need.holds(answers, found) for need in step.needs
            ):
                found.add(name)
        return found & on_page

    def names(self, answers: Answers) -> set[str]:
        """Every key that what is asked can have in an answer document."""
        return {
            name for each in self.asked(answers) for name in self.steps[each].kind.stored_names()
        }

    def only_asked(self, answers: Answers) -> dict[str, Any]:
        """The answers without those to questions that are not asked."""
        if not self.has_conditions:
            return dict(answers)
        names = self.names(answers)
        return {name: value for name, value in answers.items() if name in names}

    def set_apart(
        self, answers: Answers, entered: Answers
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """A draft's answers and what else was entered, each where it belongs now.

        An answer to what is not asked any more is only something that was entered; what was
        entered and is asked again is an answer, if it is one.
        """
        answers, entered = dict(answers), dict(entered)
        if not self.has_conditions:
            return answers, entered
        found: set[str] = set()
        for name, step in self.steps.items():
            names = step.kind.stored_names()
            if all(need.holds(answers, found) for need in step.needs):
                found.add(name)
                valid = _valid(step.kind, {n: entered[n] for n in names if n in entered})
                answers |= valid
                entered = _without(entered, valid)
            else:
                entered |= {n: answers[n] for n in names if n in answers}
                answers = _without(answers, names)
        return answers, entered

    # For all respondents

    def is_asked(self, name: str) -> sql.Composable | None:
        """SQL over a response row: whether it was asked that question; None where all are."""
        needs = self.steps[name].needs
        return sql.SQL(" AND ").join(map(self._is_met, needs)) if needs else None

    def _is_met(self, need: Need) -> sql.Composable:
        if need.source is None:
            return sql.SQL("false")
        chosen = need.source.has_chosen(need.condition.codes, need.condition.item)
        before = self.is_asked(need.source.name)
        return chosen if before is None else sql.SQL("{} AND {}").format(before, chosen)


def _needs(
    conditions: Iterable[Condition], earlier: Mapping[str, QuestionType]
) -> tuple[Need, ...]:
    return tuple(Need(condition, earlier.get(condition.source)) for condition in conditions)


def _valid(kind: QuestionType, entered: Answers) -> dict[str, Any]:
    """Of what its controls held, what is an answer."""
    valid: dict[str, Any] = {}
    fields = kind.fields() if entered else {}
    for name, value in entered.items():
        try:
            valid[name] = fields[name].clean(value)
        except forms.ValidationError:
            continue
    return valid


def _without(document: Answers, names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


def asked(version: Version, answers: Answers) -> set[str]:
    """Names of the questions of a version that are asked, given what was answered."""
    return Journey.of(version).asked(answers)


def only_asked(version: Version, answers: Answers) -> dict[str, Any]:
    """The answers without those to questions that are not asked: what may be stored as sent."""
    return Journey.of(version).only_asked(answers)
