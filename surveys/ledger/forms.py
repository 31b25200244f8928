"""What somebody brings to have it checked."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.ledger.checking import NOTHING_BROUGHT, TOO_LARGE

MOST_BYTES = 1_000_000


class CheckForm(forms.Form):
    """A commitment or a receipt, pasted or as a file. Where both are given the file is taken."""

    pasted = forms.CharField(
        label=_("Code or receipt"),
        help_text=_("The code from the receipt page, or everything that is in the receipt file"),
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea({"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"max_length": TOO_LARGE},
    )
    file = forms.FileField(label=_("Or the receipt file"), required=False, allow_empty_file=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        """Leaves what is to be read under `brought`."""
        cleaned: dict[str, Any] = super().clean() or {}
        file = cleaned.get("file")
        if file and file.size > MOST_BYTES:
            self.add_error("file", str(TOO_LARGE))
        elif file:
            cleaned["brought"] = file.read().decode("utf-8", "replace")
        elif cleaned.get("pasted"):
            cleaned["brought"] = cleaned["pasted"]
        elif not self.errors:
            self.add_error("pasted", str(NOTHING_BROUGHT))
        return cleaned

    def error_links(self) -> list[tuple[str, str]]:
        """Each error with the id of the control it is about."""
        return [(f"id_{name}", str(error)) for name in self.fields for error in self[name].errors]
