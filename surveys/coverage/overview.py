"""A questionnaire's coverage as a whole: what is counted, in tables and in one number."""

from dataclasses import dataclass

from surveys.coverage.behind import elapsed, is_behind_wanted
from surveys.coverage.counting import Counts, counts
from surveys.coverage.tables import Table, table
from surveys.dimensions import Dimension, counted, possible
from surveys.models import Consultation, Questionnaire, Target


@dataclass(frozen=True)
class Overview:
    """Everything its page shows. `others` are what it could be counted by besides."""

    counts: Counts
    tables: list[Table]
    others: list[Dimension]


def overview(questionnaire: Questionnaire, *, shows_small: bool) -> Overview:
    targets = list(Target.objects.filter(questionnaire=questionnaire))
    dimensions = possible(questionnaire)
    shown = counted(dimensions, targets)
    numbers = counts(questionnaire, [dimension.name for dimension in shown])
    tables = [
        table(dimension, numbers.by[dimension.name], targets, shows_small=shows_small)
        for dimension in shown
    ]
    return Overview(numbers, tables, [each for each in dimensions if each not in shown])


def number_behind(questionnaire: Questionnaire, consultation: Consultation) -> int:
    """How many groups have fewer responses than are wanted by now."""
    if not Target.objects.filter(questionnaire=questionnaire, wanted__gt=0).exists():
        return 0
    found = overview(questionnaire, shows_small=True)
    part = elapsed(consultation, found.counts.at)
    return sum(is_behind_wanted(row, part) for table in found.tables for row in table.rows)
