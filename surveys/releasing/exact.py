"""Everything that can be released of a questionnaire, exactly, as it was counted at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from surveys.dimensions import telling_apart
from surveys.models import Organisation, Questionnaire, Response, Tallied
from surveys.question_types import QuestionType
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Table
from surveys.tallying import reading as tallies

ByDimension = Mapping[str, Table]
"""All tables of one question."""


@dataclass(frozen=True)
class Exact:
    """The tables of each question by its name, and how many responses are where: not public."""

    questionnaire: Questionnaire
    at: datetime
    kinds: Mapping[str, QuestionType]
    tables: Mapping[str, ByDimension]
    counts: Mapping[str, int]


def exact(questionnaire: Questionnaire) -> Exact | None:
    """None where nothing was ever counted."""
    with transaction.atomic():
        # Whoever moves the tallies along waits till all are read.
        tallied = Tallied.objects.select_for_update().filter(questionnaire=questionnaire).first()
        if tallied is None:
            return None
        names = [EVERYBODY, *dimension_names(questionnaire)]
        kinds = tallies.kinds(questionnaire)
        read = {name: tallies.tables(questionnaire, name, kinds) for name in names}
        counted = tallies.totals(questionnaire).get(EVERYBODY, 0)
    tables = {
        question: {name: by_question[question] for name, by_question in read.items()}
        for question in kinds
    }
    return Exact(questionnaire, tallied.at, kinds, tables, accounted(questionnaire, counted))


def dimension_names(questionnaire: Questionnaire) -> list[str]:
    """What published tables are told apart by, besides EVERYBODY."""
    published = telling_apart(questionnaire) | {COUNTRY}
    return [name for name in tallies.dimension_names(questionnaire) if name in published]


def accounted(questionnaire: Questionnaire, counted: int) -> dict[str, int]:
    """Where all responses are that were ever sent: see `Release.counts`. Rehearsals never were."""
    responses = Response.objects.filter(questionnaire=questionnaire, is_rehearsal=False)
    unconfirmed = Q(organisation__standing__in=Organisation.UNCONFIRMED)
    numbers: dict[str, int] = responses.order_by().aggregate(
        withdrawn=Count("id", filter=Q(state=Response.State.WITHDRAWN)),
        unconfirmed=Count("id", filter=unconfirmed & Q(state=Response.State.SENT)),
    )
    return {"sent": counted + sum(numbers.values()), "counted": counted, **numbers}
