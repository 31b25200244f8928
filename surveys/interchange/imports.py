"""What an uploaded file would do to its questionnaire. Nothing is written here."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from surveys.documents import Document
from surveys.interchange.checking import Known, faults_of
from surveys.interchange.faults import Fault, LeftOut, Refused
from surveys.interchange.our_json import read_json
from surveys.interchange.texts import Change, Incoming, compare
from surveys.interchange.translation_sheet import SHEET, read_sheet
from surveys.interchange.whole import Whole, places_of, whole_of, words_of
from surveys.interchange.xliff import read_xliff
from surveys.interchange.xlsform import read_xlsform
from surveys.models import Questionnaire, QuestionnaireUpload, Version
from surveys.organisation_lists import MAX_BYTES, Unreadable, read_sheets

Kind = QuestionnaireUpload.Kind
Reader = Callable[["Import", Questionnaire, Whole, bytes], None]
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")


@dataclass
class Import:
    """A file as it was read and checked; with a fault it cannot be written."""

    kind: str
    sections: Document = field(default_factory=list)
    words: dict[str, Any] = field(default_factory=dict)
    """The questionnaire's own words, where they are others than now."""
    faults: list[Fault] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    differences: list[tuple[str, str]] = field(default_factory=list)
    seen: str = ""
    """The fingerprint of what the import was held against."""
    replaces_draft: bool = False

    @property
    def is_whole(self) -> bool:
        return self.kind in (Kind.JSON, Kind.XLSFORM)

    @property
    def does_something(self) -> bool:
        return bool(self.differences or self.words if self.is_whole else self.changes)

    @property
    def can_be_written(self) -> bool:
        return not self.faults and self.does_something


def kind_of(content: bytes) -> str:
    """What kind of file it is, by what is in it. Raises Refused."""
    if len(content) > MAX_BYTES:
        raise Refused(Fault(_("file"), _("The file is larger than 8 MB.")))
    start = content.lstrip()[:4]
    if start.startswith(OLD_EXCEL):
        what = _("This is an old Excel file (.xls). Save it as .xlsx and upload that.")
        raise Refused(Fault(_("file"), what))
    if start[:2] == b"PK":
        return _kind_of_workbook(content)
    if start.startswith(XML_STARTS):
        return Kind.XLIFF
    if start[:1] == b"{" or start[3:4] == b"{":
        return Kind.JSON
    what = _("This is none of the kinds that can be imported: JSON, XLSForm, XLIFF, XLSX.")
    raise Refused(Fault(_("file"), what))


def _kind_of_workbook(content: bytes) -> str:
    names = [name.strip().lower() for name in _sheets(content)]
    if SHEET in names:
        return Kind.SHEET
    if "survey" in names:
        return Kind.XLSFORM
    what = _("The workbook has neither a sheet “survey” nor a sheet “translations”.")
    raise Refused(Fault(_("file"), what))


def _sheets(content: bytes) -> Any:
    try:
        return read_sheets(content)
    except Unreadable as unreadable:
        raise Refused(Fault(_("file"), str(unreadable))) from unreadable


def latest(questionnaire: Questionnaire) -> tuple[Version | None, Version | None]:
    """The draft version and the last one that was published, with their questions."""
    versions = Version.objects.with_questions().filter(questionnaire=questionnaire)
    draft = versions.filter(published_at=None).first()
    return draft, versions.published().order_by("-number").first()


def read_import(questionnaire: Questionnaire, kind: str, content: bytes) -> Import:
    """Everything that there is to say about a file, before anything is written."""
    draft, published = latest(questionnaire)
    now = draft or published
    there = whole_of(now) if now else Whole(words_of(questionnaire), [])
    found = Import(kind, seen=fingerprint(draft, there), replaces_draft=draft is not None)
    try:
        READERS[kind](found, questionnaire, there, content)
    except Refused as refused:
        found.faults += refused.faults
    return found


def fingerprint(draft: Version | None, there: Whole) -> str:
    """Equal as long as nobody has changed what an import would change."""
    said = [draft.pk if draft else None, there.words, there.sections]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _read_json(found: Import, questionnaire: Questionnaire, there: Whole, content: bytes) -> None:
    known = Known.of(questionnaire, places_of(questionnaire))
    whole = read_json(content, known)
    if whole.slug != there.slug:
        what = _("It is for “%(other)s” and not for “%(this)s”.")
        raise Refused(Fault("questionnaire.slug", what % {"other": whole.slug, "this": there.slug}))
    found.sections = whole.sections
    changeable = ("name", "title", "lead", "invitation", "minutes")
    found.words = {
        name: whole.words[name]
        for name in changeable
        if name in whole.words and whole.words[name] != there.words.get(name)
    }
    found.differences = differences(there.sections, whole.sections)


def _read_xlsform(
    found: Import, questionnaire: Questionnaire, there: Whole, content: bytes
) -> None:
    form = read_xlsform(_sheets(content))
    known = Known.of(questionnaire, places_of(questionnaire))
    found.sections, found.left_out = form.sections, form.left_out
    found.faults = [form.place(fault) for fault in faults_of(form.sections, known)]
    found.differences = differences(there.sections, form.sections)


def _read_xliff(found: Import, questionnaire: Questionnaire, there: Whole, content: bytes) -> None:
    _compare(found, there, read_xliff(content, questionnaire.slug))


def _read_sheet(found: Import, questionnaire: Questionnaire, there: Whole, content: bytes) -> None:
    _compare(found, there, read_sheet(_sheets(content), questionnaire.slug))


def _compare(found: Import, there: Whole, incoming: list[Incoming]) -> None:
    comparison = compare(incoming, there.sections)
    found.sections, found.changes = comparison.sections, comparison.changes
    found.faults, found.warnings = comparison.faults, comparison.warnings


READERS: dict[str, Reader] = {
    Kind.JSON: _read_json,
    Kind.XLSFORM: _read_xlsform,
    Kind.XLIFF: _read_xliff,
    Kind.SHEET: _read_sheet,
}


def differences(before: Document, after: Document) -> list[tuple[str, str]]:
    """Names of sections and questions, and what would happen to each; not those that stay."""
    old, new = _parts(before), _parts(after)
    told = []
    for name, said in new.items():
        if name not in old:
            told.append((name, _("new")))
        elif old[name] != said:
            told.append((name, _("changed")))
    told += [(name, _("removed")) for name in old if name not in new]
    if not told and before != after:
        told.append(("", _("in another order")))
    return told


def _parts(sections: Document) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for section in sections:
        alone = {key: said for key, said in section.items() if key != "questions"}
        parts[f"{_('section')} {section['name']}"] = alone
        parts |= {question["name"]: question for question in section["questions"]}
    return parts
