"""The forms respondents fill in, built from a questionnaire's questions."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.conf import settings
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from surveys.identifiers import read_reference, read_secret
from surveys.journey import Journey, Need, when_answered
from surveys.models import Comment, Response, Role, Section, Version
from surveys.parts import Part
from surveys.question_types import QuestionType


def error_links(
    form: forms.Form,
    first_ids: Mapping[str, str],
    kinds: Mapping[str, QuestionType] | None = None,
) -> list[tuple[str, str]]:
    """Each error with the id of the control it is about, in the order of the page.

    Questions can be wrong in the same way: of what is among `kinds` the question is told too.
    """
    links = [("", str(error)) for error in form.non_field_errors()]
    for name in form.fields:
        shown_at = first_ids.get(name, f"id_{name}")
        kind = (kinds or {}).get(name)
        words = [str(error) for error in form[name].errors]
        links += [(shown_at, kind.named(each) if kind else each) for each in words]
    return links


def asked_if(needs: Iterable[Need]) -> str:
    """Conditions that are decided on the page itself, as its script reads them; empty for none."""
    read = [
        [need.source.control_names(need.condition.item), need.condition.codes]
        for need in needs
        if need.source
    ]
    return json.dumps(read) if read else ""


class QuestionBlock(LayoutObject):
    """One question with everything beside it, drawn by its kind's template.

    `needs` decide on this page whether it is asked; `told` are those of them it is introduced by.
    """

    def __init__(self, question_type: QuestionType, needs: list[Need], told: list[Need]) -> None:
        self.question_type = question_type
        self.asked_if = asked_if(needs)
        self.introduction = when_answered(told) if told else ""

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> str:
        names = self.question_type.stored_names()
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
                "asked_if": self.asked_if,
                "introduction": self.introduction,
                "field": own,
                "words": [form[name] for name in names[1:]],
                "described_by": " ".join(described_by),
                "has_comments": form.comments is not None,
                "clocks": context.get("clocks", []),
                "comments": (form.comments or {}).get(self.question_type.name, []),
            },
        )


class SectionHeading(LayoutObject):
    def __init__(self, section: Section, needs: list[Need]) -> None:
        self.section = section
        self.needs = needs

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> str:
        ctx = {
            "section": self.section,
            "asked_if": asked_if(self.needs),
            "introduction": when_answered(self.needs) if self.needs else "",
        }
        return render_to_string("surveys/answering/section_heading.html", ctx)


class AnswersForm(forms.Form):
    """The questions of some sections that are asked, or may be, after what is stored of others.

    With `data` it is a form somebody saves or sends. With `entered` it shows what somebody
    entered, finished or not, and complains of nothing. With `part` it shows what is stored.

    A question that is decided on the page itself stands there whatever the answer is, and must
    be answered only where it is asked. One that is decided elsewhere stands there if it is
    asked, and if somebody entered something while it was.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        version: Version,
        sections: Iterable[Section],
        entered: QueryDict | None = None,
        part: Part | None = None,
        headings: bool = False,
    ) -> None:
        super().__init__(data, initial=part.entered() if part else {})
        self.sent = data or QueryDict()
        self.comments: Mapping[str, list[Comment]] | None = None
        """By question name, where colleagues comment; None where nobody does."""
        self.journey = Journey.of(version)
        self.stored = part.answers if part else {}
        self.kept_as_entered: set[str] = set()
        """Controls of questions that are not asked, with what is no answer."""
        shown = self.journey.shown(sections, self.stored)
        self.question_types = [
            kind
            for kind in self.journey.kinds_of(sections)
            if kind.name in shown or _is_in(kind, data or entered)
        ]
        self.needs = self._needs(shown)
        for question_type in self.question_types:
            self.fields.update(question_type.fields())
            if self.needs[question_type.name]:
                # Whether it must be answered is known once the answers are.
                self.fields[question_type.name].required = False
        if entered is not None:
            self.initial = self._raw(entered)
        self.sections, self.headings = sections, headings

    @cached_property
    def helper(self) -> FormHelper:
        """How it is drawn, if it is: what can be taken is answered without."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.layout = Layout(*self._blocks(self.sections, self.headings))
        return helper

    def _needs(self, shown: set[str]) -> dict[str, list[Need]]:
        """What is decided on this page, or was decided otherwise meanwhile, by question name."""
        on_page = {kind.name for kind in self.question_types}
        steps = {name: step for name, step in self.journey.steps.items() if name in on_page}
        return {
            name: step.open_needs(on_page) if name in shown else list(step.needs)
            for name, step in steps.items()
        }

    def _raw(self, data: QueryDict) -> dict[str, Any]:
        """What each control holds, as its widget reads it."""
        return {
            name: field.widget.value_from_datadict(data, MultiValueDict(), name)
            for name, field in self.fields.items()
        }

    def _blocks(self, sections: Iterable[Section], headings: bool) -> list[LayoutObject]:
        blocks: list[LayoutObject] = []
        for section in sections:
            told: list[Need] = []
            # One question alone says what its section is about.
            if headings and len(section.questions.all()) > 1:
                own = self.journey.section_needs[section.pk]
                told = [need for need in own if need.is_among(self.needs)]
                blocks.append(SectionHeading(section, told))
            for question in section.questions.all():
                if question.name in self.needs:
                    needs = self.needs[question.name]
                    kind = self.journey.steps[question.name].kind
                    untold = [need for need in needs if need not in told]
                    blocks.append(QuestionBlock(kind, needs, untold))
        return blocks

    def clean(self) -> dict[str, Any]:
        """What is asked after these answers must be complete; nothing else is complained of."""
        if not self.journey.has_conditions:
            return self.cleaned_data
        answers = {name: self.stored[name] for name in self.stored if name not in self.names()}
        for kind in self.question_types:
            answers |= kind.answers(self.cleaned_data)
        asked = self.journey.asked(answers)
        for kind in self.question_types:
            if kind.name not in asked:
                wrong = self.errors.keys() & kind.stored_names()
                self.kept_as_entered |= wrong
                for name in wrong:
                    del self.errors[name]
            elif kind.question.required and not {kind.name} & {*answers, *self.errors}:
                self.add_error(kind.name, kind.required_message())
        return self.cleaned_data

    def names(self) -> frozenset[str]:
        """Every key its questions can have in an answer document."""
        return frozenset(name for kind in self.question_types for name in kind.stored_names())

    def part(self) -> Part:
        """What was entered: as answers what is valid, as it came what is not."""
        answers: dict[str, Any] = {}
        errors = self.errors
        for question_type in self.question_types:
            answers |= question_type.answers(self.cleaned_data)
        raw = self._raw(self.sent)
        wrong = errors.keys() | self.kept_as_entered
        unfinished = {name: raw[name] for name in self.fields if name in wrong}
        return Part(self.names(), answers, _storable(unfinished))

    def error_links(self) -> list[tuple[str, str]]:
        first_ids = {kind.name: kind.first_control_id() for kind in self.question_types}
        kinds = {name: kind for kind in self.question_types for name in kind.stored_names()}
        return error_links(self, first_ids, kinds)


def _is_in(kind: QuestionType, data: QueryDict | None) -> bool:
    """Whether a control of the question was on the page that this comes from."""
    return bool(data) and any(
        not field.widget.value_omitted_from_data(data, MultiValueDict(), name)
        for name, field in kind.fields().items()
    )


def _storable(entered: dict[str, Any]) -> dict[str, Any]:
    """Without controls left empty, and without the one character PostgreSQL has no room for."""
    return {name: _without_null(value) for name, value in entered.items() if _is_filled(value)}


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_null(inner) for inner in value]
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _is_filled(value: Any) -> bool:
    values = value.values() if isinstance(value, dict) else value
    return any(values or ())


class PlainForm(forms.Form):
    """A form drawn by crispy inside a page's own form element."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def error_links(self) -> list[tuple[str, str]]:
        return error_links(self, {})


