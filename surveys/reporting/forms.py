"""Writing a text of the report."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys import audit
from surveys.models import AuditEntry, Consultation, Release, ReportText, User
from surveys.reporting.texts import Place
from surveys.seen import SeenForm
from surveys.text_fields import TextFormField

ROWS = 8


class TextForm(SeenForm, forms.Form):
    """One text in all languages. Left empty, what is written from the data stands there again."""

    text = TextFormField(
        label=_("Text"),
        required=False,
        rows=ROWS,
        help_text=_("An empty line begins a new paragraph."),
    )

    def save(
        self, consultation: Consultation, place: Place, about: Release | None, by: User
    ) -> None:
        words: dict[str, Any] = self.cleaned_data["text"]
        of_place: dict[str, Any] = {"consultation": consultation, "key": place.key}
        with transaction.atomic():
            if not words:
                ReportText.objects.filter(**of_place).delete()
            else:
                written = {
                    "text": words,
                    "about": about,
                    "edited_by": by,
                    "edited_at": timezone.now(),
                }
                ReportText.objects.update_or_create(**of_place, defaults=written)
            languages = sorted(words)
            audit.record(
                by,
                AuditEntry.Action.CHANGED,
                consultation,
                model="reporttext",
                place=place.key,
                languages=languages,
            )
