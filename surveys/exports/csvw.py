"""CSV on the Web: what the columns of the CSV hold, for programs (JSON)."""

import json
import re
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from surveys.codebook import NOT_ASKED, missing_values
from surveys.exports.data import Data
from surveys.question_types import Cell, Variable


def csvw_name(csv_name: str) -> str:
    """Where programs look for what is said of a CSV."""
    return f"{csv_name}-metadata.json"


def csvw(data: Data, csv_name: str) -> bytes:
    """Labels are in the active language. An empty cell is no answer."""
    tag = settings.LANGUAGE_TAGS[get_language() or settings.LANGUAGE_CODE]
    consultation = data.questionnaire.consultation
    document: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": tag}],
        "url": csv_name,
        "dc:title": f"{consultation.short_title} · {data.questionnaire.name}",
        "dc:publisher": str(consultation.programme.name),
        "dialect": {"encoding": "utf-8", "header": True, "doubleQuote": True},
        "tableSchema": {"columns": [_column(data, column) for column in data.columns]},
    }
    if any(column.name == "reference" for column in data.columns):
        document["tableSchema"]["primaryKey"] = "reference"
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _column(data: Data, column: Variable) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:title": column.label,
        "datatype": _datatype(data, column),
    }
    if column.question:
        found["dc:description"] = column.question
    codes = {**column.codes, **missing_values(column)}
    if codes and not data.labels:
        found["dc:hasPart"] = [
            {"dc:identifier": code, "dc:title": label} for code, label in codes.items()
        ]
    return found


def _datatype(data: Data, column: Variable) -> Any:
    if data.labels and (column.codes or column.may_be_unasked):
        return "string"
    if column.cell == Cell.NUMBER:
        return "integer"
    if column.cell == Cell.TIME:
        return "dateTime"
    if column.cell == Cell.CODE and column.codes:
        known = [*column.codes, *([NOT_ASKED] if column.may_be_unasked else [])]
        return {"base": "string", "format": f"^({'|'.join(map(re.escape, known))})$"}
    return "string"
