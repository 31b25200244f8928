"""The rows of an XLSForm that are questions of ours."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from surveys.interchange.faults import LeftOut
from surveys.interchange.schema import NAME_LENGTH, shown
from surveys.interchange.xlsform.choices import (
    ChoiceList,
    free,
    proposed_code,
    proposed_name,
    translated_from,
)
from surveys.interchange.xlsform.columns import OWN
from surveys.interchange.xlsform.expressions import NotExpressible, read_constraint
from surveys.interchange.xlsform.reasons import why, why_type
from surveys.interchange.xlsform.rows import NO, YES, Cells
from surveys.models.questionnaire import QUESTION_NAME

SELECT = re.compile(
    r"(select[_ ]one(?: from)?|select1|select[_ ]multiple(?: from)?|select all that apply(?: from)?"
    r"|rank)\s+(\S+)(\s+or[_ ](?:specify[_ ])?other)?",
    re.IGNORECASE,
)
TABLES = ({"table-list"}, {"table-list", "field-list"})
SHORT = 60


@dataclass(frozen=True)
class Source:
    """What a condition of the file can be about."""

    name: str
    item: str
    codes: dict[str, str]


class Questions:
    """Turns rows into questions; `notes` are what had to be named otherwise, since last taken."""

    def __init__(self, lists: dict[str, ChoiceList], is_ours: bool) -> None:
        self.lists = lists
        self.is_ours = is_ours
        self.names: set[str] = set()
        self.sources: dict[str, Source] = {}
        self.notes: list[LeftOut] = []
        self.last: dict[str, Any] | None = None

    def is_matrix(self, row: Cells) -> bool:
        """Whether a group is questions with one answer each over one and the same list."""
        if set(row.said.get("appearance", "").split()) not in TABLES:
            return False
        rows = [child for child in row.children if child.said]
        chosen = [SELECT.fullmatch(child.said.get("type", "").strip()) for child in rows]
        lists = {each[2] if each and _kind(each) == "single" else "" for each in chosen}
        return (
            len(lists) == 1
            and lists <= self.lists.keys()
            and not any(each and each[3] for each in chosen)
            and not any({"relevant", "choice_filter", "disabled"} & {*child.said} for child in rows)
        )

    def belongs(self, row: Cells, section: dict[str, Any]) -> bool:
        """Whether the row is no question but belongs to the section or the question before."""
        part = row.said.get(f"{OWN}part", "")
        if _introduces(row, part, section):
            for column in ("type", "name", f"{OWN}part"):
                row.take(column)
            section["intro"] = row.text("label")
            return True
        if self.last is None or part not in ("other", "comment", "plain comment"):
            return False
        if part != "other":
            self.comment(row, self.last)
        for column in ("type", "name", "relevant", "appearance", "constraint", f"{OWN}part"):
            row.take(column)
        row.text("label")
        return True

    @staticmethod
    def comment(row: Cells, about: dict[str, Any]) -> None:
        if row.said[f"{OWN}part"] == "comment":
            about["comment_label"] = row.text("label")
        limits = _limits(row)
        if limits and limits.max_length:
            about["comment_max_length"] = limits.max_length

    def question(self, row: Cells) -> dict[str, Any] | str:
        """The question, or why it is none of ours."""
        said = row.said["type"].strip()
        chosen = SELECT.fullmatch(said)
        if said == "begin group":
            return self.matrix(row)
        if chosen is None:
            return self.text(row) if said.lower() in ("text", "string") else why_type(said)
        if chosen[2] not in self.lists:
            return _("There is no list “%(name)s”.") % {"name": shown(chosen[2])}
        if "choice_filter" in row.said:
            return why("choice_filter")
        kind = _kind(chosen)
        row.take("type")
        if chosen[3]:
            reason = _("Write “other” as an option of its own; it is left out here.")
            self.note(row, "type", said, reason)
        choices = self.lists[chosen[2]]
        choices.is_used = True
        if row.take(f"{OWN}kind") == "place":
            kind = "place"
        question = self.common(row, kind)
        question["options"] = [dict(option) for option in choices.options]
        alone = {choices.codes.get(code) for code in question.pop("alone", ())}
        for option in question["options"]:
            if option["code"] in alone:
                option["exclusive"] = True
        if row.said.get("appearance", "").strip() == "minimal" and kind in ("single", "place"):
            row.take("appearance")
            question["appearance"] = "list"
        self.sources[self.called] = Source(question["name"], "", choices.codes)
        return self.kept(row, question)

    def text(self, row: Cells) -> dict[str, Any]:
        row.take("type")
        if row.said.get("appearance", "").strip() == "multiline":
            row.take("appearance")
        return self.kept(row, self.common(row, "text"))

    def matrix(self, row: Cells) -> dict[str, Any]:
        row.take("type")
        row.take("appearance")
        row.take(f"{OWN}kind")
        question = self.common(row, "matrix")
        rows = [child for child in row.children if child.said]
        choices = self.lists[rows[0].said["type"].split()[-1]]
        choices.is_used = True
        prefix = f"{self.called}_"
        has_prefix = all(child.said.get("name", "").startswith(prefix) for child in rows)
        required = [child.said.get("required", "").strip().lower() in YES for child in rows]
        if all(required):
            question["required"] = True
        question["items"] = []
        for child in rows:
            self.item(child, question, choices, prefix if has_prefix else "", all(required))
        question["options"] = [dict(option) for option in choices.options]
        return self.kept(row, question)

    def item(
        self, row: Cells, question: dict[str, Any], choices: ChoiceList, prefix: str, all_must: bool
    ) -> None:
        row.take("type")
        called = row.take("name")
        said = called.removeprefix(prefix)
        code = free(proposed_code(said), {item["code"] for item in question["items"]})
        if code != said:
            reason = _("Codes have small letters, digits and _ alone. Proposal: %(code)s")
            self.note(row, "name", called, reason % {"code": code})
        if all_must or row.said.get("required", "").strip().lower() in NO:
            row.take("required")
        label = row.text("label") or {"en": called or code}
        question["items"].append({"code": code, "label": label} | translated_from(row))
        self.sources[called] = Source(question["name"], code, choices.codes)
        self.notes += row.leftovers()

    def common(self, row: Cells, kind: str) -> dict[str, Any]:
        """What a question of any kind says."""
        self.called = row.take("name")
        name = free(
            self.called
            if re.fullmatch(QUESTION_NAME, self.called) and len(self.called) <= NAME_LENGTH
            else proposed_name(self.called),
            self.names,
        )
        if name != self.called:
            reason = _("This name cannot be used. Proposal: %(name)s")
            self.note(row, "name", self.called, reason % {"name": name})
        self.names.add(name)
        text = row.text("label")
        if not text:
            reason = _("The question has no text; its name stands for it.")
            self.note(row, "label", "", reason)
            text = {"en": self.called or name}
        question: dict[str, Any] = {"name": name, "kind": kind, "text": text}
        question["short"] = row.text(f"{OWN}short")
        if not self.is_ours and not question["short"]:
            question["short"] = {code: Truncator(said).chars(SHORT) for code, said in text.items()}
        question["hint"] = row.text("hint")
        question |= translated_from(row)
        self.required(row, question)
        self.numbers(row, question)
        return {key: value for key, value in question.items() if value not in ({}, "", None)}

    def required(self, row: Cells, question: dict[str, Any]) -> None:
        said = row.said.get("required", "").strip().lower()
        if said in YES | NO:
            row.take("required")
        if said in YES:
            question["required"] = True

    def numbers(self, row: Cells, question: dict[str, Any]) -> None:
        for name in ("number", "maximum", "max_length"):
            if re.fullmatch(r"[0-9]{1,6}", row.said.get(f"{OWN}{name}", "").strip()):
                question[name] = int(row.take(f"{OWN}{name}"))
        if f"{OWN}appearance" in row.said:
            question["appearance"] = row.take(f"{OWN}appearance")
        limits = _limits(row)
        fits = limits and not (
            (limits.max_length and question["kind"] != "text")
            or ((limits.maximum or limits.exclusive) and question["kind"] != "multiple")
        )
        if limits and fits:
            row.take("constraint")
            question |= {"maximum": limits.maximum} if limits.maximum else {}
            question |= {"max_length": limits.max_length} if limits.max_length else {}
            question |= {"alone": limits.exclusive} if limits.exclusive else {}

    def kept(self, row: Cells, question: dict[str, Any]) -> dict[str, Any]:
        self.last = question
        return question

    def note(self, row: Cells, column: str, says: str, reason: str) -> None:
        self.notes.append(LeftOut(row.sheet, row.number, column, shown(says), reason))


def _introduces(row: Cells, part: str, section: dict[str, Any]) -> bool:
    """Whether it is the note with which a section begins."""
    is_first = not section["questions"] and "intro" not in section
    is_note = row.said.get("type", "").strip() == "note"
    return is_note and is_first and (part == "intro" or "relevant" not in row.said)


def _kind(chosen: re.Match[str]) -> str:
    word = chosen[1].lower().replace("_", " ")
    if word == "rank":
        return "ranking"
    return "single" if word.startswith(("select one", "select1")) else "multiple"


def _limits(row: Cells) -> Any:
    """What a constraint says, or None where it says something that we do not have."""
    said = row.said.get("constraint", "").strip()
    try:
        return read_constraint(said) if said else None
    except NotExpressible:
        return None
