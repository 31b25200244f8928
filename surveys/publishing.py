"""Publishing a version: what stands in its way, and doing it.

CHECKS is one list of functions from a version to what is wrong with it; another part of the site
adds its own to it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from surveys import audit
from surveys.codebook import about_the_response
from surveys.documents import document_of
from surveys.drafting import translations
from surveys.journey.faults import faults as route_faults
from surveys.models import AuditEntry, Item, Option, Question, Questionnaire, User, Version
from surveys.question_types import KINDS


@dataclass(frozen=True)
class Fault:
    """What stands in the way, in words, and the row to correct it at."""

    words: str
    row: Model
    is_about_translation: bool = False


class NotPublished(Exception):
    """Something stands in the way; the version stays a draft."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def faults(version: Version) -> list[Fault]:
    """All that stands in the way. Expects a version that came through `with_questions()`."""
    return [fault for check in CHECKS for fault in check(version)]


def publish(version: Version, *, by: User, moment: datetime) -> Version:
    """Freeze a draft version and let respondents answer it. Raises NotPublished.

    Publishing what was published already changes nothing.
    """
    with transaction.atomic():
        Version.objects.select_for_update().get(pk=version.pk)
        stored = Version.objects.with_questions().get(pk=version.pk)
        if stored.published_at:
            return stored
        if in_the_way := faults(stored):
            raise NotPublished(in_the_way)
        stored.digest = digest(stored)
        stored.published_at = moment
        stored.save(update_fields=["digest", "published_at"])
        audit.record(by, AuditEntry.Action.PUBLISHED, stored, number=stored.number)
    return stored


def digest(version: Version) -> str:
    """Equal for versions that ask the same."""
    content = json.dumps(document_of(version), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def was_published_at_the_desk(version: Version) -> bool:
    """Whether staff published it; what was loaded from files has the digest of these."""
    return version.digest == digest(Version.objects.with_questions().get(pk=version.pk))


def _asks_something(version: Version) -> Iterator[Fault]:
    if not version.questions:
        yield Fault(_("It has no question."), version)
    for section in version.sections.all():
        if version.questions and not section.questions.all():
            words = _("Section “%(section)s” has no question.")
            yield Fault(words % {"section": section.title}, section)


def _has_what_it_takes(version: Version) -> Iterator[Fault]:
    """A closed question has options, a matrix items."""
    for question in version.questions:
        kind = KINDS[question.kind]
        if kind.needs_options and not question.options.all():
            yield Fault(_("%(name)s has no options.") % {"name": question.name}, question)
        if kind.has_items and not question.items.all():
            yield Fault(_("%(name)s has no rows.") % {"name": question.name}, question)


def _names_are_apart(version: Version) -> Iterator[Fault]:
    """No two questions store under one name, such as Q1 with a comment and Q1_comment.

    Nor does one take the name of a column that every data file begins with.
    """
    seen = {variable.name for variable in about_the_response()}
    for question in version.questions:
        kind = KINDS[question.kind](question, [])
        names = {*kind.stored_names(), *(variable.name for variable in kind.variables())}
        if taken := sorted(names & seen):
            words = _("%(name)s makes a column that is there already: %(columns)s.")
            yield Fault(words % {"name": question.name, "columns": ", ".join(taken)}, question)
        seen |= names


def _says_what_changed(version: Version) -> Iterator[Fault]:
    is_first = not version.questionnaire.versions.published().exists()
    if not is_first and not version.note.strip():
        yield Fault(_("Write what changed since the last version."), version)


def _keeps_meanings(version: Version) -> Iterator[Fault]:
    """Versions are one data set: names keep their kinds, and codes stand for one thing."""
    published = published_kinds(version.questionnaire)
    for question in version.questions:
        kind = published.get(question.name, question.kind)
        if kind != question.kind:
            words = _("%(name)s was published as “%(kind)s”. Give the new question another name.")
            label = KINDS[kind].label
            yield Fault(words % {"name": question.name, "kind": label}, question)
    current = version.questionnaire.current_version()
    if current:
        yield from _codes_removed(version, current)


def _codes_removed(version: Version, current: Version) -> Iterator[Fault]:
    """An option with other flags, or missing though its question is there, would change a meaning.

    A label may change: a typo is put right, and the code says what it means.
    """
    options = Option.objects.filter(question__version=current).select_related("question")
    said = {(option.question.name, option.code): option for option in options}
    now = {(q.name, option.code): option for q in version.questions for option in q.options.all()}
    questions = {question.name: question for question in version.questions}
    for (name, code), before in said.items():
        if name not in questions:
            continue
        values = {"name": name, "code": code}
        if (name, code) not in now:
            words = _("%(name)s: option %(code)s was published and is missing.")
            yield Fault(words % values, questions[name])
        elif now[name, code].missing != before.missing:
            words = _("%(name)s: option %(code)s stood for something else when it was published.")
            yield Fault(words % values, now[name, code])


def published_kinds(questionnaire: Questionnaire) -> dict[str, str]:
    """By name of every question that was ever published: its kind."""
    asked = Question.objects.filter(version__questionnaire=questionnaire)
    published = asked.exclude(version__published_at=None).order_by("version__number")
    return dict(published.values_list("name", "kind"))


def _can_be_gone(version: Version) -> Iterator[Fault]:
    """Every condition leads somewhere, and somebody can reach every question."""
    for fault in route_faults(version):
        yield Fault(fault.words, fault.target)


def _is_translated(version: Version) -> Iterator[Fault]:
    languages = dict(settings.LANGUAGES)
    words = {
        translations.State.MISSING: _("%(thing)s: “%(field)s” is missing in %(language)s."),
        translations.State.STALE: _(
            "%(thing)s: “%(field)s” in %(language)s was translated from other words."
        ),
    }
    for found in translations.faults(version):
        values = {
            "thing": name_of(found.row),
            "field": translations.column(found.row, found.field).verbose_name,
            "language": languages[found.language],
        }
        yield Fault(words[found.state] % values, found.row, is_about_translation=True)


def name_of(row: translations.Row) -> str:
    """What staff know a row by: `C2`, `C2 / health`."""
    if isinstance(row, Option | Item):
        return f"{row.question.name} / {row.code}"
    return row.name


Check = Callable[[Version], Iterable[Fault]]
CHECKS: tuple[Check, ...] = (
    _asks_something,
    _has_what_it_takes,
    _names_are_apart,
    _says_what_changed,
    _keeps_meanings,
    _can_be_gone,
    _is_translated,
)
