"""A consultation that has closed and was released, for tests of its report."""

import random
from datetime import timedelta

from django.utils import timezone

from surveys.fabrication import fabricate
from surveys.models import Consultation, Release, ReleasedTable
from surveys.releasing.storing import store
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Counted, Table
from surveys.tallying.folding import fold
from surveys.tallying.reading import tables, totals

SMALL = 10


def answered_by(consultation, citizens=150, stakeholders=30, seed=1):
    """Made-up responses of both questionnaires."""
    rng = random.Random(seed)
    for slug, number in (("citizens", citizens), ("stakeholders", stakeholders)):
        for _written in fabricate(consultation.questionnaires.get(slug=slug), number, rng):
            pass


def released(consultation):
    """It closes, and what was sent is public without any number under ten.

    What else has to be hidden is told in the tests of releases, and takes its time.
    """
    now = timezone.now()
    Consultation.objects.filter(pk=consultation.pk).update(
        opens_at=now - timedelta(days=30),
        closes_at=now - timedelta(minutes=2),
        opinions_published_at=now - timedelta(minutes=1),
    )
    consultation.refresh_from_db()
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
                        counted_at=now,
                    )
                )
        counted = totals(questionnaire).get(EVERYBODY, 0)
        counts[questionnaire.slug] = {"counted": counted, "withdrawn": 12, "unconfirmed": 3}
    number = Release.objects.filter(consultation=consultation).count() + 1
    return store(new, [], consultation=consultation, number=number, made_at=now, counts=counts)


def _shown(counted):
    def kept(number):
        return None if 0 < number < SMALL else number

    cells = {key: kept(n) for key, n in counted.cells.items()}
    return Counted(kept(counted.total), kept(counted.asked), kept(counted.answered), cells)
