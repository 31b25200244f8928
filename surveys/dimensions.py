"""By what responses are counted: languages, channels, and closed questions with one answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from surveys.models import Questionnaire, Response, Target, Version
from surveys.question_types import QuestionType, question_types
from surveys.question_types.choice import SingleChoice

LANGUAGE, CHANNEL, PLACE = "language", "channel", "place"
ALWAYS = (PLACE, "org_type", "age")
"""Questions that are counted by wherever a questionnaire has them."""


@dataclass(frozen=True)
class Dimension:
    """A way to tell respondents apart, and the groups it makes, by code.

    `reasons` are codes that stand for having no answer, such as “I would rather not say”.
    """

    name: str
    label: str
    groups: dict[str, str]
    reasons: frozenset[str] = frozenset()

    def has_figures(self, code: str) -> bool:
        """Whether it makes sense to say how many there are, and how many shall answer."""
        return code in self.groups and code not in self.reasons


def possible(questionnaire: Questionnaire) -> list[Dimension]:
    """Everything the questionnaire's responses can be counted by, labelled in the active language.

    All its versions are one data set: a group only an older one offered stands at the end.
    """
    versions = Version.objects.published().with_questions().filter(questionnaire=questionnaire)
    latest_first = versions.order_by("-number")
    return of_kinds(kind for version in latest_first for kind in question_types(version))


def of_kinds(kinds: Iterable[QuestionType]) -> list[Dimension]:
    """The same of questions in the order of asking; of one name the first is what names it."""
    found: dict[str, Dimension] = {}
    for kind in kinds:
        if isinstance(kind, SingleChoice):
            label, reasons = str(kind.question.short), frozenset(kind.apart())
            dimension = found.setdefault(kind.name, Dimension(kind.name, label, {}, reasons))
            for code, group in kind.labels().items():
                dimension.groups.setdefault(code, group)
    languages = {code: capfirst(str(name)) for code, name in settings.LANGUAGES}
    channels = {code: capfirst(str(label)) for code, label in Response.Channel.choices}
    return [
        *found.values(),
        Dimension(LANGUAGE, _("Language"), languages),
        Dimension(CHANNEL, _("Channel"), channels),
    ]


def counted(dimensions: Collection[Dimension], targets: Collection[Target]) -> list[Dimension]:
    """Those that are always counted by, and those somebody set targets for."""
    names = {*ALWAYS, LANGUAGE, CHANNEL, *(target.dimension for target in targets)}
    return [dimension for dimension in dimensions if dimension.name in names]


def about_respondents(version: Version) -> set[str]:
    """Names of the questions of sections that also ask what is always counted by.

    Expects a version with its sections and their questions.
    """
    names = [{q.name for q in section.questions.all()} for section in version.sections.all()]
    return {name for section in names if section & set(ALWAYS) for name in section}


def telling_apart(questionnaire: Questionnaire) -> set[str]:
    """Names of what published tables are told apart by: who respondents are, not what they think.

    Each more dimension hides more numbers of all the others.
    """
    published = Version.objects.published().filter(questionnaire=questionnaire)
    versions = published.prefetch_related("sections__questions")
    about = {name for version in versions for name in about_respondents(version)}
    return about | {LANGUAGE, CHANNEL}
