"""From exact tables to what may be published after what was published before."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveys.models import ReleasedTable
from surveys.question_types import QuestionType
from surveys.releasing.exact import ByDimension, Exact
from surveys.tabulation.relations import Places
from surveys.tabulation.succession import may_follow
from surveys.tabulation.suppression import suppressed

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
        elif former and not _follows(exact.kinds[name], former, shown, places):
            found.stands += [stored.pk for stored in former.values()]
            found.held_back.append(name)
        else:
            found.new += [
                ReleasedTable.holding(table, questionnaire=exact.questionnaire, counted_at=exact.at)
                for table in shown.values()
            ]
    return found


def _follows(
    kind: QuestionType, former: Mapping[str, ReleasedTable], shown: ByDimension, places: Places
) -> bool:
    """What a later version tells apart for the first time has nothing it could be told from."""
    before = {name: stored.table for name, stored in former.items() if name in shown}
    now = {name: shown[name] for name in before}
    return may_follow(kind, before, now, places=places)
