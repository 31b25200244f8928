"""What of the responses an export takes: what the list of responses can be filtered by."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.models import Export, Questionnaire, Response

FILTERS = {
    "place": _("Place"),
    "language": _("Language of the response"),
    "channel": _("Channel"),
    "sent_from": _("Sent from"),
    "sent_until": _("Sent until"),
}
"""No other is known: what somebody may see is told by the columns, never by trying filters."""


def chosen(cleaned: Mapping[str, Any]) -> dict[str, str]:
    """Those that were set, as they are stored."""
    return {name: str(cleaned[name]) for name in FILTERS if cleaned.get(name)}


def exported(questionnaire: Questionnaire, filters: Mapping[str, str]) -> QuerySet[Response]:
    """The responses that were sent, that count, and that the filters let through."""
    found = Response.objects.sent().filter(questionnaire=questionnaire)
    for name in ("place", "language", "channel"):
        if name in filters:
            found = found.filter(**{name: filters[name]})
    if "sent_from" in filters:
        found = found.filter(sent_at__gte=_moment(filters["sent_from"], time.min))
    if "sent_until" in filters:
        # Not before the next day: the last day of the calendar has none.
        found = found.filter(sent_at__lte=_moment(filters["sent_until"], time.max))
    return found


def _moment(day: str, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(date.fromisoformat(day), at))


def in_words(export: Export) -> list[tuple[str, str]]:
    """Names of the filters and what they were set to."""
    return [(str(FILTERS[name]), value) for name, value in export.filters.items()]
