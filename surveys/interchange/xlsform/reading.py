"""An XLSForm as a document of ours, and every cell of it that says something we do not have."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from surveys.documents import Document
from surveys.interchange.faults import Fault, LeftOut, Refused
from surveys.interchange.schema import NAME_LENGTH, SECTION_NAME, shown
from surveys.interchange.whole import canonical
from surveys.interchange.xlsform.choices import free, lists_of, translated_from, unused
from surveys.interchange.xlsform.columns import OWN, read_language
from surveys.interchange.xlsform.questions import Questions
from surveys.interchange.xlsform.reasons import why_type
from surveys.interchange.xlsform.routes import Routes
from surveys.interchange.xlsform.rows import Cells, cells_of, tree_of
from surveys.organisation_lists import Rows

MOST_ROWS = 3000
SHEETS = ("survey", "choices", "settings")


@dataclass
class ReadForm:
    """What a form says in our words, and what it says besides."""

    title: str
    sections: Document
    left_out: list[LeftOut]
    places: dict[str, str] = field(default_factory=dict)
    """Where in the spreadsheet a part of the document stands."""

    def place(self, fault: Fault) -> Fault:
        """The fault with the row of the spreadsheet that it is about."""
        found = max((p for p in self.places if fault.place.startswith(p)), key=len, default="")
        if not found:
            return fault
        rest = fault.place.removeprefix(found).lstrip(".")
        return Fault(f"{self.places[found]} {rest}".strip(), fault.what)


def read_xlsform(sheets: dict[str, Rows]) -> ReadForm:
    """What the sheets say. Raises Refused where they cannot be read as a form at all."""
    named = {name.strip().lower(): rows for name, rows in sheets.items()}
    if len(named.get("survey", [])) > MOST_ROWS:
        raise Refused(Fault("survey", _("The sheet has more than 3,000 rows.")))
    title, language, is_ours, left_out = _settings(named.get("settings", []))
    rows, unread = cells_of("survey", named.get("survey", []), language)
    options, unread_options = cells_of("choices", named.get("choices", []), language)
    lists, left_out_options = lists_of(options)
    reader = _Reader(Questions(lists, is_ours), title)
    reader.read(tree_of(rows))
    left_out += [*unread, *reader.left_out, *unread_options, *left_out_options, *unused(lists)]
    left_out += _other_sheets(sheets)
    order = {name: position for position, name in enumerate(SHEETS)}
    left_out.sort(key=lambda each: (order.get(each.sheet, len(order)), each.row))
    return ReadForm(title, canonical(reader.sections), left_out, reader.places)


def _settings(rows: Rows) -> tuple[str, str, bool, list[LeftOut]]:
    """The title, the language of columns that name none, whether we wrote it, and what else is."""
    found, left_out = cells_of("settings", rows, settings.LANGUAGE_CODE)
    if not found:
        return "", settings.LANGUAGE_CODE, False, left_out
    row, *others = found
    title = row.take("form_title")
    language = read_language(row.said.get("default_language", ""))
    if language:
        row.take("default_language")
    else:
        reason = _("A language that this site does not have; its texts are taken for English.")
        left_out.append(row.left_out("default_language", reason))
    is_ours = bool(row.take(f"{OWN}format"))
    for column in ("form_id", "version"):
        row.take(column)
    for each in (row, *others):
        left_out += each.leftovers()
    return title, language or settings.LANGUAGE_CODE, is_ours, left_out


def _other_sheets(sheets: dict[str, Rows]) -> Iterator[LeftOut]:
    for name, rows in sheets.items():
        if name.strip().lower() not in SHEETS and any(any(row) for row in rows):
            yield LeftOut(shown(name), 1, "", "", _("This sheet is not read."))


class _Reader:
    """Goes through groups and questions in order and makes sections of them."""

    def __init__(self, questions: Questions, title: str) -> None:
        self.questions = questions
        self.title = title
        self.sections: Document = []
        self.left_out: list[LeftOut] = []
        self.places: dict[str, str] = {}
        self.routes = Routes()
        self.section: dict[str, Any] | None = None

    def read(self, rows: list[Cells]) -> None:
        """The rows outside of all groups, each group a section."""
        for row in rows:
            if row.said.get("type") == "begin group" and not self.is_off(row):
                if self.questions.is_matrix(row):
                    self.rows([row], [])
                else:
                    self.group(row)
            else:
                self.rows([row], [])
        if not self.questions.is_ours:
            self.sections = [each for each in self.sections if each["questions"]]
        self._place_all()
        self.left_out += self.routes.write(self.sections, self.questions)

    def group(self, row: Cells) -> None:
        """A group as a section; where the whole group is empty in our words, so is the section."""
        row.take("type")
        row.said = {
            name: said
            for name, said in row.said.items()
            if (name, said) != ("appearance", "field-list")
        }
        title = row.text("label")
        name = row.take("name")
        called = row.take(f"{OWN}name") or name
        section = self.open_section(called, title or {"en": name or "?"}, row)
        section |= translated_from(row)
        self.section = section
        self.routes.note(row, section)
        self.rows(row.children, [])
        if not section["questions"] and not self.questions.is_ours:
            reason = _("Nothing in this group can be taken over.")
            self.left_out.append(LeftOut(row.sheet, row.number, "type", "begin group", reason))
        self.left_out += row.leftovers()
        self.section = None

    def open_section(self, name: str, title: dict[str, str], row: Cells) -> dict[str, Any]:
        is_allowed = re.fullmatch(SECTION_NAME, name) and len(name) <= NAME_LENGTH
        proposal = name if is_allowed else re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:NAME_LENGTH]
        taken = {each["name"] for each in self.sections}
        section: dict[str, Any] = {"name": free(proposal or "section", taken), "title": title}
        section["questions"] = []
        self.sections.append(section)
        self.places[str(id(section))] = row.place
        return section

    def around(self, row: Cells) -> dict[str, Any]:
        """The section that a question joins; outside of all groups one that is made for it."""
        if self.section is not None:
            return self.section
        title = {"en": self.title or _("Questions")}
        if self.sections and self.sections[-1]["title"] == title:
            return self.sections[-1]
        return self.open_section("questions", title, row)

    def rows(self, rows: Iterable[Cells], inherited: list[str]) -> None:
        for row in rows:
            if self.is_off(row):
                self.leave(row, _("This row is switched off."))
            elif row.said.get("type", "") == "begin group" and not self.questions.is_matrix(row):
                self.inner_group(row, inherited)
            elif row.children and row.said.get("type", "") != "begin group":
                self.leave(row, why_type(row.said["type"]))
            else:
                self.one(row, inherited)

    def is_off(self, row: Cells) -> bool:
        return row.said.get("disabled", "").strip().lower() in ("yes", "true", "true()", "1")

    def inner_group(self, row: Cells, inherited: list[str]) -> None:
        """Sections do not stand in sections: its questions join those around it."""
        reason = _("Sections do not stand in sections; its questions join the one around.")
        row.take("type")
        condition = row.take("relevant")
        label = row.take("name")
        self.left_out.append(
            LeftOut(row.sheet, row.number, "type", shown(f"begin group {label}".strip()), reason)
        )
        self.left_out += row.leftovers()
        self.rows(row.children, [*inherited, condition] if condition else inherited)

    def one(self, row: Cells, inherited: list[str]) -> None:
        """A question, the introduction of a section, or words beside a question."""
        if self.section is not None and self.questions.belongs(row, self.section):
            self.left_out += row.leftovers()
            return
        if "type" not in row.said:
            self.left_out += row.leftovers()
            return
        found = self.questions.question(row)
        if isinstance(found, str):
            self.leave(row, found)
            return
        self.around(row)["questions"].append(found)
        self.places[str(id(found))] = row.place
        self.routes.note(row, found, inherited)
        self.left_out += self.questions.notes
        self.questions.notes = []
        self.left_out += row.leftovers()

    def leave(self, row: Cells, reason: str) -> None:
        """A row that is not taken over, and all rows in it."""
        says = " ".join(filter(None, (row.said.get("type", ""), row.said.get("name", ""))))
        self.left_out.append(LeftOut(row.sheet, row.number, "type", shown(says), reason))
        for child in row.children:
            if child.said:
                self.leave(child, reason)

    def _place_all(self) -> None:
        """Where each part of the document is, now that positions are known."""
        known = self.places
        self.places = {}
        for position, section in enumerate(self.sections):
            self.places[f"sections[{position}]"] = known[str(id(section))]
            for number, question in enumerate(section["questions"]):
                place = f"sections[{position}].questions[{number}]"
                self.places[place] = known[str(id(question))]
