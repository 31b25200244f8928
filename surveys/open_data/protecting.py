"""What rows may tell. Pure.

Three rules keep rows and released tables together from telling of fewer than ten:

1. Rows tell of their senders the country alone. A country has at least `K` rows, or they stand
   under WITHHELD together with those of other such countries; where even these are fewer than
   `K`, they are left out.
2. Of every country (or of those under WITHHELD) at least `K` responses that count are no rows;
   where too few are missing anyway, more are left out by chance. What tables tell more than rows
   is of `K` or more.
3. An answer whose number is hidden for everybody or in a country reads WITHHELD wherever it was
   given, and so does no answer to the same question. Where several answers can be given or
   ranked and a number is hidden, the whole question is.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from surveys.exports.dataset import Row
from surveys.models import ReleasedTable
from surveys.question_types import QuestionType, Variable
from surveys.question_types.choice import SingleChoice
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Counted, Table

K = 10
WITHHELD = "-99"
ByDimension = Mapping[str, ReleasedTable]
"""The tables of one question that are released."""


@dataclass(frozen=True)
class Grouping:
    """`groups`: the country each country's rows stand under; `keep`: how many of them may."""

    groups: Mapping[str, str]
    keep: Mapping[str, int]


def grouping(
    counted: Mapping[str, int], allowed: Mapping[str, int], told: Collection[str]
) -> Grouping:
    """Rules 1 and 2. Numbers by country, of all that count and of those that may be rows; `told`
    are the countries whose number of responses is released."""
    groups: dict[str, str] = {}
    keep: dict[str, int] = {}
    for country, number in allowed.items():
        kept = min(number, counted[country] - K)
        if country in told and kept >= K:
            groups[country] = country
            keep[country] = kept
        else:
            groups[country] = WITHHELD
    rest = [country for country, group in groups.items() if group == WITHHELD]
    kept = min(sum(allowed[each] for each in rest), sum(counted[each] for each in rest) - K)
    if kept >= K:
        keep[WITHHELD] = kept
    return Grouping(groups, keep)


def released_countries(tables: Iterable[ByDimension]) -> set[str]:
    """Countries of which every released question tells how many responded."""
    found: set[str] | None = None
    for by_dimension in tables:
        if COUNTRY in by_dimension:
            groups = by_dimension[COUNTRY].table.groups
            told = {code for code, each in groups.items() if each.total is not None}
            found = told if found is None else found & told
    return found or set()


class Shown:
    """Rule 3 for one column: what of its cells is published."""

    def __init__(
        self,
        kind: QuestionType,
        column: Variable,
        tables: ByDimension,
        countries: Collection[str],
    ) -> None:
        everybody = tables[EVERYBODY].table if EVERYBODY in tables else None
        here = _counted(everybody, [EVERYBODY])
        if COUNTRY in tables:
            here += _counted(tables[COUNTRY].table, countries)
        is_one = isinstance(kind, SingleChoice) or kind.has_items
        prefix = f"{column.part}/" if kind.has_items else ""
        keys = [f"{prefix}{code}" for code in column.codes] if is_one else kind.cell_keys()
        self.is_one = is_one
        self.codes = {
            key.removeprefix(prefix)
            for key in keys
            if here and all(each.cells.get(key) is not None for each in here)
        }
        self.is_whole = bool(keys) and len(self.codes) == len(keys)

    def cell(self, cell: str | None) -> str | None:
        if self.is_whole and (not self.is_one or cell is None or cell in self.codes):
            return cell
        return cell if self.is_one and cell in self.codes else WITHHELD


def _counted(table: Table | None, groups: Collection[str]) -> list[Counted]:
    return [table.groups[each] for each in groups if each in table.groups] if table else []


def adds_too_few(before: Iterable[Row], now: Iterable[Row]) -> bool:
    """Whether rows came and none went, and so few came in some country that these are told apart.

    The first cell is the country.
    """
    former, later = Counter(map(tuple, before)), Counter(map(tuple, now))
    if former - later:
        return False
    came = Counter(row[0] for row in (later - former).elements())
    return any(number < K for number in came.values())
