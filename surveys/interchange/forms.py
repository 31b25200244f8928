"""Choosing a file, and agreeing to what an import does."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.interchange.imports import Import
from surveys.models import Questionnaire
from surveys.organisation_lists import MAX_BYTES


class UploadForm(forms.Form):
    questionnaire = forms.ModelChoiceField(
        label=_("Questionnaire"), queryset=Questionnaire.objects.all(), empty_label=_("Choose one")
    )
    file = forms.FileField(label=_("File"))

    def clean_file(self) -> tuple[str, bytes]:
        """The file's name and what is in it; what is too large is not read to its end."""
        file = self.cleaned_data["file"]
        return file.name, file.read(MAX_BYTES + 1)


class ImportForm(forms.Form):
    """What somebody has to agree to, as far as an import has any of it."""

    seen = forms.CharField(widget=forms.HiddenInput)
    replace = forms.BooleanField(label=_("Replace the draft version that is there"))
    leave_out = forms.BooleanField(label=_("Leave out what is listed as not taken over"))
    with_words = forms.BooleanField(
        label=_("Change the questionnaire's name, title and lead as well; they are shown at once"),
        required=False,
    )

    def __init__(self, found: Import, data: Any = None) -> None:
        super().__init__(data, initial={"seen": found.seen})
        if not (found.is_whole and found.replaces_draft):
            del self.fields["replace"]
        if not found.left_out:
            del self.fields["leave_out"]
        if not found.words:
            del self.fields["with_words"]
