"""Organisations from a file: read it, check every row, load those without a problem."""

from surveys.organisation_lists.checking import Checked, Entry, Problem, check
from surveys.organisation_lists.columns import Asked, header_row
from surveys.organisation_lists.loading import (
    LoadedAlready,
    Outcome,
    forget_lists,
    load,
    load_list,
)
from surveys.organisation_lists.reading import (
    MAX_BYTES,
    Rows,
    Unreadable,
    csv_text,
    read,
    read_sheets,
)

__all__ = [
    "MAX_BYTES",
    "Asked",
    "Checked",
    "Entry",
    "LoadedAlready",
    "Outcome",
    "Problem",
    "Rows",
    "Unreadable",
    "check",
    "csv_text",
    "forget_lists",
    "header_row",
    "load",
    "load_list",
    "read",
    "read_sheets",
]
