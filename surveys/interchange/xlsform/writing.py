"""A version as an XLSForm that ODK and KoBo take, and that we take back without loss."""

import io
import json
from typing import Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext, override

from surveys.interchange.whole import Whole
from surveys.interchange.xlsform.columns import (
    CHOICES,
    FORMAT,
    NAMES,
    OWN,
    SETTINGS,
    SURVEY,
    heading,
    headings,
)
from surveys.interchange.xlsform.expressions import Limits, constraint, relevant
from surveys.text_fields import required_languages

TYPES = {
    "single": "select_one",
    "place": "select_one",
    "multiple": "select_multiple",
    "ranking": "rank",
}
OTHER_LENGTH = 150
Row = dict[str, str]


def write_xlsform(whole: Whole) -> bytes:
    """The workbook with its three sheets."""
    sheets = _Sheets(whole)
    form = {
        "form_title": str(whole.words.get("title", {}).get("en") or whole.slug),
        "form_id": whole.slug,
        "version": str(whole.number),
        "default_language": NAMES[settings.LANGUAGE_CODE],
        f"{OWN}format": FORMAT,
    }
    return workbook(
        {
            "survey": (headings(sheets.survey, SURVEY), sheets.survey),
            "choices": (headings(sheets.choices, CHOICES), sheets.choices),
            "settings": ([*SETTINGS, f"{OWN}format"], [form]),
        }
    )


