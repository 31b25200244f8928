"""Responses, and releases of them with chosen cells left out, for tests of what is shown."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from surveys.models import Consultation, ReleasedTable, Response
from surveys.releasing.exact import dimension_names
from surveys.releasing.storing import store
from surveys.tabulation.counted import EVERYBODY, Counted, Table
from surveys.tallying import reading as tallies
from surveys.tallying.folding import fold


def answer(questionnaire, number=1, **answers):
    now = timezone.now()
    version = questionnaire.current_version()
    return Response.objects.bulk_create(
        Response(
            questionnaire=questionnaire,
            version=version,
            state="sent",
            language="ro",
            answers=answers,
            started_at=now,
            sent_at=now,
        )
        for _n in range(number)
    )


def open_now(consultation, **fields):
    """The consultation as it is read again: open, unless told otherwise."""
    now = timezone.now()
    dates = {"opens_at": now - timedelta(days=9), "closes_at": now + timedelta(days=9)}
    Consultation.objects.filter(pk=consultation.pk).update(**dates | fields)
    return Consultation.objects.current()


def closed(consultation, **fields):
    now = timezone.now()
    dates = {"opens_at": now - timedelta(days=9), "closes_at": now - timedelta(days=1)}
    return open_now(consultation, **dates | fields)


def count(consultation):
    for questionnaire in consultation.questionnaires.all():
        fold(questionnaire)


def release(consultation, *, under=10, held_back=None):
    """A release of all tables, without the cells that are under so many and not empty."""
    count(consultation)
    last = consultation.releases.order_by("-number").first()
    now = timezone.now()
    tables = [
        ReleasedTable.holding(_without_small(table, under), questionnaire=each, counted_at=now)
        for each in consultation.questionnaires.all()
        for kinds in [tallies.kinds(each)]
        for dimension in [EVERYBODY, *dimension_names(each)]
        for table in tallies.tables(each, dimension, kinds).values()
    ]
    with transaction.atomic():
        return store(
            tables,
            [],
            consultation=consultation,
            number=last.number + 1 if last else 1,
            made_at=now,
            counts={},
            held_back=held_back or {},
        )


def _without_small(table, under):
    return Table(
        table.question,
        table.dimension,
        {group: _counted(each, under) for group, each in table.groups.items()},
    )


def _counted(each, under):
    if each.total < under:
        return Counted(None, None, None, dict.fromkeys(each.cells))
    cells = {key: None if 0 < n < under else n for key, n in each.cells.items()}
    return Counted(each.total, each.asked, each.answered, cells)
