"""Open questions."""

from random import Random
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.question_types.base import Cell, Line, QuestionType, Variable, answer_text
from surveys.question_types.fields import LongTextField
from surveys.question_types.sentences import sentences


class OpenText(QuestionType):
    """An open answer. Stored: its words as they were typed."""

    kind = "text"
    has_options = needs_options = False
    is_open = True
    uses = ("max_length",)
    label = _("Open text")
    is_grouped = False
    default_max_length = 4000

    def form_field(self) -> forms.Field:
        return LongTextField(
            label=str(self.question.text),
            required=self.question.required,
            max_length=self.question.max_length or self.default_max_length,
            widget=forms.Textarea({"rows": 6}),
            error_messages={"required": self.required_message()},
        )

    def words_names(self) -> list[str]:
        return [self.name, *super().words_names()]

    def knows(self, value: Any) -> bool:
        return isinstance(value, str)

    def seconds_to_answer(self) -> int:
        return 75

    @property
    def printed_lines(self) -> int:  # type: ignore[override]
        length = self.question.max_length or self.default_max_length
        return max(3, min(12, length // 80))

    def own_fabricated(self, rng: Random, language: str) -> str:
        chosen = rng.sample(sentences(language), rng.randint(1, 3))
        return " ".join(chosen)[: self.question.max_length]

    def own_lines(self, value: str) -> list[Line]:
        return [Line(value, is_words=True)]

    def own_variables(self) -> list[Variable]:
        value = answer_text(self.name)
        return [Variable(self.name, str(self.question.text), value, cell=Cell.WORDS)]
