"""What the pages of replies and quotations ask for."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from surveys.answering.forms import PlainForm, address_field
from surveys.models import Code, Consultation, Quotation, Reply
from surveys.quoting import text_of
from surveys.seen import SeenForm
from surveys.text_fields import TextFormField

EXCERPT = 80
ROWS = {"heading": 1, "owner": 1, "said": 4, "did": 4, "reason": 3}


class SubscribeForm(PlainForm):
    """An address and nothing else."""

    email = address_field(_("E-mail address"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "email"


class ReplyForm(SeenForm, forms.ModelForm):
    """Everything a reply says. What is missing in a language may follow until it is published."""

    class Meta:
        model = Reply
        fields = (
            *("heading", "said", "theme", "number", "quotation", "did", "status", "reason"),
            *("owner", "date", "date_is"),
        )
        widgets = {"date": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        consultation = self.instance.consultation
        for name, rows in ROWS.items():
            self.fields[name].widget.rows = rows
        self.fields["reason"].help_text = _("Needed where the status is “not now”.")
        self.fields["number"].help_text = _(
            "With a code it is counted when the reply is published. Under 10 it is not shown."
        )
        self._offer_themes(consultation)
        self._offer_quotations(consultation)

    def _offer_themes(self, consultation: Consultation) -> None:
        field: Any = self.fields["theme"]
        of_this = Code.objects.filter(frame__questionnaire__consultation=consultation)
        applied = of_this.applied() | of_this.filter(pk=self.instance.theme_id or 0)
        field.queryset = applied.select_related("frame__questionnaire").order_by("frame", "number")
        field.label_from_instance = lambda code: f"{code.frame.question}: {code}"

    def _offer_quotations(self, consultation: Consultation) -> None:
        field: Any = self.fields["quotation"]
        field.queryset = consultation.quotations.select_related("response__organisation")
        field.label_from_instance = excerpt

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("status") == Reply.Status.NOT_NOW and not data.get("reason"):
            self.add_error("reason", _("Say why it is not taken up now."))
        date = data.get("date")
        if date and date > timezone.localdate() and data.get("date_is") == Reply.DateIs.DECIDED:
            self.add_error("date", _("A decision cannot be dated in the future."))
        return data

    def error_links(self) -> list[tuple[str, str]]:
        return links_to_errors(self)


class QuotationForm(forms.ModelForm):
    """The language of the words, and what they say in others."""

    class Meta:
        model = Quotation
        fields = ("language", "translations")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["translations"] = TextFormField(label=_("Translations"), required=False, rows=4)

    def error_links(self) -> list[tuple[str, str]]:
        return links_to_errors(self)


class AnswersFilterForm(forms.Form):
    """Which published answers to choose from."""

    question = forms.ChoiceField(label=_("Question"), required=False)
    place = forms.ChoiceField(label=_("Place"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(
        self, *args: Any, questions: dict[str, str], places: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, list[tuple[str, Any]]] = {
            "question": list(questions.items()),
            "place": list(places.items()),
            "language": [(code, name) for code, name in settings.LANGUAGES],
        }
        for name, choices in offered.items():
            field: Any = self.fields[name]
            field.choices = [("", _("All")), *choices]


def links_to_errors(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Where each error is put right, and the error; several fields may have the same."""
    return [
        _link_to_error(form, name, str(message))
        for name, errors in form.errors.as_data().items()
        for error in errors
        for message in error.messages
    ]


def _link_to_error(form: forms.BaseForm, name: str, message: str) -> tuple[str, str]:
    if name not in form.fields:
        return "", message
    return form[name].id_for_label, f"{capfirst(str(form[name].label))}: {message}"


def excerpt(quotation: Quotation) -> str:
    """The beginning of its words, or that they are not shown any more."""
    text = text_of(quotation)
    if text is None:
        return str(_("(not shown any more)"))
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()}…"
