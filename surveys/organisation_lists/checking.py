"""What a list says, row by row, and what is wrong with it. Nothing is written here."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from surveys.folding import folded_by_the_database
from surveys.models import Invitation, Organisation
from surveys.organisation_lists.columns import (
    EMAILS,
    LANGUAGE,
    NAME,
    Asked,
    heading_key,
    language_reader,
)
from surveys.organisation_lists.reading import Rows

NAME_LENGTH = 200
EMAIL_LENGTH = 254
Identity = tuple[str, str]
"""A folded name and a place: what makes two listed organisations the same."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell, in words, and where the spreadsheet has it."""

    row: int
    column: str
    what: str
    cell: str


@dataclass(frozen=True)
class Entry:
    """One organisation of a list, ready to be loaded."""

    row: int
    name: str
    emails: list[str]
    language: str
    profile: dict[str, Any]

    @property
    def place(self) -> str:
        return str(self.profile.get("place", ""))


@dataclass
class Checked:
    """A list after checking. With an error of the whole list there are no entries."""

    errors: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def rows_with_problems(self) -> int:
        return len({problem.row for problem in self.problems})


def check(rows: Rows, asked: Asked, default_language: str = "") -> Checked:
    """Everything a list says and everything that is wrong with it."""
    checked = Checked()
    header = next((position for position, row in enumerate(rows) if row), len(rows))
    headings = rows[header] if header < len(rows) else []
    columns = _columns(checked, headings, rows[header + 1 :], asked)
    checked.errors += _errors(columns, headings, default_language)
    if not checked.errors:
        reader = _RowReader(checked, asked, columns, headings, default_language)
        for number, row in enumerate(rows[header + 1 :], header + 2):
            if row:
                reader.read(number, row)
        _refuse_repetitions(checked, reader.heading)
        _warn_of_addresses_of_others(checked, reader.heading)
    return checked


def _columns(
    checked: Checked, headings: list[str], below: Rows, asked: Asked
) -> list[tuple[str, int]]:
    """Names of the known columns with their positions; the others are told."""
    names = asked.heading_names()
    width = max([len(headings), *map(len, below)])
    columns = []
    for position in range(width):
        heading = headings[position] if position < len(headings) else ""
        name = names.get(heading_key(heading)) if heading else None
        if name:
            columns.append((name, position))
        elif heading or any(position < len(row) and row[position] for row in below):
            checked.unknown_columns.append(heading or _letters(position))
    return columns


def _letters(position: int) -> str:
    """What spreadsheets call a column: A, B … Z, AA."""
    first, last = divmod(position, 26)
    return (_letters(first - 1) if first else "") + chr(ord("A") + last)


def _errors(columns: list[tuple[str, int]], headings: list[str], default: str) -> list[str]:
    names = [name for name, _position in columns]
    errors = [
        _("There is no column “%(column)s”. The first row must hold the headings.")
        % {"column": name}
        for name in (NAME, EMAILS)
        if name not in names
    ]
    if LANGUAGE not in names and not default:
        errors.append(_("There is no column “language”. Choose the language of the e-mails."))
    for name in dict.fromkeys(names):
        twice = [headings[position] for other, position in columns if other == name]
        if len(twice) > 1:
            errors.append(
                _("These columns are the same: %(columns)s. Delete all but one.")
                % {"columns": ", ".join(twice)}
            )
    return errors


