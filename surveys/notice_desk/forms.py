"""What a draft of the privacy notice says, text by text."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from surveys.models import PrivacyNotice
from surveys.seen import SeenForm
from surveys.text_fields import TextFormField
from surveys.translated import Text


class NoticeForm(SeenForm, forms.ModelForm):
    """One field per heading and text. What is missing may follow until it is published."""

    class Meta:
        model = PrivacyNotice
        fields = ("changes", "is_material", "short")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for position, section in enumerate(self.instance.parts()):
            for name, rows in (("heading", 1), ("text", 6)):
                label = f"{section['heading']}: {_('heading') if name == 'heading' else _('text')}"
                self._add(f"{name}_{position}", label, section[name], rows)
            for number, row in enumerate(section["periods"]):
                for name in ("what", "until"):
                    key = f"{name}_{position}_{number}"
                    self._add(key, f"{section['heading']}, {number + 1}", row[name], 2)

    def _add(self, key: str, label: str, text: Text, rows: int) -> None:
        self.fields[key] = TextFormField(label=label, required=False, rows=rows)
        self.initial[key] = text

    def save(self, commit: bool = True) -> PrivacyNotice:
        self.instance.sections = [
            self._section(position, section)
            for position, section in enumerate(self.instance.sections)
        ]
        notice: PrivacyNotice = super().save(commit)
        return notice

    def _section(self, position: int, section: dict[str, Any]) -> dict[str, Any]:
        given = self.cleaned_data
        written = {name: given[f"{name}_{position}"] for name in ("heading", "text")}
        periods = [
            row | {name: given[f"{name}_{position}_{number}"] for name in ("what", "until")}
            for number, row in enumerate(section.get("periods", []))
        ]
        return section | written | ({"periods": periods} if periods else {})

    def error_links(self) -> list[tuple[str, str]]:
        """Where each error is put right, and the error."""
        return [
            (self[name].id_for_label if name in self.fields else "", str(message))
            for name, errors in self.errors.items()
            for message in errors
        ]
