"""Matrix: several items rated on one scale."""

from collections.abc import Sequence
from random import Random
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from surveys.question_types.base import Line, Measure, Variable, answer
from surveys.question_types.choice import Closed
from surveys.question_types.fields import MatrixField
from surveys.question_types.widgets import ScaleTiles


class Matrix(Closed):
    """Items on a scale; "no experience" stands apart. Stored: item code → option code."""

    kind = "matrix"
    has_items = True
    label = _("Matrix")
    is_scale = True
    measure = Measure.ORDINAL

    def form_field(self) -> forms.Field:
        items = [(item.code, str(item.label)) for item in self.question.items.all()]
        return MatrixField(
            label=str(self.question.text),
            required=self.question.required,
            codes=[option.code for option in self.options],
            widget=ScaleTiles(items, self.choices(), self.apart()),
            error_messages={"required": self.required_message()},
        )

    def chosen(self, value: Any, item: str = "") -> set[str]:
        return super().chosen((value or {}).get(item))

    def control_names(self, item: str = "") -> list[str]:
        return [f"{self.name}_{item}"]

    def has_chosen(self, codes: Sequence[str], item: str = "") -> sql.Composable:
        answer = sql.SQL("answers->{}->>{}").format(self.name, item)
        return sql.SQL("coalesce({} = ANY({}::text[]), false)").format(answer, list(codes))

    def knows(self, value: Any) -> bool:
        items = {item.code for item in self.question.items.all()}
        known = {"", None, *self.labels()}
        return (
            isinstance(value, dict) and value.keys() <= items and known.issuperset(value.values())
        )

    def seconds_to_answer(self) -> int:
        return 6 * len(self.question.items.all())

    def printed_groups(self) -> list[tuple[str, list[str]]]:
        scale = [str(option.label) for option in self.options]
        return [(str(item.label), scale) for item in self.question.items.all()]

    def first_control_id(self) -> str:
        first = self.question.items.all()[0]
        return f"id_{self.name}_{first.code}_0"

    def own_fabricated(self, rng: Random, language: str) -> dict[str, str]:
        codes = [option.code for option in self.options]
        return {item.code: rng.choice(codes) for item in self.question.items.all()}

    def own_lines(self, value: dict[str, str]) -> list[Line]:
        labels = self.labels()
        apart = self.apart()
        return [
            Line(f"{item.label}: {labels.get(code, code)}", is_missing=code in apart)
            for item in self.question.items.all()
            if (code := value.get(item.code))
        ]

    def cell_keys(self) -> list[str]:
        items = self.question.items.all()
        return [f"{item.code}/{code}" for item in items for code in self.codes()]

    def counts_for(self, key: str) -> sql.Composable:
        """Row and option."""
        item, _slash, code = key.partition("/")
        return sql.SQL("answers->{}->>{} = {}").format(self.name, item, code)

    def own_variables(self) -> list[Variable]:
        return [
            Variable(
                f"{self.name}_{item.code}",
                f"{self.question.short}: {item.label}",
                sql.SQL("{}->>{}").format(answer(self.name), item.code),
                self.labels(),
                missing=self.missing(),
                part=item.code,
            )
            for item in self.question.items.all()
        ]
