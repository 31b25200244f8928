"""What the pages of coding ask for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from surveys.coding.frames import FIELDS
from surveys.models import Code, CodingFrame, User
from surveys.text_fields import required_languages
from surveys.translated import Text

LABEL_LENGTH = 120
TEXT_LENGTH = 1000
TRANSLATION_LENGTH = 20_000
NAMES = {
    "definition": _("Definition: what it stands for"),
    "include": _("Include: what belongs to it as well"),
    "exclude": _("Exclude: what does not, and which code it has instead"),
    "example": _("Example, in made-up words"),
}


class FrameForm(forms.Form):
    double_percent = forms.IntegerField(
        label=_("Percent of the answers that two people code"), min_value=0, max_value=100
    )
    coders = forms.ModelMultipleChoiceField(
        label=_("Who codes with it, besides those who may code with every frame"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_staff=True, is_active=True)
        self.fields["coders"].queryset = people.order_by("last_name", "username")  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    """A code as staff write it; its label in each language that is not derived by rule."""

    def __init__(self, *args: Any, code: Code | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(code))
        super().__init__(*args, **kwargs)
        for language in required_languages():
            name = settings.SPOKEN[language].name
            self.fields[f"label_{language}"] = forms.CharField(
                label=_("Label, %(language)s") % {"language": name},
                max_length=LABEL_LENGTH,
                required=language == settings.LANGUAGE_CODE,
                widget=forms.TextInput({"lang": settings.LANGUAGE_TAGS[language]}),
            )
        for field, label in NAMES.items():
            self.fields[field] = forms.CharField(
                label=label,
                max_length=TEXT_LENGTH,
                required=False,
                widget=forms.Textarea({"rows": 2}),
            )

    def said(self) -> dict[str, Any]:
        """What the verbs take."""
        data = self.cleaned_data
        label = {
            language: data[f"label_{language}"]
            for language, _name in settings.LANGUAGES
            if data.get(f"label_{language}")
        }
        return {"label": Text(label)} | {field: data[field] for field in FIELDS if field != "label"}


def _initial(code: Code | None) -> dict[str, str]:
    if code is None:
        return {}
    labels = {f"label_{language}": text for language, text in code.label.items()}
    return labels | {field: getattr(code, field) for field in FIELDS if field != "label"}


class CodeFormSet(forms.BaseFormSet):
    """What a code is split into: two codes, or three."""

    default_error_messages = forms.BaseFormSet.default_error_messages | {
        "too_few_forms": _("A code is split into two codes at least."),
    }


PARTS = forms.formset_factory(
    CodeForm, formset=CodeFormSet, extra=1, min_num=2, max_num=3, validate_min=True
)


class MergeForm(forms.Form):
    target = forms.ModelChoiceField(
        label=_("Into which code"), queryset=Code.objects.none(), to_field_name="number"
    )

    def __init__(self, *args: Any, code: Code, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = code.frame.codes.applied().exclude(pk=code.pk)
        self.fields["target"].queryset = others  # type: ignore[attr-defined]


class CodesForm(forms.Form):
    """The codes of one answer, or that none fits, and of which words that is said."""

    codes = forms.ModelMultipleChoiceField(
        queryset=Code.objects.none(), to_field_name="number", required=False
    )
    nothing = forms.BooleanField(required=False)
    digest = forms.CharField(max_length=64)

    def __init__(self, *args: Any, frame: CodingFrame, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["codes"]
        field.queryset = frame.codes.applied()  # type: ignore[attr-defined]
        gone = _("A code you chose was merged or split meanwhile. Choose again.")
        field.error_messages |= {"invalid_choice": gone, "invalid_pk_value": gone}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "codes" in data and bool(data["codes"]) == bool(data.get("nothing")):
            raise forms.ValidationError(
                _("Choose at least one code, or “No code fits”, not both."), code="one"
            )
        return data

    def chosen(self) -> Sequence[Code]:
        return list(self.cleaned_data["codes"])

    def ticked(self) -> set[str]:
        """The numbers that are ticked, as they were posted or stand there, right or wrong."""
        return set(map(str, self["codes"].value() or []))


class TranslationForm(forms.Form):
    translation = forms.CharField(
        label=_("Working translation"),
        max_length=TRANSLATION_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
