"""A release to report on, for tests: counts as they are, without any number under ten."""

from django.utils import timezone

from surveys.models import Release, ReleasedTable
from surveys.releasing.storing import store
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Counted, Table
from surveys.tallying.folding import fold
from surveys.tallying.reading import tables

SMALL = 10


def release(consultation):
    """Everything that was sent by now, released."""
    new, counts = [], {}
    for questionnaire in consultation.questionnaires.all():
        while fold(questionnaire):
            pass
        for dimension in (EVERYBODY, COUNTRY):
            for table in tables(questionnaire, dimension).values():
                kept = {group: _shown(counted) for group, counted in table.groups.items()}
                new.append(
                    ReleasedTable.holding(
                        Table(table.question, dimension, kept),
                        questionnaire=questionnaire,
                        counted_at=timezone.now(),
                    )
                )
        counts[questionnaire.slug] = {"counted": 0, "withdrawn": 12, "unconfirmed": 3}
    number = Release.objects.filter(consultation=consultation).count() + 1
    return store(
        new, [], consultation=consultation, number=number, made_at=timezone.now(), counts=counts
    )


def _shown(counted):
    def kept(number):
        return None if 0 < number < SMALL else number

    cells = {key: kept(n) for key, n in counted.cells.items()}
    return Counted(kept(counted.total), kept(counted.asked), kept(counted.answered), cells)
