"""Form fields that clean what the kinds of questions ask for."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

UNKNOWN_CHOICE = _("Choose one of the answers listed")


class LongTextField(forms.CharField):
    """Words kept as they were typed, with line ends as one character, as browsers count them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.error_messages["max_length"] = _(
            "Your answer must be %(limit_value)d characters or fewer. It has %(show_value)d"
        )
        self.error_messages["null_characters_not_allowed"] = _(
            "Your answer has a character that cannot be stored. Type it again"
        )

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text if text.strip() else ""


class OneChoiceField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["invalid_choice"] = UNKNOWN_CHOICE


class SeveralChoicesField(forms.MultipleChoiceField):
    """Cleans to codes in the order they are offered, each once."""

    def __init__(
        self,
        *,
        labels: Mapping[str, str],
        maximum: int | None,
        exclusive: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(choices=list(labels.items()), **kwargs)
        self.labels = labels
        self.maximum = maximum
        self.exclusive = exclusive
        self.error_messages["invalid_choice"] = UNKNOWN_CHOICE

    def clean(self, value: Any) -> list[str]:
        chosen = set(super().clean(value))
        codes = [code for code in self.labels if code in chosen]
        if self.maximum and len(codes) > self.maximum:
            raise ValidationError(
                ngettext_lazy(
                    "Choose %(maximum)d answer or fewer. You chose %(chosen)d",
                    "Choose %(maximum)d answers or fewer. You chose %(chosen)d",
                    "maximum",
                ),
                params={"maximum": self.maximum, "chosen": len(codes)},
            )
        exclusive = [code for code in codes if code in self.exclusive]
        if exclusive and len(codes) > 1:
            raise ValidationError(
                _("Choose either “%(label)s” or other answers, not both"),
                params={"label": self.labels[exclusive[0]]},
            )
        return codes


class RankingField(forms.Field):
    """Cleans a list of codes, first choice first, to the same list without gaps."""

    def __init__(self, *, labels: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.labels = labels

    def clean(self, value: Sequence[str]) -> list[str]:
        ranked = [code for code in value or [] if code]
        if self.required and not ranked:
            raise ValidationError(self.error_messages["required"], code="required")
        for position, code in enumerate(ranked):
            if code not in self.labels:
                raise ValidationError(UNKNOWN_CHOICE)
            if code in ranked[:position]:
                raise ValidationError(
                    _("You chose “%(label)s” twice. Choose a different answer for each place"),
                    params={"label": self.labels[code]},
                )
        return ranked


class MatrixField(forms.Field):
    """Cleans item code → option code to the same without the items left open."""

    def __init__(self, *, codes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.codes = codes

    def clean(self, value: Mapping[str, str]) -> dict[str, str]:
        rated = {item: code for item, code in (value or {}).items() if code}
        if any(code not in self.codes for code in rated.values()):
            raise ValidationError(UNKNOWN_CHOICE)
        if self.required and not rated:
            raise ValidationError(self.error_messages["required"], code="required")
        return rated
