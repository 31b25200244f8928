"""Shares as if each group had answered in the proportion of its people. Optional, and labelled.

Post-stratification (Holt and Smith, 1979): with N_g people in group g, N in all groups together,
and p_g(k) the share of answer k in the group's base, the weighted share is

    p(k) = Σ_g (N_g / N) · p_g(k)

It assumes that in each group those who answered are like those who did not. Nobody drew a sample
here and respondents chose themselves, so this is no estimate for the population and has no margin
of error: it only takes away that some groups answered more than others. Those of no group that has
a population (who did not say, or live elsewhere) are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.question_types import QuestionType
from surveys.tabulation.counted import Counted, Table
from surveys.tabulation.figures import Figures, figures


class Reason(TextChoices):
    """Why there is no weighted share."""

    NO_POPULATION = "no_population", gettext_lazy("There are no population figures")
    NO_ANSWERS = "no_answers", gettext_lazy("Nobody answered in one of the groups")
    NOT_SHOWN = "not_shown", gettext_lazy("A number that is needed for it is not shown")


@dataclass(frozen=True)
class WeightedLine:
    """The weighted share (0 to 1) of an answer, or the reason why there is none.

    Of a ranking it is who put the option first; of a matrix `item` is the row.
    """

    code: str
    label: str
    share: float | None
    reason: Reason | None
    item: str = ""


Share = tuple[float | None, int | None]
"""A share, and the base that it is of."""
Shares = Mapping[tuple[str, str], tuple[str, Share]]
"""By item and code, with the label."""


def note(dimension: str) -> str:
    """What is said beside weighted shares, with the label of the dimension of the groups."""
    return _(
        "Weighted to the population by: %(dimension)s. Figures still describe those who answered"
    ) % {"dimension": dimension}


def weighted(
    kind: QuestionType, table: Table, population: Mapping[str, int]
) -> tuple[WeightedLine, ...]:
    """A question's weighted shares, from its table by the groups and their numbers of people.

    Only what is shown is used: one hidden number of a group takes the share of that answer away.
    """
    people = {group: n for group, n in population.items() if n > 0}
    nobody = Counted(0, 0, 0, dict.fromkeys(kind.cell_keys(), 0))
    groups = {group: _shares(figures(kind, table.groups.get(group, nobody))) for group in people}
    labels = _shares(figures(kind, nobody))
    labels = {**labels, **{key: line for each in groups.values() for key, line in each.items()}}
    return tuple(
        _line(key, label, people, {group: each.get(key) for group, each in groups.items()})
        for key, (label, _share) in labels.items()
    )


def _line(
    key: tuple[str, str],
    label: str,
    people: Mapping[str, int],
    found: Mapping[str, tuple[str, Share] | None],
) -> WeightedLine:
    item, code = key
    shares = {group: line[1] if line else (0.0, 1) for group, line in found.items()}
    reason = _reason(shares)
    share = None if reason else _sum(people, shares)
    return WeightedLine(code, label, share, reason, item)


def _reason(shares: Mapping[str, Share]) -> Reason | None:
    if not shares:
        return Reason.NO_POPULATION
    if any(base == 0 for _share, base in shares.values()):
        return Reason.NO_ANSWERS
    if any(share is None for share, _base in shares.values()):
        return Reason.NOT_SHOWN
    return None


def _sum(people: Mapping[str, int], shares: Mapping[str, Share]) -> float:
    everybody = sum(people.values())
    return (
        sum(people[group] * (share or 0.0) for group, (share, _base) in shares.items()) / everybody
    )


def _shares(found: Figures) -> dict[tuple[str, str], tuple[str, Share]]:
    shares = {("", line.code): (line.label, (line.share, found.base)) for line in found.lines}
    for item in found.items:
        for line in item.lines:
            shares[item.code, line.code] = (line.label, (line.share, item.base))
    return shares
