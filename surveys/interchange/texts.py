"""The texts of a version one by one, for translators, and taking their work back."""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from surveys.documents import Document
from surveys.interchange import schema
from surveys.interchange.faults import Fault
from surveys.interchange.whole import canonical
from surveys.translated import UNSTORABLE, derived

SOURCE = settings.LANGUAGE_CODE
TARGETS = tuple(code for code in settings.SPOKEN if code != SOURCE)
FIELDS = {
    "section": ("title", "intro"),
    "question": ("text", "hint", "short", "comment_label"),
    "option": ("label",),
    "item": ("label",),
}
LONG = ("intro", "text", "hint")
MISSING, STALE, TRANSLATED, DERIVED = "missing", "stale", "translated", "derived"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\$?\{\w*\}")
LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
CYRILLIC = re.compile(r"[Ѐ-ӿ]")


@dataclass
class Unit:
    """One text. Its id is made of names and codes, which do not change meaning."""

    id: str
    context: str
    name: str
    row: dict[str, Any]
    """The section, question, option or item of the document that has it as `name`."""

    @property
    def text(self) -> dict[str, str]:
        text: dict[str, str] = self.row[self.name]
        return text

    @property
    def source(self) -> str:
        return self.text.get(SOURCE, "")

    @property
    def limit(self) -> int:
        return schema.TEXT_LENGTH if self.name in LONG else schema.LABEL_LENGTH

    def made_from(self, language: str) -> str:
        """The source that the translation was made from."""
        sources = self.row.get("translated_from", {}).get(self.name, {})
        return str(sources.get(language, self.source))

    def status(self, language: str) -> str:
        if not self.text.get(language):
            return DERIVED if derived(self.text, language) else MISSING
        return TRANSLATED if self.made_from(language) == self.source else STALE

    def say(self, language: str, text: str, source: str) -> None:
        """Take a translation over, with the source it was made from."""
        self.text[language] = text
        sources = self.row.setdefault("translated_from", {}).setdefault(self.name, {})
        sources[language] = source


def units_of(sections: Document) -> list[Unit]:
    """Every text of a document, in the order in which it is read."""
    return list(_units(sections))


def _units(sections: Document) -> Iterator[Unit]:
    for section in sections:
        yield from _of("section", f"section/{section['name']}", section["name"], section)
        for question in section["questions"]:
            name = question["name"]
            yield from _of("question", f"question/{name}", name, question)
            for kind in ("item", "option"):
                for row in question.get(f"{kind}s", []):
                    place = f"question/{name}/{kind}/{row['code']}"
                    yield from _of(kind, place, f"{name}, {row['code']}", row)


def _of(kind: str, place: str, called: str, row: dict[str, Any]) -> Iterator[Unit]:
    for name in FIELDS[kind]:
        if row.get(name):
            yield Unit(f"{place}/{name}", f"{kind} {called}: {name}", name, row)


# Taking translations back


@dataclass(frozen=True)
class Incoming:
    """What a file says of one text in one language."""

    place: str
    id: str
    language: str
    source: str
    text: str
    is_done: bool = True
    """Whether the file says so: what is stale and came back as it was is confirmed by it."""


@dataclass(frozen=True)
class Change:
    """What an import would change: `old` and `new` are equal where a translation is confirmed."""

    context: str
    language: str
    old: str
    new: str
    note: str = ""

    @property
    def tag(self) -> str:
        return settings.LANGUAGE_TAGS[self.language]


@dataclass
class Comparison:
    """A file held against a document; with a fault nothing of it is imported."""

    sections: Document
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def compare(incoming: Iterable[Incoming], sections: Document) -> Comparison:
    """The document as it would be, what would change in it, and what is wrong with the file."""
    found = Comparison(deepcopy(sections))
    units = {unit.id: unit for unit in units_of(found.sections)}
    seen: set[tuple[str, str]] = set()
    for said in incoming:
        unit = units.get(said.id)
        if unit is None:
            what = _("There is no text with this id in the questionnaire: %(id)s")
            found.faults.append(Fault(said.place, what % {"id": schema.shown(said.id)}))
        elif (said.id, said.language) in seen:
            found.faults.append(Fault(said.place, schema.twice(said.id)))
        else:
            seen.add((said.id, said.language))
            _compare(found, unit, said)
    return found


def _compare(found: Comparison, unit: Unit, said: Incoming) -> None:
    text, source = canonical([said.text, said.source])
    old = unit.text.get(said.language, "")
    if not text.strip():
        return
    is_confirmed = text == old and said.is_done and unit.made_from(said.language) != source
    if text == old and not is_confirmed:
        return
    faults = [Fault(said.place, what) for what in _faults(unit, said.language, source, said.text)]
    found.faults += faults
    if faults:
        return
    note = ""
    if source != unit.source:
        note = _("The source text was changed since; the translation counts as stale.")
        found.warnings.append(Fault(said.place, note))
    elif text == old:
        note = _("Confirmed: it fits the source text as it is now.")
    found.changes.append(Change(unit.context, said.language, old, text, note))
    unit.say(said.language, text, source)


def _faults(unit: Unit, language: str, source: str, text: str) -> Iterator[str]:
    """What is wrong with a translation."""
    if len(text) > unit.limit:
        yield schema.too_long(text, unit.limit)
    if UNSTORABLE.search(text.replace("\r", "")):
        yield _("holds a character that cannot be stored")
    missing = {*PLACEHOLDER.findall(source)} ^ {*PLACEHOLDER.findall(text)}
    if missing:
        yield _("These placeholders must be in it as they are in the source: %(names)s") % {
            "names": ", ".join(sorted(missing))
        }
    if language == "sr" and LATIN.search(text) and not CYRILLIC.search(text) and text != source:
        yield _("This is Serbian in Latin letters; here it is written in Cyrillic.")
    if not settings.SPOKEN[language].is_cyrillic and CYRILLIC.search(text):
        yield _("This is written in Cyrillic letters; it stands in the wrong language.")
