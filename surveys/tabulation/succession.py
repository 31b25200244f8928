"""Whether a question's new tables may follow its former ones, or tell what came in between."""

from collections.abc import Iterator, Mapping

from surveys.question_types import QuestionType
from surveys.tabulation.counted import Counted, Number, Table
from surveys.tabulation.relations import Keys, Places, Relations, relations, sums
from surveys.tabulation.small_cells import SMALL

ASKED, ANSWERED = "#asked", "#answered"
NOBODY = Counted(0, 0, 0)
Change = Mapping[str, Mapping[str, Mapping[str, Number]]]
"""By dimension, group and key; None where either of both numbers is not shown."""


def may_follow(
    kind: QuestionType,
    former: Mapping[str, Table],
    now: Mapping[str, Table],
    *,
    places: Places,
    threshold: int = SMALL,
) -> bool:
    """Whether readers of both cannot find that 1 to 9 people more, or fewer, gave an answer.

    `former` and `now` are published tables of one question, by dimension. The difference of two
    shown numbers counts those who came in between, less those who left, so it must be 0 or at
    least the threshold: of every answer, of the rest that did not choose it where that is an
    answer too, and of those who answered. The same holds for all that is not shown in a sum whose
    whole is shown: everybody without the shown groups, a country without its shown places, those
    who answered without the shown answers.

    Nothing else joins the two: each is suppressed by itself, so what is hidden in one of them has
    its room there, whatever the other says. How many responded is public at every hour and is not
    looked at.
    """
    keys = dict.fromkeys(
        key
        for tables in (former, now)
        for table in tables.values()
        for counted in table.groups.values()
        for key in counted.cells
    )
    known = relations(kind, keys)
    change = _change(former, now, tuple(keys))
    return not any(
        n is not None and 0 < abs(n) < threshold
        for n in (*_within(change, known), *_between(change, places))
    )


def _change(former: Mapping[str, Table], now: Mapping[str, Table], keys: Keys) -> Change:
    """Of all groups that either of them has; who is in no table is nobody."""
    return {
        dimension: {
            group: _of_group(
                former[dimension].groups.get(group, NOBODY), table.groups.get(group, NOBODY), keys
            )
            for group in {**former[dimension].groups, **table.groups}
        }
        for dimension, table in now.items()
        if dimension in former
    }


def _of_group(former: Counted, now: Counted, keys: Keys) -> dict[str, Number]:
    change = {key: _less(now.cells.get(key, 0), former.cells.get(key, 0)) for key in keys}
    change[ANSWERED] = _less(now.answered, former.answered)
    if (now.asked, former.asked) != (now.total, former.total):
        change[ASKED] = _less(now.asked, former.asked)
    return change


def _within(change: Change, known: Relations) -> Iterator[Number]:
    for groups in change.values():
        for group in groups.values():
            yield from group.values()
            for keys in known.complements:
                if all(group[key] is not None for key in keys):
                    yield _rest(group[ANSWERED], [group[key] for key in keys])
            for keys in known.equal:
                yield _rest(group[ANSWERED], [group[key] for key in keys])


def _between(change: Change, places: Places) -> Iterator[Number]:
    keys = {key for groups in change.values() for group in groups.values() for key in group}
    for key in keys - {ASKED}:
        numbers = {
            dimension: {group: of[key] for group, of in groups.items()}
            for dimension, groups in change.items()
        }
        for whole, parts in sums(numbers, places):
            yield _rest(whole, parts)


def _rest(whole: Number, parts: list[Number]) -> Number:
    """The whole without those parts of it that are shown."""
    return None if whole is None else whole - sum(part or 0 for part in parts)


def _less(now: Number, former: Number) -> Number:
    return None if now is None or former is None else now - former
