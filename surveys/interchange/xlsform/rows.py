"""The rows of a sheet as cells that are taken one by one: what nobody takes is told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from surveys.interchange.faults import Fault, LeftOut, Refused
from surveys.interchange.schema import shown
from surveys.interchange.xlsform.columns import NAMES, TRANSLATED, read_heading
from surveys.interchange.xlsform.reasons import why
from surveys.organisation_lists import Rows

DEEPEST = 12
YES = {"yes", "true", "true()", "1"}
NO = {"no", "false", "false()", "0"}


@dataclass
class Cells:
    """One row: what its cells say by what their headings mean."""

    sheet: str
    number: int
    said: dict[str, str]
    children: list["Cells"] = field(default_factory=list)

    @property
    def place(self) -> str:
        return _("%(sheet)s, row %(row)d") % {"sheet": self.sheet, "row": self.number}

    def take(self, column: str) -> str:
        """What the cell says, without blanks around it; it is dealt with."""
        return self.said.pop(column, "").strip()

    def text(self, column: str) -> dict[str, str]:
        """The variants of a text, as they were typed."""
        found = {}
        for name in [*self.said]:
            if name.startswith(f"{column}::"):
                found[name.removeprefix(f"{column}::")] = self.said.pop(name)
        return found

    def left_out(self, column: str, reason: str) -> LeftOut:
        return LeftOut(self.sheet, self.number, column, shown(self.take(column)), reason)

    def leftovers(self) -> Iterator[LeftOut]:
        """Every cell that nobody took."""
        for column in [*self.said]:
            yield self.left_out(column, why(column))


def cells_of(sheet: str, rows: Rows, default_language: str) -> tuple[list[Cells], list[LeftOut]]:
    """The rows under the headings, and the columns whose language or name is not known."""
    first = next((at for at, row in enumerate(rows) if any(map(str.strip, row))), len(rows))
    titles = rows[first] if first < len(rows) else []
    below = [(number, row) for number, row in enumerate(rows[first + 1 :], first + 2)]
    names: dict[int, str] = {}
    left_out: list[LeftOut] = []
    width = max([len(titles), *(len(row) for _number, row in below)])
    for position in range(width):
        title = titles[position] if position < len(titles) else ""
        filled = sum(1 for _n, row in below if position < len(row) and row[position].strip())
        name = read_heading(title, default_language)
        reason = _unread(name, names) if filled else ""
        if reason:
            says = _("%(number)d cells") % {"number": filled}
            left_out.append(LeftOut(sheet, first + 1, shown(title.strip()), says, reason))
        elif filled:
            names[position] = name
    return [each for each in _filled(sheet, below, names) if each.said], left_out


def _filled(
    sheet: str, below: list[tuple[int, list[str]]], names: dict[int, str]
) -> Iterator[Cells]:
    for number, row in below:
        yield Cells(
            sheet,
            number,
            {
                name: row[position].replace("\r\n", "\n").replace("\r", "\n")
                for position, name in names.items()
                if position < len(row) and row[position].strip()
            },
        )


def _unread(name: str, names: dict[int, str]) -> str:
    """Why a column is not read; nothing where it is."""
    if not name:
        return _("A column without a heading.")
    if name in names.values():
        return _("The same column is there twice; the first one counts.")
    if _is_text_in_unknown_language(name):
        return _("A language that this site does not have.")
    return ""


def _is_text_in_unknown_language(name: str) -> bool:
    column, separator, language = name.partition("::")
    return bool(separator) and column.lower() in TRANSLATED and language not in NAMES


def tree_of(rows: Iterable[Cells]) -> list[Cells]:
    """Rows with those of their group under them. Raises Refused where begin and end do not fit."""
    top: list[Cells] = []
    opened: list[Cells] = []
    for row in rows:
        words = row.said.get("type", "").lower().replace("_", " ").split()
        if words[:1] == ["end"] and len(words) > 1:
            if not opened or words[1:2] != opened[-1].said["type"].lower().split()[1:2]:
                raise Refused(Fault(row.place, _("This end has no beginning.")))
            opened.pop()
            for column in ("type", "name", *(f"label::{code}" for code in NAMES)):
                row.take(column)
            top.append(row) if not opened else opened[-1].children.append(row)
            continue
        (opened[-1].children if opened else top).append(row)
        if words[:1] == ["begin"] and len(words) > 1:
            row.said["type"] = " ".join(words)
            opened.append(row)
            if len(opened) > DEEPEST:
                raise Refused(Fault(row.place, _("Groups stand in groups too deep.")))
    if opened:
        raise Refused(Fault(opened[-1].place, _("This group has no end.")))
    return top
