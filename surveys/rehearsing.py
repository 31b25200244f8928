"""Rehearsals: what staff try out before the opening. They are never counted, and erased then."""

from datetime import datetime
from time import monotonic

from django.db.models import QuerySet

from surveys.journey import Journey
from surveys.models import Consultation, Response, Version
from surveys.parts import Part
from surveys.retention import BY_KEY


def rehearse(version: Version, *, part: Part, language: str, moment: datetime) -> Response | None:
    """Store what staff tried out before the opening; None from the opening on."""
    if moment >= version.consultation.opens_at:
        return None
    return Response.objects.create(
        questionnaire_id=version.questionnaire_id,
        version=version,
        state=Response.State.SENT,
        language=language,
        answers=part.only_asked(Journey(version)).answers,
        is_rehearsal=True,
        started_at=moment,
        sent_at=moment,
    )


LOOK_AGAIN = 1.0
"""Seconds after which a process looks again whether there is a rehearsal to erase."""

_looked: dict[int, float] = {}


def erase_rehearsals_once(consultation: Consultation, moment: datetime) -> None:
    """The same for every response that begins, of which there may be hundreds a second."""
    looked = _looked.get(consultation.pk)
    if looked is None or monotonic() >= looked + LOOK_AGAIN:
        erase_rehearsals(consultation, moment)
        _looked[consultation.pk] = monotonic()


def erase_rehearsals(consultation: Consultation, moment: datetime) -> int:
    """Delete what was rehearsed until then; how many."""
    rehearsed = Response.objects.filter(
        is_rehearsal=True, questionnaire__consultation=consultation, started_at__lte=moment
    )
    erased = rehearsed.count()
    if erased:
        rehearsed.delete()
    return erased


def rehearsals_of_open_consultations(moment: datetime) -> QuerySet[Response]:
    """Every rehearsal of what has opened by then, or long enough before."""
    return Response.objects.filter(
        is_rehearsal=True,
        questionnaire__consultation__opens_at__lte=BY_KEY["rehearsals"].before(moment),
        started_at__lte=moment,
    )
