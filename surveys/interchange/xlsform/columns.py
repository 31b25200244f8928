"""The columns that our XLSForms have, and what the headings of others mean."""

import re

from django.conf import settings

from surveys.organisation_lists.columns import language_reader

OWN = "listens_"
# Not `listens::`: pyxform cannot put a heading with colons into a list of options.
FORMAT = "1"
NAMES = {
    code: f"{language.english_name} ({language.standard})"
    for code, language in settings.SPOKEN.items()
}
"""What each language is called in a heading; the code in brackets is the standard's."""

SURVEY = ("type", "name", "label", "hint", "required", "appearance", "relevant", "constraint")
CHOICES = ("list_name", "name", "label")
SETTINGS = ("form_title", "form_id", "version", "default_language")
TRANSLATED = ("label", "hint", f"{OWN}short")
# As older and other tools write them.
SAME = {
    "caption": "label",
    "relevance": "relevant",
    "list name": "list_name",
    "value": "name",
    "read_only": "readonly",
    "title": "form_title",
    "id_string": "form_id",
    "set form title": "form_title",
    "set form id": "form_id",
}


def heading(column: str, language: str) -> str:
    return f"{column}::{NAMES[language]}"


def headings(rows: list[dict[str, str]], first: tuple[str, ...]) -> list[str]:
    """All headings of some rows: the standard's in its order, then our own."""
    used = {name: None for row in rows for name in row}
    languages = [code for code in NAMES if any(heading(c, code) in used for c in TRANSLATED)]
    ordered = []
    for column in (*first, f"{OWN}short"):
        if column in TRANSLATED:
            ordered += [heading(column, code) for code in languages]
        else:
            ordered.append(column)
    standing = [name for name in ordered if name in used or name in ("type", "name", "list_name")]
    return standing + [name for name in used if name not in ordered]


def read_heading(cell: str, default_language: str) -> str:
    """What a heading means: `label::ro` for `Label :: Romanian (ro)`. Unknown ones stay."""
    parts = [part.strip() for part in re.split(r"::?", " ".join(cell.split()))]
    column = parts[0].lower()
    column = SAME.get(column, column)
    if column in TRANSLATED and len(parts) <= 2:
        language = read_language(parts[1]) if len(parts) == 2 else default_language
        return f"{column}::{language}" if language else cell.strip()
    if len(parts) == 1:
        return column
    return "::".join([column, *parts[1:]])


def read_language(said: str) -> str | None:
    """Our code of a language as XLSForms name it: `Romanian (ro)`, `ro` or `Română`."""
    named = re.fullmatch(r"(.*?)\s*\(([^()]*)\)\s*", said)
    reader = language_reader()
    if said.strip().lower() in ("", "default"):
        return settings.LANGUAGE_CODE
    if named:
        return reader(named[2]) or reader(named[1])
    return reader(said)
