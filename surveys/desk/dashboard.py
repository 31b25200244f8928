"""The desk's first page: where the consultation stands, and what waits for whom."""

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from surveys.desk.sources import tasks
from surveys.landing import dates
from surveys.models import Consultation, Questionnaire, Response

COUNTED_EVERY = 60
"""Seconds. Counting a million takes longer than looking at the page should."""
TONES = {
    Consultation.Stage.UPCOMING: "warning",
    Consultation.Stage.OPEN: "good",
    Consultation.Stage.CLOSED: "",
}


def context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows besides the admin's own; nothing where there is no consultation."""
    consultation = Consultation.objects.with_programme().current()
    if consultation is None:
        return {}
    counted_at, counts = _counted(consultation)
    questionnaires = Questionnaire.objects.filter(consultation=consultation)
    return {
        "consultation": consultation,
        "stage": consultation.stage().label,
        "stage_tone": TONES[consultation.stage()],
        "dates": dates(consultation),
        "sent": [(each, counts.get(each.pk, 0)) for each in questionnaires],
        "counted_at": counted_at,
        "tasks": [(task, request.user.has_perm(task.permission)) for task in tasks(consultation)],
    }


def _counted(consultation: Consultation) -> tuple[datetime, dict[int, int]]:
    """By questionnaire how many were sent, and when they were counted."""
    key = f"desk:sent:{consultation.pk}"
    counted: tuple[datetime, dict[int, int]] | None = cache.get(key)
    if counted is None:
        counted = timezone.now(), _sent(consultation)
        cache.set(key, counted, COUNTED_EVERY)
    return counted


def _sent(consultation: Consultation) -> dict[int, int]:
    counted = (
        Response.objects.sent()
        .filter(questionnaire__consultation=consultation)
        .order_by()
        .values_list("questionnaire")
        .annotate(Count("id"))
    )
    return dict(counted)