class ReturnForm(PlainForm):
    """What a receipt says, typed from paper: the reference, and the code of the personal link."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=20,
        help_text=_("8 characters, for example K7QF-9M2D"),
        error_messages={"required": _("Enter the reference")},
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=400,
        help_text=_("28 characters from your receipt, or the whole personal link"),
        error_messages={"required": _("Enter the code")},
    )

    def clean_reference(self) -> str:
        reference = read_reference(self.cleaned_data["reference"])
        if reference is None:
            raise forms.ValidationError(
                _("This is not a reference: a character is wrong, missing or too many")
            )
        return reference

    def clean_code(self) -> str:
        """The code alone, also out of a link that was pasted."""
        pieces = self.cleaned_data["code"].split("/")
        secrets = [secret for piece in pieces if (secret := read_secret(piece))]
        if not secrets:
            raise forms.ValidationError(
                _("This is not a code: a character is wrong, missing or too many")
            )
        return secrets[0]


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


def language_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Language of the e-mail"),
        choices=[(code, language.own_name) for code, language in settings.SPOKEN.items()],
    )


def address_field(label: Any) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        max_length=254,
        error_messages={
            "required": _("Enter an e-mail address"),
            "invalid": _("This is not an e-mail address. It looks like name@example.org"),
        },
    )


def date_field(label: Any, required: bool = True) -> forms.DateField:
    """A date as browsers send it, whatever the language of the page."""
    return forms.DateField(
        label=label,
        required=required,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Enter the date"),
            "invalid": _("This is not a date. It looks like 2027-01-31"),
        },
    )


class RoleForm(PlainForm):
    role = forms.ChoiceField(label=_("What they may do"), choices=Role.choices)


class InviteForm(PlainForm):
    """Whom to ask, what they may do, and the language they are written to in."""

    email = address_field(_("E-mail address of a colleague"))
    role = forms.ChoiceField(label=_("What they may do"), choices=Role.choices, initial=Role.EDIT)
    language = language_field()


class HandOverForm(PlainForm):
    email = address_field(_("E-mail address of the person who takes your place"))
    language = language_field()


class CommentForm(PlainForm):
    text = forms.CharField(
        label=_("Your comment"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Enter a comment")},
    )
