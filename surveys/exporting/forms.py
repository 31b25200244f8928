"""What staff ask for."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from surveys.answering.forms import PlainForm, date_field, error_links
from surveys.exporting.filters import chosen, exported
from surveys.exports.formats import FORMATS
from surveys.exports.spss import MOST_ROWS
from surveys.models import Place, Questionnaire, Response

EVERY = [("", _("all"))]


class PurposeField(forms.CharField):
    """In words, for the log."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("What is it for?"),
            max_length=300,
            help_text=_("It is kept in the log, for example: analysis for the programming report"),
            error_messages={
                "required": _("Say what the data are for"),
                "max_length": _("Say it in 300 characters or fewer"),
            },
            **kwargs,
        )


class ExportForm(PlainForm):
    """Which rows, in which formats, and what for."""

    questionnaire = forms.ModelChoiceField(
        Questionnaire.objects.none(),
        label=_("Questionnaire"),
        empty_label=None,
        error_messages={"required": _("Choose a questionnaire")},
    )
    formats = forms.MultipleChoiceField(
        label=_("Formats"),
        choices=[(form.name, form.label) for form in FORMATS.values()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one format")},
    )
    cells = forms.ChoiceField(
        label=_("Cells show"),
        choices=[("codes", _("codes, for analysis")), ("labels", _("labels, for reading"))],
        widget=forms.RadioSelect,
        initial="codes",
    )
    language = forms.ChoiceField(label=_("Language of labels and codebook"))
    place = forms.ChoiceField(label=_("Place"), required=False)
    response_language = forms.ChoiceField(label=_("Language of the response"), required=False)
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, choices=[*EVERY, *Response.Channel.choices]
    )
    sent_from = date_field(_("Sent from"), required=False)
    sent_until = date_field(_("Sent until"), required=False)
    purpose = PurposeField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questionnaire = self.fields["questionnaire"]
        if isinstance(questionnaire, forms.ModelChoiceField):
            questionnaire.queryset = Questionnaire.objects.filter(
                versions__published_at__isnull=False
            ).distinct()
        places = [(place.code, str(place.name)) for place in Place.objects.all()]
        self._choose("place", [*EVERY, *places])
        self._choose("language", list(settings.LANGUAGES), get_language())
        self._choose("response_language", [*EVERY, *settings.LANGUAGES])

    def _choose(self, name: str, choices: list[Any], initial: str | None = None) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
        field.initial = initial

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        formats = cleaned.get("formats", [])
        if "sps" in formats and ("csv" not in formats or cleaned.get("cells") == "labels"):
            self.add_error("formats", _("The SPSS syntax reads a CSV with codes: ask for it too"))
        first, last = cleaned.get("sent_from"), cleaned.get("sent_until")
        if first and last and last < first:
            self.add_error("sent_until", _("This day is before the first one"))
        if "sav" in formats and not self.errors:
            self._check_sav(cleaned)
        return cleaned

    def _check_sav(self, cleaned: dict[str, Any]) -> None:
        """It is told here rather than after minutes."""
        found = exported(cleaned["questionnaire"], self.filters(cleaned))
        if found[: MOST_ROWS + 1].count() > MOST_ROWS:
            words = ngettext(
                "An SPSS file is written for %(number)s row at most. Take CSV and the SPSS "
                "syntax that reads it.",
                "An SPSS file is written for %(number)s rows at most. Take CSV and the SPSS "
                "syntax that reads it.",
                MOST_ROWS,
            )
            self.add_error("formats", words % {"number": MOST_ROWS})

    def error_links(self) -> list[tuple[str, str]]:
        return error_links(self, {"formats": "id_formats_0", "cells": "id_cells_0"})

    def filters(self, cleaned: dict[str, Any] | None = None) -> dict[str, str]:
        cleaned = cleaned if cleaned is not None else self.cleaned_data
        return chosen({**cleaned, "language": cleaned.get("response_language")})
