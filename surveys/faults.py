"""Noting errors that no page expected, and finding them by the number a visitor was shown."""

import logging
from datetime import timedelta

from django.db import Error, transaction
from django.utils import timezone

from surveys.models import Fault

log = logging.getLogger(__name__)

AT_MOST = 200
"""In an hour: whoever finds a page that fails must not fill the disk with it. The log has all."""


def note(number: str, page: str, exception: str, raised_at: list[str]) -> None:
    """Store one; where that is not possible the log alone has it, and nobody waits for it."""
    try:
        with transaction.atomic():
            recent = Fault.objects.filter(at__gt=timezone.now() - timedelta(hours=1))
            if recent.count() < AT_MOST:
                Fault.objects.create(
                    number=number,
                    page=page[:100],
                    exception=exception[:100],
                    raised_at="\n".join(raised_at),
                )
    except Error as error:
        log.warning("An error could not be noted: %s", error)


def found(number: str) -> list[Fault]:
    """Those with this number, as it was read out: with spaces, in capital letters."""
    return list(Fault.objects.filter(number="".join(number.split()).lower()[:8]))
