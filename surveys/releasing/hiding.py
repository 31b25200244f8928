"""From exact tables to what may be published after what was published before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from surveys.models import ReleasedTable
from surveys.question_types import QuestionType
from surveys.releasing.exact import ByDimension, Exact
from surveys.tabulation.counted import Counted, Number
from surveys.tabulation.relations import Places
from surveys.tabulation.suppression import THRESHOLD, suppressed

Standing = Mapping[str, Mapping[str, ReleasedTable]]
"""The tables that stand now, by question and dimension."""


@dataclass
class Outcome:
    """Of one questionnaire: the tables to publish, those that stand on, and why some do."""

    new: list[ReleasedTable] = field(default_factory=list)
    stands: list[int] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)


def outcome(exact: Exact, standing: Standing, places: Places) -> Outcome:
    """Each question's tables move on together, or stand together."""
    found = Outcome()
    for name, tables in exact.tables.items():
        former = standing.get(name, {})
        shown = suppressed(exact.kinds[name], tables, places=places)
        if {key: stored.table for key, stored in former.items()} == shown:
            found.stands += [stored.pk for stored in former.values()]
        elif former and not _may_follow(exact.kinds[name], former, shown):
            found.stands += [stored.pk for stored in former.values()]
            found.held_back.append(name)
        else:
            found.new += [
                ReleasedTable.holding(table, questionnaire=exact.questionnaire, counted_at=exact.at)
                for table in shown.values()
            ]
    return found


def _may_follow(
    kind: QuestionType, former: Mapping[str, ReleasedTable], shown: ByDimension
) -> bool:
    pairs = [
        (stored.table.groups.get(group), counted)
        for dimension, stored in former.items()
        for group, counted in shown[dimension].groups.items()
    ]
    return all(_differs_enough(before, after) for pair in pairs for before, after in _each(*pair))


def _each(before: Counted | None, after: Counted) -> Iterator[tuple[Number, Number]]:
    if before is not None:
        yield before.answered, after.answered
        for key, n in after.cells.items():
            yield before.cells.get(key), n


def _differs_enough(before: Number, after: Number) -> bool:
    if before is None or after is None:
        return before == after
    return before == after or abs(after - before) >= THRESHOLD