def workbook(sheets: dict[str, tuple[list[str], list[Row]]]) -> bytes:
    """Sheets of words alone: nothing in them is a formula or a link."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for name, (columns, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for column, title in enumerate(columns):
                sheet.write_string(0, column, title, bold)
                sheet.set_column(column, column, 40 if "::" in title else 16)
            for number, row in enumerate(rows, 1):
                for column, title in enumerate(columns):
                    if row.get(title):
                        sheet.write_string(number, column, row[title], wrap)
    return file.getvalue()


class _Sheets:
    """The rows of `survey` and `choices`."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self.survey: list[Row] = []
        self.choices: list[Row] = []
        questions = [q for section in whole.sections for q in section["questions"]]
        self.kinds = {question["name"]: question["kind"] for question in questions}
        self.taken = set(self.kinds)
        for section in whole.sections:
            self.section(section)

    def section(self, said: dict[str, Any]) -> None:
        self.survey.append(
            {
                "type": "begin_group",
                "name": self.free(f"section_{said['name']}"),
                "appearance": "field-list",
                "relevant": relevant(said.get("conditions", []), self.kinds),
                f"{OWN}name": said["name"],
            }
            | _texts("label", said["title"])
            | _translated_from(said)
        )
        if said.get("intro"):
            name = self.free(f"section_{said['name']}_intro")
            self.survey.append(
                {"type": "note", "name": name, f"{OWN}part": "intro"}
                | _texts("label", said["intro"])
            )
        for question in said["questions"]:
            self.question(question)
        self.survey.append({"type": "end_group"})

    def question(self, said: dict[str, Any]) -> None:
        if said["kind"] == "matrix":
            self.matrix(said)
        else:
            self.survey.append(self.common(said) | self.plain(said))
        self.options(said)
        self.words_beside(said)

    def common(self, said: dict[str, Any]) -> Row:
        """What a question says whatever its kind."""
        return (
            {
                "name": said["name"],
                "relevant": relevant(said.get("conditions", []), self.kinds),
                "constraint": constraint(_limits(said)),
                f"{OWN}number": str(said.get("number", "")),
                f"{OWN}kind": said["kind"] if said["kind"] in ("place", "matrix") else "",
                **_limits_without_a_column(said),
            }
            | _texts("label", said["text"])
            | _texts("hint", said.get("hint", {}))
            | _texts(f"{OWN}short", said.get("short", {}))
            | _translated_from(said)
        )

    def plain(self, said: dict[str, Any]) -> Row:
        kind = said["kind"]
        is_list = said.get("appearance") == "list" and kind in ("single", "place")
        appearance = "minimal" if is_list else ""
        return {
            "type": "text" if kind == "text" else f"{TYPES[kind]} {said['name']}",
            "required": _yes(said.get("required")),
            "appearance": appearance or ("multiline" if kind == "text" else ""),
        }

    def matrix(self, said: dict[str, Any]) -> None:
        """A group of questions over one list, which ODK shows as a table."""
        appearance = {
            "type": "begin_group",
            "appearance": "table-list",
            f"{OWN}appearance": said.get("appearance", ""),
        }
        self.survey.append(self.common(said) | appearance)
        for item in said["items"]:
            self.survey.append(
                {
                    "type": f"select_one {said['name']}",
                    "name": f"{said['name']}_{item['code']}",
                    "required": _yes(said.get("required")),
                }
                | _texts("label", item["label"])
                | _translated_from(item)
            )
        self.survey.append({"type": "end_group"})

    def options(self, said: dict[str, Any]) -> None:
        if said["kind"] == "place":
            self.choices += [
                {"list_name": said["name"], "name": code, f"{OWN}place": "yes"}
                | _texts("label", name)
                for code, name in self.whole.places.items()
            ]
        self.choices += [
            {
                "list_name": said["name"],
                "name": option["code"],
                # For several answers the constraint says it.
                f"{OWN}exclusive": _yes(option.get("exclusive") and said["kind"] != "multiple"),
                f"{OWN}names_other": _yes(option.get("names_other")),
                f"{OWN}missing": option.get("missing", ""),
            }
            | _texts("label", option["label"])
            | _translated_from(option)
            for option in said.get("options", [])
        ]

    def words_beside(self, said: dict[str, Any]) -> None:
        """The words that can be typed beside the options, as questions of their own."""
        conditions = said.get("conditions", [])
        for option in said.get("options", []):
            if option.get("names_other"):
                chosen = {"source": said["name"], "codes": [option["code"]]}
                self.survey.append(
                    {
                        "type": "text",
                        "name": self.free(f"{said['name']}_{option['code']}_text"),
                        "relevant": relevant([*conditions, chosen], self.kinds),
                        "constraint": constraint(Limits(max_length=OTHER_LENGTH)),
                        f"{OWN}part": "other",
                    }
                    | _texts("label", option["label"])
                )
        if said.get("comment_max_length") or said.get("comment_label"):
            self.survey.append(
                {
                    "type": "text",
                    "name": self.free(f"{said['name']}_comment"),
                    "appearance": "multiline",
                    "relevant": relevant(conditions, self.kinds),
                    "constraint": constraint(Limits(max_length=said.get("comment_max_length"))),
                    f"{OWN}part": "comment" if said.get("comment_label") else "plain comment",
                }
                | _texts("label", said.get("comment_label") or _your_comment())
            )

    def free(self, name: str) -> str:
        """The name, or a longer one where it is taken; and one that can begin an element."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name


def _texts(column: str, text: dict[str, str]) -> Row:
    return {heading(column, language): said for language, said in text.items()}


def _translated_from(said: dict[str, Any]) -> Row:
    sources = said.get("translated_from")
    if not sources:
        return {}
    return {f"{OWN}translated_from": json.dumps(sources, ensure_ascii=False)}


def _yes(value: Any) -> str:
    return "yes" if value else ""


def _limits(said: dict[str, Any]) -> Limits:
    if said["kind"] == "multiple":
        options = said.get("options", [])
        alone = tuple(option["code"] for option in options if option.get("exclusive"))
        return Limits(maximum=said.get("maximum"), exclusive=alone)
    return Limits(max_length=said.get("max_length") if said["kind"] == "text" else None)


def _limits_without_a_column(said: dict[str, Any]) -> Row:
    row = {}
    if said["kind"] != "multiple":
        row[f"{OWN}maximum"] = str(said.get("maximum", ""))
    if said["kind"] != "text":
        row[f"{OWN}max_length"] = str(said.get("max_length", ""))
    if said["kind"] in ("text", "multiple", "ranking"):
        row[f"{OWN}appearance"] = said.get("appearance", "")
    return row


def _your_comment() -> dict[str, str]:
    labels = {}
    # What is derived everywhere else would here alone make a column of its own.
    for language in required_languages():
        with override(language):
            labels[language] = gettext("Your comment")
    return labels
