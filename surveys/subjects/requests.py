"""Requests as rows: taken in, answered within a month, and then without whose they were."""

import calendar
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from surveys import audit
from surveys.models import AuditEntry, Response, SubjectRequest, User
from surveys.subjects.finding import Subject


def due(received: date) -> date:
    """One month later (GDPR, Article 12(3)); the last day of a month that is shorter."""
    year, month = received.year + received.month // 12, received.month % 12 + 1
    return date(year, month, min(received.day, calendar.monthrange(year, month)[1]))


def take_in(subject: Subject, *, kind: str, proof: str, received: date, by: User) -> SubjectRequest:
    """A new request, which is open until `finish`."""
    request = SubjectRequest.objects.create(
        kind=kind,
        proof=proof,
        received_on=received,
        due_on=due(received),
        handled_by=by,
        response=subject.response,
        organisation=subject.organisation,
        email=subject.email,
    )
    audit.record(by, AuditEntry.Action.ADDED, request, proof=proof)
    return request


def finish(request: SubjectRequest, report: Mapping[str, Any], moment: datetime, by: User) -> None:
    """It is answered: what was done is kept in numbers, whom it was about is forgotten.

    A restriction knows its response until it is lifted.
    """
    if request.kind != SubjectRequest.Kind.RESTRICT:
        request.response = None
    request.email, request.organisation = "", None
    request.handled_by, request.report, request.done_at = by, dict(report), moment
    request.save()
    action = {
        SubjectRequest.Kind.EXPORT: AuditEntry.Action.EXPORTED,
        SubjectRequest.Kind.ERASE: AuditEntry.Action.DELETED,
    }
    kind = SubjectRequest.Kind(request.kind)
    audit.record(by, action.get(kind, AuditEntry.Action.CHANGED), request, report=request.report)


def finish_for_another(
    request: SubjectRequest, response: Response, moment: datetime, by: User
) -> SubjectRequest:
    """A request that is like this one and answered with it: each knows the one it restricted."""
    like = take_in(
        Subject(response=response),
        kind=request.kind,
        proof=request.proof,
        received=request.received_on,
        by=by,
    )
    finish(like, {"response": 1}, moment, by)
    return like


def finish_lifting(request: SubjectRequest, moment: datetime, by: User) -> None:
    request.response, request.lifted_at = None, moment
    request.save()
    audit.record(by, AuditEntry.Action.CHANGED, request, lifted=True)
