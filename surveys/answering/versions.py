"""Versions that are answered, read once a second: every form of it shares their questions.

What is published is frozen. What stands around it, the dates of the consultation for instance, is
at most `READ_FOR` seconds old.
"""

from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from django.http import Http404

from surveys.journey import Journey
from surveys.models import Consultation, Questionnaire, Version
from surveys.models.questionnaire import VersionQuerySet

READ_FOR = 1.0
"""Seconds until what staff change is seen, by staff as well."""
READ_AT_MOST = 32
"""There are as many as audiences, times the versions that forms are still open of."""


@dataclass(frozen=True)
class _Read:
    version: Version
    at: float

    def is_fresh(self) -> bool:
        return monotonic() < self.at + READ_FOR

    def now(self) -> Version:
        """For one request: nothing that it sets on the version is seen by another.

        They share its questions, and the way through them.
        """
        Journey.of(self.version)
        version = copy(self.version)
        version.questionnaire = copy(version.questionnaire)
        version.questionnaire.consultation = copy(version.questionnaire.consultation)
        if self.version.asked_at:
            version.asked_at = self.version.asked_at + timedelta(seconds=monotonic() - self.at)
        return version


_versions: dict[tuple[str, int | None], _Read] = {}


def get_version(answered_by: str, version_id: int | None) -> Version:
    """The wording that a form showed or a response answers, whatever has come after it.

    Without an id it is what these respondents answer now. Raises Http404 where there is none.
    """
    read = _versions.get((answered_by, version_id))
    if read is None or not read.is_fresh():
        read = _Read(_from_database(answered_by, version_id), monotonic())
        if len(_versions) >= READ_AT_MOST:
            _versions.clear()
        _versions[answered_by, version_id] = read
    return read.now()


def _from_database(answered_by: str, version_id: int | None) -> Version:
    if version_id is None:
        return get_current_version(get_questionnaire(answered_by))
    version = _whole().filter(pk=version_id, questionnaire__answered_by=answered_by).first()
    if version is None:
        raise Http404("There is no such version")
    return version


def _whole() -> VersionQuerySet:
    """With what stands on a receipt as well."""
    versions = Version.objects.published().with_questions()
    return versions.prefetch_related("questionnaire__consultation__passages")


def get_questionnaire(answered_by: str) -> Questionnaire:
    """The current consultation's questionnaire for these respondents, or 404."""
    consultation = Consultation.objects.with_programme().current()
    questionnaire = Questionnaire.objects.filter(
        consultation=consultation, answered_by=answered_by
    ).first()
    if questionnaire is None:
        raise Http404("There is no such questionnaire")
    return questionnaire


def get_current_version(questionnaire: Questionnaire) -> Version:
    """What is answered now, with everything it takes to show it, or 404."""
    version = _whole().filter(questionnaire=questionnaire).order_by("-number").first()
    if version is None:
        raise Http404("This questionnaire has not been published")
    return version


def get_later_version(version_id: int, questionnaire_id: int) -> Version | None:
    """What is answered now where that is not the version of this id; with all it takes to show."""
    published = Version.objects.published().filter(questionnaire=questionnaire_id)
    current_id = published.order_by("-number").values_list("pk", flat=True).first()
    if current_id in (None, version_id):
        return None
    return Version.objects.with_questions().get(pk=current_id)
