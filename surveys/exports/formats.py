"""The formats of data files, each with what it is called and what writes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from surveys.exports.data import Data
from surveys.exports.ods import MIMETYPE, write_ods
from surveys.exports.plain import write_csv, write_jsonl
from surveys.exports.spss import write_sav, write_sps
from surveys.exports.xlsx import write_xlsx


@dataclass(frozen=True)
class Format:
    """`name` is also the end of its files' names."""

    name: str
    label: Any
    content_type: str
    write: Callable[[Data, IO[bytes]], None]
    holds_rows: bool = True


FORMATS = {
    found.name: found
    for found in (
        Format("csv", _("CSV, for any program"), "text/csv; charset=utf-8", write_csv),
        Format("jsonl", _("JSON Lines, for programs"), "application/jsonl", write_jsonl),
        Format(
            "xlsx",
            _("Excel workbook"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write_xlsx,
        ),
        Format("ods", _("OpenDocument spreadsheet"), MIMETYPE, write_ods),
        Format("sav", _("SPSS file"), "application/x-spss-sav", write_sav),
        Format(
            "sps",
            _("SPSS syntax that reads the CSV"),
            "text/plain; charset=utf-8",
            write_sps,
            holds_rows=False,
        ),
    )
}
