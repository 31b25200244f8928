"""What the site has to know of a language it speaks; everything else of it is texts.

`LANGUAGES` in the environment says which those are. Django's table has most of it: what is said
here is what differs from it, or what it does not have.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_locale

SOURCE = "en"
"""What texts are written in first, in the code and at the desk; translations are made from it."""
IN_CYRILLIC = {"be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "uk"}


@dataclass(frozen=True)
class Language:
    """One language in one script."""

    code: str
    """In addresses, in texts and in the database."""
    name: Any
    """In the active language."""
    own_name: str
    english_name: str
    tag: str
    """Of `lang` attributes (BCP 47)."""
    word_tag: str
    """The same with the country whose spelling is meant, as word processors want it."""
    is_cyrillic: bool = False
    derived_from: str = ""
    """The code of the language that its texts follow from where it has none of their own."""

    @property
    def standard(self) -> str:
        """Its code as other tools write it: `sr-Latn`."""
        return to_locale(self.code).replace("_", "-")


OURS = {
    "en": {"name": _("English"), "word_tag": "en-GB"},
    "ro": {"name": _("Romanian"), "word_tag": "ro-RO"},
    "sr": {
        "name": _("Serbian, Cyrillic script"),
        "own_name": "Српски",
        "tag": "sr-Cyrl",
        "word_tag": "sr-Cyrl-RS",
    },
    "sr-latn": {
        "name": _("Serbian, Latin script"),
        "own_name": "Srpski",
        "tag": "sr-Latn",
        "word_tag": "sr-Latn-RS",
    },
}
DERIVED = {"sr-latn": "sr"}
"""By code, what a language is derived from: the letters are changed by rule."""


def spoken(codes: Iterable[str]) -> dict[str, Language]:
    """By code, in their order. Raises ImproperlyConfigured in words where one cannot be spoken."""
    codes = [code.strip().lower() for code in codes]
    if SOURCE not in codes:
        raise ImproperlyConfigured(f"LANGUAGES needs {SOURCE}: texts are written in it first.")
    for code in codes:
        if DERIVED.get(code, code) not in codes:
            raise ImproperlyConfigured(
                f"LANGUAGES: {code} is derived from {DERIVED[code]}. Add it."
            )
    return {code: _language(code) for code in codes}


def _language(code: str) -> Language:
    known = LANG_INFO.get(code, {})
    if "name" not in known:
        raise ImproperlyConfigured(f"LANGUAGES: Django knows no language {code!r}.")
    if known["bidi"]:
        raise ImproperlyConfigured(f"LANGUAGES: {code} is written from right to left.")
    local = known["name_local"]
    found = {
        "name": _(known["name"]),
        "own_name": local[0].upper() + local[1:],
        "english_name": known["name"],
        "tag": code,
        "word_tag": code,
        "is_cyrillic": code in IN_CYRILLIC,
        "derived_from": DERIVED.get(code, ""),
    }
    return Language(code, **(found | OURS.get(code, {})))
