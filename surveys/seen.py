"""Forms that overwrite nothing their writer has not seen.

A form carries a fingerprint of what it was made from. Where somebody has saved something else
meanwhile, it is refused once: what was entered stays in it, what is stored now is told beside it,
and whoever saves again has decided. Views make the form and save it under one lock.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.defaultfilters import yesno
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from surveys.text_fields import WRITTEN

SEEN = "seen"


def fingerprint(stored: Any) -> str:
    """Equal as long as what is stored is."""
    said = json.dumps(stored, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


class Said(NamedTuple):
    """What a field says, in one language where it has several."""

    value: Any
    language: Any = ""
    tag: str = ""


class Stored(NamedTuple):
    label: str
    said: list[Said]


class SeenForm(forms.BaseForm):
    """Mixed into a form of what is there already; one of a new row has nothing to overwrite."""

    is_outdated = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        instance = getattr(self, "instance", None)
        if instance is None or instance.pk:
            self.fields[SEEN] = forms.CharField(required=False, widget=forms.HiddenInput)

    def made_from(self) -> Any:
        """What is stored, as far as the form is about it."""
        return self.initial

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if field_name == SEEN:
            return fingerprint(self.made_from())
        return super().get_initial_for_field(field, field_name)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if SEEN in self.fields and data.get(SEEN) != self[SEEN].initial:
            self.is_outdated = True
            self._see_what_is_stored()
            raise forms.ValidationError(
                _(
                    "Somebody changed this since you opened it. What you wrote is still here: "
                    "compare it with what is stored now, and save again."
                ),
                code="changed",
            )
        return data

    def _see_what_is_stored(self) -> None:
        entered: Any = self.data
        data = entered.copy()
        data[self.add_prefix(SEEN)] = self[SEEN].initial
        self.data = data

    def stored_now(self) -> list[Stored]:
        """Where somebody changed it meanwhile: what is stored and is not what was entered."""
        return list(differing(self)) if self.is_outdated else []


def differing(form: forms.BaseForm) -> Iterator[Stored]:
    """The fields in which something else was entered than is stored, and what that is."""
    for field in form.visible_fields():
        if field.name in form.changed_data:
            yield Stored(capfirst(str(field.label)), _said(field))


def _said(field: forms.BoundField) -> list[Said]:
    value: Any = field.initial
    if isinstance(value, dict):
        names = dict(settings.LANGUAGES)
        texts = [
            Said(value[code], names[code], settings.LANGUAGE_TAGS[code])
            for code in WRITTEN
            if value.get(code)
        ]
        return texts or [Said("–")]
    if isinstance(value, bool):
        return [Said(yesno(value))]
    choices = dict(getattr(field.field, "choices", ()))
    value = choices.get(value, value)
    return [Said("–" if value in (None, "") else value)]
