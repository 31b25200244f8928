"""The lists of options that an XLSForm names."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from surveys.folding import fold
from surveys.interchange.faults import LeftOut
from surveys.interchange.schema import NAME_LENGTH, shown
from surveys.interchange.xlsform.columns import OWN
from surveys.interchange.xlsform.rows import YES, Cells
from surveys.models.questionnaire import CODE

MOST = 300


@dataclass
class ChoiceList:
    """Options as a document has them, and their codes by what the file calls them."""

    options: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)
    rows: list[int] = field(default_factory=list)
    is_used: bool = False


def lists_of(rows: list[Cells]) -> tuple[dict[str, ChoiceList], list[LeftOut]]:
    """The lists by name; each option has a code that we can store, and where it got one, a note."""
    lists: dict[str, ChoiceList] = {}
    left_out: list[LeftOut] = []
    too_long: set[str] = set()
    sizes = Counter(row.said.get("list_name", "").strip() for row in rows)
    for row in rows:
        name = row.said.get("list_name", "").strip()
        if sizes[name] > MOST:
            if name not in too_long:
                reason = _("A list may have 300 options; this one has more.")
                left_out.append(row.left_out("list_name", reason))
            too_long.add(name)
            continue
        if not name or not row.said.get("name", "").strip():
            reason = _("An option needs the name of its list and a name of its own.")
            left_out += [row.left_out(column, reason) for column in [*row.said]]
            continue
        row.take("list_name")
        left_out += _add(lists.setdefault(name, ChoiceList()), row)
        left_out += row.leftovers()
    return lists, left_out


def _add(to: ChoiceList, row: Cells) -> Iterator[LeftOut]:
    said = row.take("name")
    if row.take(f"{OWN}place").lower() in YES:
        row.text("label")
        to.places.add(said)
        to.codes[said] = said
        return
    if said in to.codes:
        reason = _("The list has this option already.")
        row.said["name"] = said
        yield from (row.left_out(column, reason) for column in [*row.said])
        return
    code = free(proposed_code(said), {*to.codes.values()})
    if code != said:
        reason = _("Codes have small letters, digits and _ alone. Proposal: %(code)s")
        yield LeftOut(row.sheet, row.number, "name", shown(said), reason % {"code": code})
    to.codes[said] = code
    to.rows.append(row.number)
    to.options.append(_option(row, code))


def _option(row: Cells, code: str) -> dict[str, Any]:
    option: dict[str, Any] = {"code": code, "label": row.text("label") or {"en": code}}
    for name in ("exclusive", "names_other"):
        if row.take(f"{OWN}{name}").lower() in YES:
            option[name] = True
    if missing := row.take(f"{OWN}missing"):
        option["missing"] = missing
    return option | translated_from(row)


def translated_from(row: Cells) -> dict[str, Any]:
    """What the texts of a row were made from; what is no such thing is left to be told."""
    try:
        sources = json.loads(row.said.get(f"{OWN}translated_from", "{}"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(sources, dict) or not sources:
        return {}
    row.take(f"{OWN}translated_from")
    return {"translated_from": sources}


def unused(lists: dict[str, ChoiceList]) -> Iterator[LeftOut]:
    for name, each in lists.items():
        if not each.is_used:
            reason = _("No question that can be taken over uses this list.")
            row = min(each.rows, default=1)
            yield LeftOut("choices", row, "list_name", shown(name), reason)


def proposed_code(said: str) -> str:
    """A code made from anything: `very_good` from `Very good!`."""
    if re.fullmatch(CODE, said) and len(said) <= NAME_LENGTH:
        return said
    words = re.sub(r"[^a-z0-9]+", "_", fold(said)).strip("_")[:NAME_LENGTH]
    return words or "option"


def proposed_name(said: str) -> str:
    """A name of a question made from anything."""
    words = re.sub(r"\W+", "_", said, flags=re.ASCII).strip("_")[:NAME_LENGTH]
    return words if words[:1].isalpha() else f"q_{words}"[:NAME_LENGTH].rstrip("_")


def free(name: str, taken: set[str]) -> str:
    """The name, or with a number behind it where it is taken."""
    found, number = name, 2
    while found in taken:
        found = f"{name[: NAME_LENGTH - 4]}_{number}"
        number += 1
    return found
