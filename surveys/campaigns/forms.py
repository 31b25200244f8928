"""What staff say of a group."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.models import Campaign


class LabelForm(forms.Form):
    """A campaign needs a label; what is not looked at yet has none."""

    state = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            (Campaign.State.CAMPAIGN, _("A campaign: people were asked to send this text")),
            (Campaign.State.CHANCE, _("Alike by chance: each counts on its own")),
            (Campaign.State.FOUND, _("Not decided yet")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what it is"),
            "invalid_choice": _("Choose what it is"),
        },
    )
    label = forms.CharField(
        label=_("Label"),
        help_text=_("What reports call a campaign, for instance after its source."),
        max_length=200,
        required=False,
    )
    note = forms.CharField(
        label=_("Note for colleagues"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("state") == Campaign.State.CAMPAIGN and cleaned.get("label") == "":
            self.add_error("label", _("Give the campaign a label, so that reports can name it"))
        if cleaned.get("state") == Campaign.State.FOUND:
            cleaned["label"] = ""
        return cleaned
