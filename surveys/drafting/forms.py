"""The forms of a draft: each row's own fields, its texts in every language, its codes checked."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.drafting import translations
from surveys.models import Item, Option, Question, Section, Version
from surveys.models.questionnaire import CODE, QUESTION_NAME
from surveys.publishing import published_kinds
from surveys.question_types import KINDS
from surveys.question_types.place import PlaceChoice
from surveys.seen import SeenForm
from surveys.translated import Text

# Columns that only some kinds of questions use.
OF_SOME_KINDS = ("appearance", "maximum", "max_length")
PLACE = "place"
LARGEST = 32_767
LONGEST_TEXT = 20_000


class RowForm(SeenForm, forms.ModelForm):
    """A row of a draft. Saving it remembers what its translations were made from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = {field: Text(getattr(self.instance, field)) for field in self._texts()}
        for field in self._texts():
            self.fields[field].widget.rows = 1 if field in ("title", "label", "short") else 2

    def _texts(self) -> list[str]:
        return [field for field in self.instance.text_fields() if field in self.fields]

    def save(self, commit: bool = True) -> Any:
        for field, before in self.before.items():
            new = getattr(self.instance, field)
            setattr(self.instance, field, before)
            translations.say(self.instance, field, new)
        return super().save(commit)

    def validate_constraints(self) -> None:
        """Also those that a column outside of the form is part of: names within their version."""
        try:
            self.instance.validate_constraints()
        except forms.ValidationError as errors:
            self._update_errors(errors)  # type: ignore[attr-defined] # of ModelForm, which the stubs forget


def _identifier(value: str, pattern: str, words: Any) -> str:
    if not re.fullmatch(pattern, value):
        raise forms.ValidationError(words)
    return value


class SectionForm(RowForm):
    class Meta:
        model = Section
        fields = ["title", "name", "intro"]
        help_texts = {"name": _("Part of the page’s address: small letters, digits and hyphens.")}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = Section.objects.filter(version=self.instance.version_id, name=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another section has this name."))
        return name


class KindForm(forms.Form):
    """What kind of question is added."""

    kind = forms.ChoiceField(
        label=_("Kind of question"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what kind of question it is")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, cls.label) for kind, cls in KINDS.items()]  # type: ignore[attr-defined]


class QuestionForm(RowForm):
    """The fields that the question's kind uses."""

    class Meta:
        model = Question
        fields = [
            *("text", "name", "short", "hint", "number", "required", *OF_SOME_KINDS),
            *("comment_max_length", "comment_label"),
        ]
        help_texts = {
            "name": _("The column of the data file. It is kept for ever once it is published."),
            "short": _("For tables and charts, such as “Topics”."),
            "number": _("Shown before the text; empty for questions about the respondent."),
            "comment_max_length": _("Empty: there is no room for a comment."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind == PlaceChoice.kind:
            self._suggest_the_name_of_places()
        for column in OF_SOME_KINDS:
            if column not in KINDS[self.instance.kind].uses:
                del self.fields[column]
        limits = {"number": 999, "maximum": 99}
        limits |= {"max_length": LONGEST_TEXT, "comment_max_length": LONGEST_TEXT}
        for name, largest in limits.items():
            if field := self.fields.get(name):
                field.min_value, field.max_value = 1, largest  # type: ignore[attr-defined]
                field.validators += forms.IntegerField(min_value=1, max_value=largest).validators
                field.widget.attrs |= {"min": 1, "max": largest}

    def _suggest_the_name_of_places(self) -> None:
        """Lists, filters and coverage look under one name for where somebody lives."""
        self.fields["name"].help_text = _(
            "Leave it “place” where it asks where the respondent is: then lists show it, and "
            "coverage counts by it."
        )
        others = Question.objects.filter(version=self.instance.version, name=PLACE)
        if not self.instance.name and not others.exists():
            self.initial["name"] = PLACE

    def clean_name(self) -> str:
        name = _identifier(
            self.cleaned_data["name"],
            QUESTION_NAME,
            _("A name begins with a letter and has letters, digits and _ only."),
        )
        version = self.instance.version
        others = Question.objects.filter(version=version, name__iexact=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another question has this name."))
        kind = published_kinds(version.questionnaire).get(name, self.instance.kind)
        if kind != self.instance.kind:
            words = _("This name was published for a question of another kind: “%(kind)s”.")
            raise forms.ValidationError(words, params={"kind": KINDS[kind].label})
        return name


class CodeForm(RowForm):
    """A row of a question that has a code."""

    def clean_code(self) -> str:
        code = _identifier(
            self.cleaned_data["code"], CODE, _("A code has small letters, digits and _ only.")
        )
        others = type(self.instance)._default_manager.filter(
            question=self.instance.question_id, code=code
        )
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This code is there already."))
        return code


CODE_HELP = _("What is stored in place of the words. It never changes meaning.")


class OptionForm(CodeForm):
    class Meta:
        model = Option
        fields = ["label", "code", "exclusive", "names_other", "missing"]
        help_texts = {"code": CODE_HELP}


class ItemForm(CodeForm):
    class Meta:
        model = Item
        fields = ["label", "code"]
        help_texts = {"code": CODE_HELP}


class NoteForm(forms.ModelForm):
    """What changed, as respondents with an open draft read it too."""

    class Meta:
        model = Version
        fields = ["note"]
        widgets = {"note": forms.Textarea({"rows": 3, "maxlength": 1000})}

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"].strip()
        if len(note) > 1000:
            raise forms.ValidationError(_("At most 1000 characters."))
        return note
