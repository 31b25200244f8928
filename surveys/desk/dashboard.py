"""The desk's first page: where the consultation stands, and what waits for whom."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from surveys.dates import on_every_clock
from surveys.desk.sources import tasks
from surveys.landing import dates
from surveys.models import Consultation, Questionnaire
from surveys.tabulation.counted import EVERYBODY
from surveys.tallying.reading import as_of, totals

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
    questionnaires = Questionnaire.objects.filter(consultation=consultation)
    counted_at = min(filter(None, map(as_of, questionnaires)), default=timezone.now())
    return {
        "consultation": consultation,
        "stage": consultation.stage().label,
        "stage_tone": TONES[consultation.stage()],
        "dates": dates(consultation),
        "sent": [(each, totals(each).get(EVERYBODY, 0)) for each in questionnaires],
        "counted_at": on_every_clock(counted_at, list(consultation.programme.countries.all())),
        "tasks": [(task, request.user.has_perm(task.permission)) for task in tasks(consultation)],
    }
