"""The routes through a version as staff read them."""

from dataclasses import dataclass

from surveys.journey import Journey, Need, answers_in_words, called
from surveys.journey.faults import Target
from surveys.models import Condition, Section, Version


@dataclass(frozen=True)
class Route:
    """A section or a question with the conditions it has of its own, each in words."""

    target: Target
    name: str
    is_section: bool
    conditions: list[tuple[Condition, str]]
    by_section: str = ""
    """For a question: the conditions its section has, in words."""

    @property
    def words(self) -> list[str]:
        return [words for _condition, words in self.conditions]


def routes(version: Version) -> list[Route]:
    """All of them in the order of the questionnaire."""
    journey = Journey(version)
    found: list[Route] = []
    for section in version.sections.all():
        own = journey.section_needs[section.pk]
        found.append(_route(section, list(own)))
        by_section = answers_in_words(own) if own else ""
        for question in section.questions.all():
            needs = journey.steps[question.name].needs[len(own) :]
            found.append(_route(question, list(needs), by_section))
    return found


def _route(target: Target, needs: list[Need], by_section: str = "") -> Route:
    return Route(
        target,
        called(target),
        isinstance(target, Section),
        [(need.condition, answers_in_words([need])) for need in needs],
        by_section,
    )
