"""Closed questions: one answer, or several."""

from collections.abc import Sequence
from random import Random
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from surveys.models import Option
from surveys.question_types.base import Line, QuestionType, Variable, answer
from surveys.question_types.fields import OneChoiceField, SeveralChoicesField
from surveys.question_types.widgets import CheckboxTiles, RadioTiles

IN_COLUMNS_FROM = 9
"""So many options are easier to take in side by side where the screen is wide."""


CHOSEN = "CASE {} ? {} WHEN true THEN '1' WHEN false THEN '0' END"


class Closed(QuestionType):
    """A question with options."""

    def choices(self) -> list[tuple[str, Any]]:
        return [(option.code, str(option.label)) for option in self.options]

    def printed_groups(self) -> list[tuple[str, list[str]]]:
        return [("", [str(option.label) for option in self.options])]

    def apart(self) -> set[str]:
        return {option.code for option in self.options if option.missing}

    def codes(self) -> list[str]:
        return list(self.labels())

    def chosen(self, value: Any, item: str = "") -> set[str]:
        """Of one code, or of a list of them."""
        return {value} if isinstance(value, str) else set(value or ())

    def has_chosen(self, codes: Sequence[str], item: str = "") -> sql.Composable:
        given = sql.SQL("answers->{}").format(self.name)
        # ?| looks at a string as it does at each string of an array.
        return sql.SQL("coalesce({} ?| {}::text[], false)").format(given, list(codes))

    def cell_keys(self) -> list[str]:
        return self.codes()

    def tiles_class(self) -> str:
        return "in-columns" if len(self.options) >= IN_COLUMNS_FROM else ""


class SingleChoice(Closed):
    """One option. Stored: its code."""

    kind = "single"
    uses = ("appearance",)
    label = _("One answer")

    @property
    def is_grouped(self) -> bool:  # type: ignore[override]
        return not self.is_list

    @property
    def is_list(self) -> bool:
        return self.question.appearance == self.question.Appearance.LIST

    def form_field(self) -> forms.Field:
        return OneChoiceField(
            label=str(self.question.text),
            required=self.question.required,
            choices=[("", _("Choose one")), *self.choices()] if self.is_list else self.choices(),
            widget=forms.Select if self.is_list else self.tiles(),
            error_messages={"required": self.required_message()},
        )

    def tiles(self) -> forms.Widget:
        return RadioTiles(apart=self.apart(), css_class=self.tiles_class())

    def naming_options(self) -> list[Option]:
        return [] if self.is_list else super().naming_options()

    def first_control_id(self) -> str:
        return f"id_{self.name}" if self.is_list else f"id_{self.name}_0"

    def counts_for(self, key: str) -> sql.Composable:
        return sql.SQL("answers->>{} = {}").format(self.name, key)

    def own_fabricated(self, rng: Random, language: str) -> str:
        return self.fabricated_codes(rng, list(self.labels()), 1)[0]


class MultipleChoice(Closed):
    """Several options, up to a maximum, some exclusive. Stored: their codes in order."""

    kind = "multiple"
    uses = ("maximum",)
    label = _("Several answers")

    def form_field(self) -> forms.Field:
        return SeveralChoicesField(
            label=str(self.question.text),
            required=self.question.required,
            labels=self.labels(),
            maximum=self.question.maximum,
            exclusive=[option.code for option in self.options if option.exclusive],
            widget=CheckboxTiles(apart=self.apart(), css_class=self.tiles_class()),
            error_messages={"required": self.required_message()},
        )

    def most_chosen(self) -> int | None:
        return self.question.maximum

    def first_control_id(self) -> str:
        return f"id_{self.name}_0"

    def hint(self) -> str:
        if self.question.maximum or self.question.hint:
            return super().hint()
        return str(_("Choose all that apply"))

    def knows(self, value: Any) -> bool:
        return isinstance(value, list) and {"", *self.labels()}.issuperset(value)

    def own_fabricated(self, rng: Random, language: str) -> list[str]:
        codes = [option.code for option in self.options if not option.exclusive]
        chosen = self.fabricated_codes(rng, codes, self.question.maximum or 3)
        return [code for code in codes if code in chosen]

    def own_lines(self, value: list[str]) -> list[Line]:
        return [line for code in value for line in super(MultipleChoice, self).own_lines(code)]

    def counts_for(self, key: str) -> sql.Composable:
        return sql.SQL("answers->{} ? {}").format(self.name, key)

    def own_variables(self) -> list[Variable]:
        codes = {"0": str(_("Not chosen")), "1": str(_("Chosen"))}
        return [
            Variable(
                f"{self.name}_{option.code}",
                f"{self.question.short}: {option.label}",
                sql.SQL(CHOSEN).format(answer(self.name), option.code),
                codes,
                part=option.code,
            )
            for option in self.options
        ]
