"""Ranking: the most important options in order."""

from random import Random
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from surveys.question_types.base import Cell, Line, Measure, Variable, answer
from surveys.question_types.choice import Closed
from surveys.question_types.fields import RankingField
from surveys.question_types.widgets import RankSelects


class Ranking(Closed):
    """Up to so many options in order. Stored: their codes, the most important first."""

    kind = "ranking"
    uses = ("maximum",)
    label = _("Ranking")
    measure = Measure.ORDINAL

    @property
    def ranks(self) -> int:
        return self.question.maximum or len(self.options)

    def form_field(self) -> forms.Field:
        return RankingField(
            label=str(self.question.text),
            required=self.question.required,
            labels=self.labels(),
            widget=RankSelects(self.choices(), self.ranks),
            error_messages={"required": self.required_message()},
        )

    def most_chosen(self) -> int | None:
        return self.ranks

    def control_names(self, item: str = "") -> list[str]:
        return [f"{self.name}_{rank}" for rank in range(1, self.ranks + 1)]

    def knows(self, value: Any) -> bool:
        return isinstance(value, list) and {"", *self.labels()}.issuperset(value)

    def seconds_to_answer(self) -> int:
        return 8 * self.ranks

    def printed_hint(self) -> str:
        how = _("Write 1 in the box of your first choice, 2 in the box of your second, and so on.")
        return f"{self.hint()} {how}".strip()

    def first_control_id(self) -> str:
        return f"id_{self.name}_1"

    def own_fabricated(self, rng: Random, language: str) -> list[str]:
        return self.fabricated_codes(rng, list(self.labels()), self.ranks)

    def own_lines(self, value: list[str]) -> list[Line]:
        labels = self.labels()
        return [
            Line(f"{rank}. {labels.get(code, code)}") for rank, code in enumerate(value, 1) if code
        ]

    def cell_keys(self) -> list[str]:
        ranks = range(1, self.ranks + 1)
        return [f"{code}/{rank}" for code in self.codes() for rank in ranks]

    def counts_for(self, key: str) -> sql.Composable:
        """Option and rank."""
        code, _slash, rank = key.rpartition("/")
        return sql.SQL("answers->{}->>{} = {}").format(self.name, int(rank) - 1, code)

    def own_variables(self) -> list[Variable]:
        """One column per option: its rank, 1 for the most important."""
        # JSON has no search for a position; the array is at most a dozen entries long.
        rank = (
            "(SELECT rank::text FROM jsonb_array_elements_text({}) WITH ORDINALITY "
            "AS ranked (code, rank) WHERE code = {})"
        )
        return [
            Variable(
                f"{self.name}_{option.code}",
                f"{self.question.short}: {option.label}",
                sql.SQL(rank).format(answer(self.name), option.code),
                cell=Cell.NUMBER,
                part=option.code,
            )
            for option in self.options
        ]
