"""What staff say when they publish results."""

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.text_fields import TextFormField


class NoteField(TextFormField):
    max_length = 1000


class NoteForm(forms.Form):
    """Words for the list of changes that stands beside the published numbers."""

    note = NoteField(
        label=_("What changed"),
        required=False,
        rows=3,
        help_text=_(
            "Everybody can read it beside the results. For example: 12 responses on paper that "
            "arrived late were added."
        ),
    )
