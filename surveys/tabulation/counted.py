"""Counts of one question: what tallies hold, releases publish, and figures are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

EVERYBODY = ""
"""The dimension that does not tell anybody apart, and the name of its one group."""
COUNTRY = "country"
"""The dimension that is summed from places: a country's code, or the code of an answer that is no
place of the programme."""
NO_ANSWER = ""
"""The group of those who did not say, in any dimension but EVERYBODY."""

Number = int | None
"""None: not shown, because it is under the threshold or would tell one that is."""


@dataclass(frozen=True)
class Counted:
    """One question in one group of respondents.

    `total` are the responses in the group, `asked` those that were asked, `answered` those of them
    that gave any answer, “I do not know” and the like included. `cells` are how many gave which,
    by the keys that the question's kind gives (`QuestionType.cell_keys`): `CODE`; `ITEM/CODE` of a
    matrix; `CODE/RANK` of a ranking. An open question has none. Every key is there.
    """

    total: Number
    asked: Number
    answered: Number
    cells: Mapping[str, Number] = field(default_factory=dict)

    @property
    def skipped(self) -> Number:
        """Were asked and gave no answer."""
        return _difference(self.asked, self.answered)

    @property
    def not_asked(self) -> Number:
        return _difference(self.total, self.asked)


@dataclass(frozen=True)
class Table:
    """One question crossed with one dimension; with EVERYBODY it has the one group EVERYBODY."""

    question: str
    dimension: str
    groups: Mapping[str, Counted]


def _difference(whole: Number, part: Number) -> Number:
    return None if whole is None or part is None else whole - part
