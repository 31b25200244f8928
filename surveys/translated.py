"""Texts in several languages: one JSON object per text, `{"en": …, "ro": …, "sr": …}`.

Languages are data, so a new one needs no migration. Serbian is kept in Cyrillic; its Latin is
derived by rule unless the object has its own "sr-latn".
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from surveys.serbian import to_latin

# PostgreSQL stores neither NUL nor half of a character, and no document holds the other ones.
UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

# Derivation is pure and the same few hundred texts are asked for again and again.
_latin = lru_cache(maxsize=4096)(to_latin)


def site_languages() -> list[tuple[str, Any]]:
    """The languages to choose from: of models, whose migrations they do not change."""
    return list(settings.LANGUAGES)


def derived(text: Mapping[str, str], language: str) -> str:
    """What a script that is derived by rule says where nothing is written in it; else nothing."""
    return _latin(text.get(settings.SPOKEN[language].derived_from, ""))


class Text(dict[str, str]):
    """The variants of one text by language code."""

    def in_language(self, language: str) -> str:
        """The text in that language, else derived, else in the site's own language, else any."""
        if self.get(language):
            return self[language]
        said = derived(self, language) or self.get(settings.LANGUAGE_CODE)
        return said or next(iter(self.values()), "")

    def __str__(self) -> str:
        return self.in_language(get_language() or settings.LANGUAGE_CODE)

    def __bool__(self) -> bool:
        return any(self.values())


def validate_text(value: Any) -> None:
    """A text is an object of strings by known language codes, without control characters."""
    known = dict(settings.LANGUAGES)
    if not isinstance(value, dict):
        raise ValidationError(_("A text is written per language."))
    for language, text in value.items():
        if language not in known or not isinstance(text, str):
            raise ValidationError(_("Unknown language: %(code)s"), params={"code": language})
        if UNSTORABLE.search(text):
            raise ValidationError(_("This holds a character that cannot be stored."))


class TranslatedRow(models.Model):
    """A row with texts, which remembers what each translation was made from."""

    translated_from = models.JSONField(default=dict, editable=False)
    """By field and language: the text in the site's own language that was translated.

    A translation that is not in here counts as made from what is there now.
    """

    class Meta:
        abstract = True

    @classmethod
    def text_fields(cls) -> list[str]:
        """Names of its columns with texts, in the order they are declared."""
        return [field.name for field in cls._meta.fields if isinstance(field, TranslatedField)]


class TranslatedField(models.JSONField):
    """A JSON column whose Python value is a `Text`: `str()` of it is in the active language."""

    default_validators = [validate_text]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", Text)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Text | None:
        loaded = super().from_db_value(value, expression, connection)
        return None if loaded is None else Text(loaded)

    def to_python(self, value: Any) -> Any:
        return Text(value) if isinstance(value, dict) else value

    def formfield(self, **kwargs: Any) -> Any:
        from surveys.text_fields import TextFormField  # noqa: PLC0415 - which shows a Text

        return models.Field.formfield(self, **{"form_class": TextFormField, **kwargs})
