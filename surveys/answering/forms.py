"""The forms respondents fill in, built from a questionnaire's questions."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core import signing
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from surveys.models import Response, Section, Version
from surveys.question_types import QuestionType, question_types

KEY_SIGNER = signing.TimestampSigner(salt="surveys.answering.key")


def new_key() -> str:
    """A key for one rendered form: 192 random bits and when it was made, signed."""
    return KEY_SIGNER.sign(secrets.token_urlsafe(24))


def error_links(form: forms.Form, first_ids: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each error with the id of the control it is about, in the order of the page."""
    links = [("", str(error)) for error in form.non_field_errors()]
    for name in form.fields:
        shown_at = first_ids.get(name, f"id_{name}")
        links += [(shown_at, str(error)) for error in form[name].errors]
    return links


class QuestionBlock(LayoutObject):
    """One question with everything beside it, drawn by its kind's template."""

    def __init__(self, question_type: QuestionType) -> None:
        self.question_type = question_type

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> str:
        names = list(self.question_type.fields())
        form.rendered_fields |= set(names)
        own = form[names[0]]
        described_by = [
            f"{own.name}-{part}"
            for part, is_there in (("hint", self.question_type.hint()), ("error", own.errors))
            if is_there
        ]
        return render_to_string(
            self.question_type.template_name,
            {
                "question": self.question_type.question,
                "question_type": self.question_type,
                "field": own,
                "words": [form[name] for name in names[1:]],
                "described_by": " ".join(described_by),
            },
        )


class SectionHeading(LayoutObject):
    def __init__(self, section: Section) -> None:
        self.section = section

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> str:
        return render_to_string("surveys/answering/section_heading.html", {"section": self.section})


class AnswersForm(forms.Form):
    """The questions of some sections; `answers()` of a valid form is what is stored."""

    def __init__(
        self,
        data: Any = None,
        *,
        version: Version,
        sections: Iterable[Section],
        answers: Mapping[str, Any] | None = None,
        headings: bool = False,
    ) -> None:
        super().__init__(data, initial=dict(answers or {}))
        self.question_types = question_types(version, sections)
        for question_type in self.question_types:
            self.fields.update(question_type.fields())
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = Layout(*self._blocks(sections, headings))

    def _blocks(self, sections: Iterable[Section], headings: bool) -> list[LayoutObject]:
        by_name = {question_type.name: question_type for question_type in self.question_types}
        blocks: list[LayoutObject] = []
        for section in sections:
            # One question alone says what its section is about.
            if headings and len(section.questions.all()) > 1:
                blocks.append(SectionHeading(section))
            blocks += [QuestionBlock(by_name[q.name]) for q in section.questions.all()]
        return blocks

    def answers(self) -> dict[str, Any]:
        """The answer document of a valid form: no key for what was left open."""
        document: dict[str, Any] = {}
        for question_type in self.question_types:
            document |= question_type.answers(self.cleaned_data)
        return document

    def error_links(self) -> list[tuple[str, str]]:
        first_ids = {kind.name: kind.first_control_id() for kind in self.question_types}
        return error_links(self, first_ids)


class CitizenForm(AnswersForm):
    """A whole questionnaire on one page, with the key that lets it be sent once."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.helper.layout.append("key")
        self.initial["key"] = new_key()

    def clean_key(self) -> str:
        try:
            return KEY_SIGNER.unsign(self.cleaned_data["key"])
        except signing.BadSignature:
            # The old key must not come back with the form.
            sent = self.data
            self.data = QueryDict(mutable=True)
            self.data.update(sent)
            self.data["key"] = self.initial["key"]
            raise forms.ValidationError(
                _("This form was changed on the way. Your answers are still here: send them again")
            ) from None


class CheckForm(forms.Form):
    """What has to be said when an organisation sends its response."""

    publication = forms.ChoiceField(
        label=_("May we publish it with the name of your organisation?"),
        choices=Response.Publication.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether we may publish your response")},
    )
    authorised = forms.BooleanField(
        error_messages={"required": _("Confirm that you are allowed to answer for it")},
    )


class SignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def error_links(self) -> list[tuple[str, str]]:
        return error_links(self, {})
