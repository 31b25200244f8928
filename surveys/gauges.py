"""How much there is and how long it has waited, asked of the database when somebody looks."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector

from surveys.models import Export, Message, Response, Tallied


class GaugesCollector(Collector):
    """Where the database is away it says just that."""

    def collect(self) -> Iterator[Gauge]:
        try:
            there = [responses(), drafts(), *emails(), exports(), *tallies()]
        except DatabaseError:
            there = []
        yield Gauge("consultation_database_up", "Whether the database answers", bool(there))
        yield from there
        yield from backup()


def responses() -> Gauge:
    """By number of the questionnaire, since its name may change."""
    found = Gauge(
        "consultation_responses_sent", "Responses sent", labels=("questionnaire", "language")
    )
    sent = Response.objects.filter(state=Response.State.SENT).order_by()
    groups = sent.values_list("version__questionnaire_id", "language").annotate(n=Count("pk"))
    for questionnaire, language, n in groups:
        found.add_metric([str(questionnaire), language], n)
    return found


def drafts() -> Gauge:
    n = Response.objects.filter(state=Response.State.DRAFT).count()
    return Gauge("consultation_drafts", "Responses that were saved and not sent", n)


def emails() -> Iterator[Gauge]:
    waiting = Message.objects.filter(state=Message.State.WAITING).order_by()
    found = waiting.aggregate(n=Count("pk"), oldest=Min("created_at"))
    yield Gauge("consultation_emails_waiting", "E-mails to be sent", found["n"])
    yield Gauge(
        "consultation_oldest_email_seconds", "Age of the oldest of them", age(found["oldest"])
    )


def exports() -> Gauge:
    n = Export.objects.filter(state__in=Export.UNDER_WAY).count()
    return Gauge("consultation_exports_waiting", "Data files to be made", n)


def tallies() -> Iterator[Gauge]:
    """Nothing where nothing was tallied yet."""
    oldest = Tallied.objects.aggregate(at=Min("at"))["at"]
    if oldest:
        yield Gauge("consultation_tallies_age_seconds", "Since the totals hold", age(oldest))


def backup() -> Iterator[Gauge]:
    """Of the file that BACKUP_STAMP names, which each backup touches when it is done."""
    stamp = Path(settings.BACKUP_STAMP) if settings.BACKUP_STAMP else None
    if stamp and stamp.exists():
        seconds = time.time() - stamp.stat().st_mtime
        yield Gauge("consultation_backup_age_seconds", "Since the last backup was done", seconds)


def age(moment: datetime | None) -> float:
    return max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0.0
