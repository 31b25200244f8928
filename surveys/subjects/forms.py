"""What whoever takes in a request types."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.answering.forms import PlainForm
from surveys.folding import fold
from surveys.identifiers import read_reference, read_secret
from surveys.lifecycle import find_by_secret
from surveys.models import Organisation, SubjectRequest
from surveys.subjects.finding import Subject, held

LINK = re.compile(r"/(?:sent|draft)/(?P<reference>[^/\s]+)/(?P<secret>[^/\s]+)/")


class RequestForm(PlainForm):
    """What is asked for, when it came, and by what the data are found.

    A citizen's answers are found by what only their sender has, the personal link: nobody at the
    desk can look up who wrote them.
    """

    kind = forms.ChoiceField(label=_("What was asked for"), choices=SubjectRequest.Kind.choices)
    received_on = forms.DateField(
        label=_("Received"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    proof = forms.ChoiceField(label=_("Find by"), choices=SubjectRequest.Proof.choices)
    sought = forms.CharField(
        label=_("Personal link, e-mail address or name of the organisation"),
        max_length=500,
        help_text=_(
            "Of a citizen the whole personal link from the receipt, or the reference and the "
            "secret with a space between. A reference alone finds nobody."
        ),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Enter what the data are found by")},
    )

    def clean_received_on(self) -> Any:
        received = self.cleaned_data["received_on"]
        if received > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet"))
        return received

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("sought") and cleaned.get("proof"):
            subject = FINDERS[cleaned["proof"]](cleaned["sought"].strip())
            if subject is None or not held(subject):
                self.add_error("sought", _("Nothing is held that is found by this"))
            cleaned["subject"] = subject
        return cleaned


class ConfirmForm(PlainForm):
    """The second step."""

    sure = forms.BooleanField(
        label=_("I have checked that this is the person, and read what stays"),
        error_messages={"required": _("Tick the box to confirm")},
    )


def _by_link(sought: str) -> Subject | None:
    match = LINK.search(f"{sought}/")
    parts = (match["reference"], match["secret"]) if match else tuple(sought.split())
    if len(parts) != 2:
        return None
    response = find_by_secret(read_reference(parts[0]) or "", read_secret(parts[1]) or "")
    return Subject(response=response) if response else None


def _by_email(sought: str) -> Subject | None:
    return Subject(email=sought.lower()) if "@" in sought else None


def _by_organisation(sought: str) -> Subject | None:
    by_name = Organisation.objects.filter(folded_name=fold(sought))
    reference = read_reference(sought)
    found = by_name | Organisation.objects.filter(response__reference=reference or "-")
    organisations = [*found.distinct()[:2]]
    return Subject(organisation=organisations[0]) if len(organisations) == 1 else None


FINDERS = {"link": _by_link, "email": _by_email, "organisation": _by_organisation}
