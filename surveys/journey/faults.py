"""What is wrong with a version's conditions, in words. With any of it, it is not published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from surveys.journey.reach import can_be_met
from surveys.journey.route import Journey, Need
from surveys.journey.words import called
from surveys.models import Condition, Question, Section, Version
from surveys.question_types import QuestionType

Target = Section | Question


@dataclass(frozen=True)
class Fault:
    """`name` says which rule is broken, `target` what the condition decides about."""

    name: str
    target: Target
    condition: Condition | None
    words: str


def faults(version: Version) -> list[Fault]:
    """Every fault of every condition, and every section and question that nobody can reach."""
    journey = Journey(version)
    found = [fault for target in _targets(version) for fault in _of_conditions(journey, target)]
    broken = [fault.target for fault in found]
    return found + [
        Fault(
            "never_asked",
            target,
            None,
            _("“%(target)s” can never be asked: no answers lead to it.")
            % {"target": called(target)},
        )
        for target, needs in _with_conditions(journey)
        if target not in broken and not can_be_met(_all_of(journey, needs))
    ]


def _targets(version: Version) -> Iterator[Target]:
    for section in version.sections.all():
        yield section
        yield from section.questions.all()


def _with_conditions(journey: Journey) -> Iterator[tuple[Target, Sequence[Need]]]:
    """What has conditions of its own, with all that it takes."""
    for section in journey.version.sections.all():
        own = journey.section_needs[section.pk]
        if own:
            yield section, own
        for question in section.questions.all():
            needs = journey.steps[question.name].needs
            if len(needs) > len(own):
                yield question, needs


def _all_of(journey: Journey, needs: Sequence[Need]) -> list[Need]:
    """The needs, those of their sources, and so on back to the beginning."""
    found: dict[int, Need] = {}
    waiting = list(needs)
    while waiting:
        need = waiting.pop()
        if need.condition.pk not in found:
            found[need.condition.pk] = need
            if need.source:
                waiting += journey.steps[need.source.name].needs
    return list(found.values())


def _of_conditions(journey: Journey, target: Target) -> Iterator[Fault]:
    column = "section_id" if isinstance(target, Section) else "question_id"
    for condition in journey.version.conditions.all():
        if getattr(condition, column) != target.pk:
            continue
        fault = _fault(journey, target, condition)
        if fault:
            name, words = fault
            source = journey.steps.get(condition.source)
            said = {
                "target": called(target),
                "source": called(source.kind.question) if source else condition.source,
            }
            yield Fault(name, target, condition, words % said)


def _fault(journey: Journey, target: Target, condition: Condition) -> tuple[str, str] | None:
    """The first rule that a condition breaks: its name, and it in words."""
    if condition.source not in journey.steps:
        return "source_is_unknown", _(
            "“%(target)s” depends on the question “%(source)s”, which does not exist."
        )
    own = [q.name for q in target.questions.all()] if isinstance(target, Section) else [target.name]
    if condition.source in own:
        return "source_is_itself", _(
            "“%(target)s” depends on “%(source)s”, and so on itself: a loop."
        )
    order = list(journey.steps)
    if own and order.index(condition.source) > order.index(own[0]):
        return "source_comes_later", _(
            "“%(target)s” depends on the question “%(source)s”, which comes later."
        )
    return _fault_of_answers(journey.steps[condition.source].kind, condition)


def _fault_of_answers(source: QuestionType, condition: Condition) -> tuple[str, str] | None:
    items = [item.code for item in source.question.items.all()] if source.has_items else [""]
    if not source.codes():
        return "source_is_open", _(
            "“%(target)s” depends on the question “%(source)s”, which has no answers to choose."
        )
    if condition.item not in items:
        return "item_is_unknown", _(
            "“%(target)s” depends on a row that the question “%(source)s” does not have."
        )
    if not set(condition.codes) <= set(source.codes()):
        return "answer_is_unknown", _(
            "“%(target)s” depends on an answer that the question “%(source)s” does not offer."
        )
    return None
