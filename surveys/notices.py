"""Versions of the privacy notice: drafting the next, what stands in its way, publishing it."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from surveys import audit
from surveys.models import AuditEntry, Consultation, PrivacyNotice, Response, User
from surveys.text_fields import required_languages
from surveys.translated import Text

PLACEHOLDER = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
"""What the authority that is responsible has still to fill in."""
PERIODS = frozenset(
    ("DRAFTS_KEPT_DAYS", "ORIGINALS_KEPT_DAYS", "SUBSCRIBERS_KEPT_DAYS", "EXPORTS_KEPT_DAYS")
)
"""The settings a row of a notice's table of times may name."""
Section = dict[str, Any]


class NotPublished(Exception):
    """A notice that is not complete."""


def read_by_sender(response: Response) -> PrivacyNotice | None:
    """The version that was in force when a response was sent."""
    notices = response.questionnaire.consultation.privacy_notices
    return notices.in_force(response.sent_at) if response.sent_at else None


def begin_draft(consultation: Consultation, by: User) -> PrivacyNotice:
    """The next version, with the words of the last; the draft that is there, where there is one."""
    with transaction.atomic():
        Consultation.objects.select_for_update().get(pk=consultation.pk)
        last = consultation.privacy_notices.order_by("-number").first()
        if last and not last.published_at:
            return last
        draft = PrivacyNotice.objects.create(
            consultation=consultation,
            number=last.number + 1 if last else 1,
            short=last.short if last else {},
            sections=last.sections if last else [],
        )
        audit.record(by, AuditEntry.Action.ADDED, draft)
    return draft


def publish(pk: int, by: User, moment: datetime) -> None:
    """Put a draft in force, for ever, with the periods the settings have now.

    Raises NotPublished where something is missing. One that is published already stays as it is.
    """
    with transaction.atomic():
        notice = PrivacyNotice.objects.select_for_update().get(pk=pk)
        if notice.published_at:
            return
        if missing(notice) or placeholders(notice):
            raise NotPublished
        notice.sections = with_periods(notice.sections)
        notice.published_at = moment
        notice.save()
        audit.record(by, AuditEntry.Action.PUBLISHED, notice)


def with_periods(sections: list[Section]) -> list[Section]:
    """The sections with the number of days each named setting has now."""
    return [_counted(section) if section.get("periods") else section for section in sections]


def _counted(section: Section) -> Section:
    return section | {"periods": [row | _days(row) for row in section["periods"]]}


def _days(row: Section) -> dict[str, int]:
    return {"days": getattr(settings, row["setting"])} if row.get("setting") in PERIODS else {}


def outdated_periods(notice: PrivacyNotice) -> list[str]:
    """The settings that are not any more what the published notice promises."""
    return [
        row["setting"]
        for section in notice.sections
        for row in section.get("periods", [])
        if row.get("days") is not None and row["days"] != _days(row).get("days")
    ]


def texts(notice: PrivacyNotice) -> Iterator[tuple[str, dict[str, str]]]:
    """Every text the public reads, under the name of where it stands."""
    yield "short", notice.short
    yield "changes", notice.changes
    for section in notice.sections:
        yield section["name"], section["heading"]
        yield section["name"], section["text"]
        for row in section.get("periods", []):
            yield section["name"], row["what"]
            yield section["name"], row["until"]


def missing(notice: PrivacyNotice) -> list[tuple[str, str]]:
    """Where a text lacks a language that is not derived, as (name, language)."""
    found = {
        (name, language): None
        for name, text in texts(notice)
        for language in required_languages()
        if not text.get(language, "").strip()
    }
    return [*found] if notice.sections else [*found, ("sections", "")]


def placeholders(notice: PrivacyNotice) -> list[tuple[str, str]]:
    """What has still to be filled in, as (name of the section, words), in the active language."""
    return [
        (name, words)
        for name, text in texts(notice)
        for words in _to_be_filled_in(Text(text)) or _elsewhere(text)
    ]


def _to_be_filled_in(text: Text) -> list[str]:
    """As the active language says it; as the site's own does where that says more."""
    own = text.get(settings.LANGUAGE_CODE, "")
    return max((PLACEHOLDER.findall(variant) for variant in (str(text), own)), key=len)


def _elsewhere(text: dict[str, str]) -> list[str]:
    """Where the site's own language is filled in and a translation is not."""
    return [words for variant in text.values() for words in PLACEHOLDER.findall(variant)]


def told_since(consultation: Consultation, started_at: datetime) -> list[PrivacyNotice]:
    """Versions with a change that matters to whoever began to answer then."""
    published = consultation.privacy_notices.published().filter(published_at__gt=started_at)
    return [*published.filter(is_material=True).order_by("number")]
