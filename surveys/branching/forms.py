"""Choosing an earlier question, then which of its answers decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.journey import Journey, called
from surveys.journey.faults import Target
from surveys.models import Section
from surveys.question_types import QuestionType

SEPARATOR = ":"


def sources_before(journey: Journey, target: Target) -> dict[str, tuple[QuestionType, str]]:
    """The closed questions that come before it, a matrix by its rows: question and row by key."""
    found: dict[str, tuple[QuestionType, str]] = {}
    for step in journey.steps.values():
        if _is_reached(step.section, step.kind, target):
            break
        if not step.kind.codes():
            continue
        items = [item.code for item in step.kind.question.items.all()]
        for item in items if step.kind.has_items else [""]:
            found[f"{step.kind.name}{SEPARATOR}{item}"] = step.kind, item
    return found


def _is_reached(section: Section, kind: QuestionType, target: Target) -> bool:
    if isinstance(target, Section):
        return section.position >= target.position
    return kind.question == target


class SourceForm(forms.Form):
    """After which question. It is chosen with GET, so that its answers can be shown."""

    source = forms.ChoiceField(
        label=_("After the answer to"),
        error_messages={
            "required": _("Choose a question"),
            "invalid_choice": _("Choose one of the questions that come before"),
        },
    )

    def __init__(self, data: Any, *, journey: Journey, target: Target) -> None:
        super().__init__(data)
        self.sources = sources_before(journey, target)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is declared above
        field.choices = [("", _("Choose one")), *self._choices()]

    def _choices(self) -> list[tuple[str, str]]:
        choices = []
        for key, (kind, code) in self.sources.items():
            items = {item.code: str(item.label) for item in kind.question.items.all()}
            row = f" – {items[code]}" if code else ""
            choices.append((key, f"{called(kind.question)}{row}"))
        return choices

    def chosen(self) -> tuple[QuestionType, str] | None:
        return self.sources[self.cleaned_data["source"]] if self.is_valid() else None


class CodesForm(forms.Form):
    """Which of its answers."""

    codes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one answer"),
            "invalid_choice": _("Choose among the answers of this question"),
        },
    )

    def __init__(self, data: Any, *, source: QuestionType) -> None:
        super().__init__(data)
        field = self.fields["codes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - it is declared above
        field.label = str(source.question.text) or source.name
        field.choices = list(source.labels().items())
