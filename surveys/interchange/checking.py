"""Whether a document can become a version: every fault by its place, before it is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from surveys.interchange import schema
from surveys.interchange.faults import Fault
from surveys.models import Questionnaire
from surveys.publishing import published_kinds

WITH_OPTIONS = ("single", "multiple", "ranking", "matrix")
MOST_SECTIONS = 100
MOST_QUESTIONS = 300


@dataclass(frozen=True)
class Known:
    """What a new version has to agree with: what was published, and the programme's places."""

    kinds: dict[str, str] = field(default_factory=dict)
    places: frozenset[str] = frozenset()

    @classmethod
    def of(cls, questionnaire: Questionnaire, places: Iterable[str]) -> "Known":
        return cls(published_kinds(questionnaire), frozenset(places))


def faults_of(sections: Any, known: Known) -> list[Fault]:
    """All that is wrong with what should be a document; nothing, where it is one."""
    checker = _Checker(known)
    checker.each("sections", sections, MOST_SECTIONS, checker.section)
    if not checker.faults and not checker.asked:
        checker.fault("sections", _("There is no question."))
    if len(checker.asked) > MOST_QUESTIONS:
        checker.fault("sections", _("There are more than 300 questions."))
    return checker.faults


class _Checker:
    def __init__(self, known: Known) -> None:
        self.known = known
        self.faults: list[Fault] = []
        self.asked: dict[str, dict[str, Any]] = {}
        """The questions so far by name: conditions point back."""
        self.stored: set[str] = set()
        self.sections: set[str] = set()

    def fault(self, place: str, what: str) -> None:
        self.faults.append(Fault(place, what))

    def each(self, place: str, value: Any, most: int, check: Any) -> None:
        for where, what in schema.rows(most)(value):
            self.fault(f"{place}{where}", what)
        for position, row in enumerate(value[:most] if isinstance(value, list) else []):
            check(f"{place}[{position}]", row)

    def row(self, place: str, value: Any, rules: dict[str, schema.Check], what: str) -> bool:
        """Whether the object is as its schema says."""
        found = schema.checked_row(value, rules, schema.MUST[what])
        for where, words in found:
            self.fault(f"{place}{where}", words)
        return not found

    def section(self, place: str, value: Any) -> None:
        if self.row(place, value, schema.SECTION, "section"):
            if value["name"] in self.sections:
                self.fault(f"{place}.name", schema.twice(value["name"]))
            self.sections.add(value["name"])
        if isinstance(value, dict):
            self.conditions(place, value)
            if isinstance(value.get("questions"), list):
                for position, question in enumerate(value["questions"][: MOST_QUESTIONS + 1]):
                    self.question(f"{place}.questions[{position}]", question)

    def question(self, place: str, value: Any) -> None:
        is_sound = self.row(place, value, schema.QUESTION, "question")
        if not isinstance(value, dict):
            return
        options = self.coded(f"{place}.options", value.get("options", []), schema.OPTION, "option")
        self.coded(f"{place}.items", value.get("items", []), schema.ITEM, "item")
        self.conditions(place, value)
        if is_sound:
            self.kind(place, value, options)
            self.names(place, value)
            self.asked.setdefault(value["name"], value)

    def coded(
        self, place: str, value: Any, rules: dict[str, schema.Check], what: str
    ) -> list[dict[str, Any]]:
        """Options or items: each as it should be, and no code twice."""
        seen: dict[str, dict[str, Any]] = {}
        for position, row in enumerate(value[:300] if isinstance(value, list) else []):
            here = f"{place}[{position}]"
            if self.row(here, row, rules, what):
                if row["code"] in seen:
                    self.fault(f"{here}.code", schema.twice(row["code"]))
                seen[row["code"]] = row
        return list(seen.values())

    def kind(self, place: str, value: dict[str, Any], options: list[dict[str, Any]]) -> None:
        """What a kind of question needs, and what it was published as."""
        kind = value["kind"]
        if kind in WITH_OPTIONS and not value.get("options"):
            self.fault(f"{place}.options", _("A question of this kind needs options."))
        if kind == "text" and value.get("options"):
            self.fault(f"{place}.options", _("An open question has no options."))
        if (kind == "matrix") != bool(value.get("items")):
            self.fault(f"{place}.items", _("A matrix needs rows, and no other kind has them."))
        for position, option in enumerate(options):
            if kind == "place" and option["code"] in self.known.places:
                what = _("“%(code)s” is a place of the programme already.")
                self.fault(f"{place}.options[{position}].code", what % {"code": option["code"]})
        published = self.known.kinds.get(value["name"], kind)
        if published != kind:
            self.fault(
                f"{place}.kind",
                _("“%(name)s” was published as “%(old)s” and cannot become “%(new)s”.")
                % {"name": value["name"], "old": published, "new": kind},
            )

    def names(self, place: str, value: dict[str, Any]) -> None:
        """A question is stored under its name, its words under names made from it."""
        name = value["name"]
        own = [name, f"{name}_comment"] if value.get("comment_max_length") else [name]
        options = value.get("options", [])
        own += [
            f"{name}_{option['code']}_text"
            for option in options
            if isinstance(option, dict) and option.get("names_other") and "code" in option
        ]
        for stored in own:
            if stored in self.stored:
                self.fault(f"{place}.name", schema.twice(stored))
        self.stored.update(own)

    def conditions(self, place: str, value: dict[str, Any]) -> None:
        conditions = value.get("conditions", [])
        for position, row in enumerate(conditions if isinstance(conditions, list) else []):
            here = f"{place}.conditions[{position}]"
            if self.row(here, row, schema.CONDITION, "condition"):
                self.condition(here, row)

    def condition(self, place: str, said: dict[str, Any]) -> None:
        source = self.asked.get(said["source"])
        if source is None or source["kind"] == "text":
            what = _("There is no closed question “%(name)s” before this.")
            self.fault(f"{place}.source", what % {"name": said["source"]})
            return
        item = said.get("item", "")
        items = _codes(source, "items")
        if (item not in items) if source["kind"] == "matrix" else item:
            what = _("“%(name)s” has no row “%(item)s”.")
            self.fault(f"{place}.item", what % {"name": said["source"], "item": item})
        known = _codes(source, "options")
        if source["kind"] == "place":
            known += self.known.places
        for position, code in enumerate(said["codes"]):
            if code not in known:
                what = _("“%(name)s” has no option “%(code)s”.")
                self.fault(
                    f"{place}.codes[{position}]", what % {"name": said["source"], "code": code}
                )


def _codes(question: dict[str, Any], of: str) -> list[Any]:
    """The codes of options or items; some may be wrong, and were told."""
    return [row.get("code") for row in question.get(of, []) if isinstance(row, dict)]
