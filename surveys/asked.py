"""The questions whose figures are shown, and which of them are told side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from surveys.dimensions import about_respondents
from surveys.models import Consultation, Question, Questionnaire, Version
from surveys.question_types import QuestionType, question_types

AUDIENCES: dict[str, Any] = {
    Questionnaire.AnsweredBy.ANYONE: _("Citizens"),
    Questionnaire.AnsweredBy.ORGANISATIONS: _("Organisations"),
}


IN_SHORT: dict[str, Any] = {
    Questionnaire.AnsweredBy.ANYONE: _("Citizens"),
    Questionnaire.AnsweredBy.ORGANISATIONS: _("Org."),
}
"""As a narrow column is headed."""


@dataclass(frozen=True)
class Asked:
    """A question of a questionnaire, as the latest version that asks it words it."""

    questionnaire: Questionnaire
    kind: QuestionType
    is_about_them: bool
    """Whether it stands where respondents say who they are."""

    @property
    def question(self) -> Question:
        return self.kind.question

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def audience(self) -> str:
        """Who answers it."""
        return str(AUDIENCES[self.questionnaire.answered_by])

    @property
    def audience_in_short(self) -> str:
        return str(IN_SHORT[self.questionnaire.answered_by])


def asked(consultation: Consultation) -> dict[tuple[str, str], Asked]:
    """Everything that was asked, by questionnaire and name, in the order of asking.

    All versions of a questionnaire are one data set: what only an older one asked is last.
    """
    found: dict[tuple[str, str], Asked] = {}
    versions = Version.objects.published().with_questions()
    of_all = versions.filter(questionnaire__consultation=consultation)
    for version in of_all.order_by("questionnaire__position", "-number"):
        slug = version.questionnaire.slug
        about_them = about_respondents(version)
        for kind in question_types(version):
            each = Asked(version.questionnaire, kind, kind.name in about_them)
            found.setdefault((slug, kind.name), each)
    return found


def side_by_side(questions: Iterable[Asked]) -> list[list[Asked]]:
    """The questions in order; those of different questionnaires that share their codes together.

    One that is asked for a single answer is no pair of one that is asked for several.
    """
    groups: dict[tuple[Any, ...], list[Asked]] = {}
    for each in questions:
        codes = tuple(each.kind.codes())
        key: tuple[Any, ...] = (codes, each.kind.most_chosen() == 1)
        is_alone = not codes or each.kind.has_items
        taken = {other.questionnaire.pk for other in groups.get(key, [])}
        if is_alone or each.questionnaire.pk in taken:
            key = (each.questionnaire.pk, each.name)
        groups.setdefault(key, []).append(each)
    return list(groups.values())
