"""One form field for a text in several languages: a labelled control per language and script."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from surveys.translated import UNSTORABLE, Text, derived

# The script that is derived stands after the one it is derived from.
WRITTEN = tuple(sorted(dict(settings.LANGUAGES)))


def is_derived(language: str) -> bool:
    """Whether its texts follow by rule from those in another script."""
    return bool(settings.SPOKEN[language].derived_from)


def required_languages() -> list[str]:
    """Languages a text is written in; what is derived from one of them is not among them."""
    return [language for language in WRITTEN if not is_derived(language)]


class TextWidget(forms.Widget):
    """A text area for each language. The derived script shows what it will say by itself."""

    template_name = "surveys/widgets/text.html"
    use_fieldset = True
    label: Any = ""

    def __init__(self, attrs: dict[str, Any] | None = None, rows: int = 2) -> None:
        super().__init__(attrs)
        self.rows = rows

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        ctx = super().get_context(name, value, attrs)
        text = value if isinstance(value, dict) else {}
        names = dict(settings.LANGUAGES)
        ctx["widget"]["label"] = self.label
        ctx["widget"]["rows"] = self.rows
        ctx["widget"]["languages"] = [
            {
                "name": f"{name}_{language}",
                "id": f"{ctx['widget']['attrs'].get('id', name)}_{language}",
                "label": names[language],
                "tag": settings.LANGUAGE_TAGS[language],
                "value": text.get(language, ""),
                "placeholder": derived(text, language),
                "is_derived": is_derived(language),
            }
            for language in WRITTEN
        ]
        return ctx

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> dict[str, str] | None:
        given = {code: data.get(f"{name}_{code}") for code in WRITTEN}
        return {code: text for code, text in given.items() if text is not None}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}_{code}" not in data for code in WRITTEN)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_{WRITTEN[0]}" if id_ else ""


def _in_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class TextFormField(forms.Field):
    """Cleans to a `Text` without the languages left empty. Required: in the site's own language."""

    widget = TextWidget
    default_error_messages = {
        "required": _("Write this text in English; translations can follow."),
        "unstorable": _("This holds a character that cannot be stored."),
        "max_length": _("%(language)s: at most %(maximum)d characters."),
    }
    max_length = 5_000

    def __init__(self, *, rows: int = 2, **kwargs: Any) -> None:
        # Of JSON's own form field, which a column offers; a text needs neither.
        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        # What it began with is in the database; a hidden copy of it would say it twice.
        kwargs.pop("show_hidden_initial", None)
        kwargs.setdefault("widget", TextWidget(rows=rows))
        super().__init__(**kwargs)
        self.widget.label = self.label

    def to_python(self, value: Any) -> Text:
        given = value if isinstance(value, dict) else {}
        lines = {code: _in_lines(str(text)).strip() for code, text in given.items()}
        return Text({code: text for code, text in lines.items() if text})

    def validate(self, value: Text) -> None:
        if self.required and not value.get(settings.LANGUAGE_CODE):
            raise forms.ValidationError(self.error_messages["required"], code="required")
        names = dict(settings.LANGUAGES)
        for language, text in value.items():
            if UNSTORABLE.search(text):
                raise forms.ValidationError(self.error_messages["unstorable"], code="unstorable")
            if len(text) > self.max_length:
                params = {"language": names[language], "maximum": self.max_length}
                raise forms.ValidationError(
                    self.error_messages["max_length"], code="max_length", params=params
                )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)
