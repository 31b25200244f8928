"""What falls behind, in words: fewer than wanted by now, or far fewer than their share. Pure."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from surveys.coverage.tables import Row, Table
from surveys.dimensions import LANGUAGE, PLACE
from surveys.models import Consultation
from surveys.tabulation.small_cells import SMALL

FAR_BELOW = 0.5
"""Of the rate of all groups together."""
EXPECTED_AT_LEAST = 5
"""So few responses that a group might have by chance alone none say nothing about it."""


def elapsed(consultation: Consultation, moment: datetime) -> float:
    """The part of the time for answering that has gone by."""
    whole = consultation.closes_at - consultation.opens_at
    return min(1.0, max(0.0, (moment - consultation.opens_at) / whole))


def is_behind_wanted(row: Row, part: float) -> bool:
    """Whether fewer than wanted by now; of a small group only what that it is small says too."""
    if not row.wanted:
        return False
    expected = row.wanted * part
    if row.count is None:
        return row.is_small and expected >= SMALL
    return row.count < expected


def behind_population(table: Table) -> list[Row]:
    """Groups with far fewer responses per head than all together, the fewest first.

    The very lowest is among them even if it is not far below.
    """
    rated = [row for row in table.rows if row.share is not None and row.population]
    if len(rated) < 2 or not table.population:
        return []
    overall = table.base / table.population
    rows = sorted(
        (
            row
            for row in rated
            if overall * (row.population or 0) >= EXPECTED_AT_LEAST
            and (row.count or 0) < overall * (row.population or 0)
        ),
        key=lambda row: row.per_10_000 or 0,
    )
    far = [row for row in rows if (row.per_10_000 or 0) < FAR_BELOW * overall * 10_000]
    return far or rows[:1]


def sentences(table: Table, part: float) -> Iterator[str]:
    """Each group of the table that falls behind, and what to do about it."""
    behind = [row for row in table.rows if is_behind_wanted(row, part)]
    for row in sorted(behind, key=lambda row: row.percent_of_wanted or 0):
        yield _fewer_than_wanted(row, part)
    for position, row in enumerate(behind_population(table)):
        yield f"{_rate(row, is_lowest=position == 0)} {_advice(table.dimension.name)}".strip()


def _fewer_than_wanted(row: Row, part: float) -> str:
    wanted = row.wanted or 0
    said = {
        "group": row.label,
        "count": _("fewer than %(number)d") % {"number": SMALL} if row.count is None else row.count,
        "wanted": wanted,
        "expected": round(wanted * part),
    }
    if part >= 1:
        return _("%(group)s: %(count)s of %(wanted)d wanted.") % said
    return _("%(group)s: %(count)s of %(wanted)d wanted. By now it should be %(expected)d.") % said


def _rate(row: Row, *, is_lowest: bool) -> str:
    said = {"group": row.label, "rate": number_format(round(row.per_10_000 or 0, 1), 1)}
    if is_lowest:
        return _("%(group)s: %(rate)s per 10,000, the lowest.") % said
    return _("%(group)s: %(rate)s per 10,000.") % said


def _advice(dimension: str) -> str:
    if dimension == PLACE:
        return _("Share the paper form there.")
    if dimension == LANGUAGE:
        return _("Share the link in this language.")
    return ""