class _RowReader:
    """Reads one row after the other into entries and problems."""

    def __init__(
        self,
        checked: Checked,
        asked: Asked,
        columns: list[tuple[str, int]],
        headings: list[str],
        default_language: str,
    ) -> None:
        self.checked = checked
        self.positions = dict(columns)
        self.heading = {name: headings[position] for name, position in columns} | {
            name: headings[dict(columns)[name]] if name in dict(columns) else name
            for name in (NAME, EMAILS, LANGUAGE)
        }
        self.questions = [column for column in asked.columns if column.name in self.positions]
        self.default_language = default_language
        self.language_of = language_reader()

    def read(self, number: int, row: list[str]) -> None:
        before = len(self.checked.problems)
        self.number, self.row = number, row
        entry = Entry(number, self.name(), self.emails(), self.language(), self.profile())
        if len(self.checked.problems) == before:
            self.checked.entries.append(entry)

    def cell(self, column: str) -> str:
        position = self.positions.get(column, len(self.row))
        return self.row[position] if position < len(self.row) else ""

    def problem(self, column: str, what: str) -> None:
        self.checked.problems.append(
            Problem(self.number, self.heading[column], what, self.cell(column))
        )

    def name(self) -> str:
        name = self.cell(NAME)
        if not name:
            self.problem(NAME, _("The name is missing"))
        elif len(name) > NAME_LENGTH:
            self.problem(
                NAME,
                _("The name has %(length)d characters; it may have 200") % {"length": len(name)},
            )
        elif not any(character.isalnum() for character in name):
            self.problem(NAME, _("This is no name"))
        return name

    def emails(self) -> list[str]:
        found: dict[str, str] = {}
        for word in re.split(r"[,;\s]+", self.cell(EMAILS)):
            address = word.strip("<>")
            if address and not _is_address(address):
                self.problem(
                    EMAILS, _("“%(address)s” is no e-mail address") % {"address": address[:300]}
                )
            elif address:
                found.setdefault(address.lower(), address)
        if not self.cell(EMAILS):
            self.problem(EMAILS, _("The e-mail address is missing"))
        return list(found.values())

    def language(self) -> str:
        cell = self.cell(LANGUAGE)
        language = self.language_of(cell) if cell else self.default_language
        if cell and not language:
            codes = ", ".join(code for code, _name in settings.LANGUAGES)
            self.problem(LANGUAGE, _("Unknown language. Known are %(codes)s") % {"codes": codes})
        elif not language:
            self.problem(LANGUAGE, _("The language is missing"))
        return language or ""

    def profile(self) -> dict[str, Any]:
        profile: dict[str, Any] = {}
        for column in self.questions:
            try:
                profile |= column.answers(self.cell(column.name))
            except ValidationError as error:
                self.problem(column.name, " ".join(error.messages))
        return profile


def _is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= EMAIL_LENGTH


def _refuse_repetitions(checked: Checked, heading: dict[str, str]) -> None:
    """Of rows that repeat an organisation or an address the first is good."""
    organisations: dict[Identity, int] = {}
    addresses: dict[str, int] = {}
    folded = folded_by_the_database([entry.name for entry in checked.entries])
    kept = []
    for entry in checked.entries:
        identity = folded[entry.name], entry.place
        problems = []
        if identity in organisations:
            what = _("The same organisation is in row %(row)d") % {"row": organisations[identity]}
            problems.append(Problem(entry.row, heading[NAME], what, entry.name))
        for email in entry.emails:
            if email.lower() in addresses:
                what = _("The same address is in row %(row)d") % {"row": addresses[email.lower()]}
                problems.append(Problem(entry.row, heading[EMAILS], what, email))
        if not problems:
            organisations[identity] = entry.row
            addresses |= dict.fromkeys(map(str.lower, entry.emails), entry.row)
            kept.append(entry)
        checked.problems += problems
    checked.entries = kept
    checked.problems.sort(key=lambda problem: problem.row)


def _warn_of_addresses_of_others(checked: Checked, heading: dict[str, str]) -> None:
    folded = folded_by_the_database([entry.name for entry in checked.entries])
    invited = _invited()
    for entry in checked.entries:
        identity = folded[entry.name], entry.place
        for email in entry.emails:
            others = [name for other, name in invited.get(email.lower(), []) if other != identity]
            if others:
                what = _("Already invited for %(organisation)s") % {
                    "organisation": ", ".join(others)
                }
                checked.warnings.append(Problem(entry.row, heading[EMAILS], what, email))


def _invited() -> dict[str, list[tuple[Identity, str]]]:
    """By address: for which organisations it was invited."""
    invitations = Invitation.objects.order_by("organisation__name").values_list(
        Lower("email"),
        F("organisation__folded_name"),
        KeyTextTransform("place", "organisation__profile"),
        F("organisation__name"),
    )
    found: dict[str, list[tuple[Identity, str]]] = {}
    for address, folded_name, place, name in invitations.filter(
        organisation__standing=Organisation.Standing.LISTED
    ):
        found.setdefault(address, []).append(((folded_name, place or ""), name))
    return found
