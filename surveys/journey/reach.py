"""Whether there are answers at all that meet a number of conditions together."""

from collections.abc import Collection, Iterable

from surveys.journey.route import Need
from surveys.question_types import QuestionType

TRIES = 20_000
"""After so many it counts as possible: nobody writes a questionnaire that takes more."""


def can_be_met(needs: Iterable[Need]) -> bool:
    """Whether one respondent can give answers with which all of them hold."""
    by_answer: dict[tuple[str, str], list[Need]] = {}
    for need in needs:
        if need.source is None:
            return False
        by_answer.setdefault((need.source.name, need.condition.item), []).append(need)
    return all(_one_answer_meets(together) for together in by_answer.values())


def _one_answer_meets(needs: list[Need]) -> bool:
    """Whether one answer to one question holds a code of each of the conditions."""
    source = needs[0].source
    assert source is not None  # noqa: S101 - its caller has looked
    known = set(source.codes())
    wanted = [known.intersection(need.condition.codes) for need in needs]
    alone = set.intersection(*wanted)
    if source.most_chosen() == 1 or alone or not all(wanted):
        return bool(alone)
    together = [codes - _exclusive(source) for codes in wanted]
    return _Search(together).succeeds(frozenset(), source.most_chosen() or len(known))


def _exclusive(source: QuestionType) -> set[str]:
    return {option.code for option in source.options if option.exclusive}


class _Search:
    """For a few codes of which each condition has one."""

    def __init__(self, wanted: Collection[set[str]]) -> None:
        self.wanted = wanted
        self.tries = 0

    def succeeds(self, chosen: frozenset[str], left: int) -> bool:
        self.tries += 1
        missed = next((codes for codes in self.wanted if not codes & chosen), None)
        if missed is None or self.tries > TRIES:
            return True
        return left > 0 and any(self.succeeds(chosen | {code}, left - 1) for code in missed)
