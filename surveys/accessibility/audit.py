"""The last audit, as `make accessibility` has written it to the file settings name."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from django.conf import settings

from surveys.translated import Text

VALID_FOR = timedelta(days=365)
"""After so long an audit has to be repeated."""


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_DONE = "not done"


@dataclass(frozen=True)
class Finding:
    """What one rule found wrong with one page in one state."""

    rule: str
    criterion: str
    """Its number in WCAG."""
    page: str
    state: str
    places: int
    """In the variant of the page that has most."""

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Raises ValueError where the criterion is no number of WCAG."""
        if not re.fullmatch(r"\d\.\d\.\d\d?", row["criterion"]):
            raise ValueError(f"{row['criterion']} is no criterion")
        words = {name: str(row[name]) for name in ("rule", "criterion", "page", "state")}
        return cls(**words, places=int(row["places"]))


@dataclass(frozen=True)
class ManualCheck:
    """What people tried out, or what nobody has tried yet."""

    what: Text
    by: Text
    when: date | None
    result: Result

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Raises ValueError where a check was done on no day."""
        result = Result(row["result"])
        when = date.fromisoformat(row["when"]) if row.get("when") else None
        if (when is None) != (result == Result.NOT_DONE):
            raise ValueError("A check has a day exactly when it was done")
        return cls(_text(row["what"]), _text(row.get("by", {})), when, result)


@dataclass(frozen=True)
class Audit:
    """One run of the audit over the pages, with the checks that people have added to it."""

    made_on: date
    tools: list[str]
    languages: list[str]
    widths: list[int]
    checks: int
    pages: dict[str, list[str]]
    """By the name of its URL, the states each was looked at in."""
    findings: list[Finding]
    manual: list[ManualCheck]

    @classmethod
    def of(cls, content: dict[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where it is not what the tool writes."""
        return cls(
            made_on=date.fromisoformat(content["date"]),
            tools=[f"{tool['name']} {tool['version']}" for tool in content["tools"]],
            languages=[str(code) for code in content["languages"]],
            widths=[int(width) for width in content["widths"]],
            checks=int(content["checks"]),
            pages={str(row["page"]): [str(s) for s in row["states"]] for row in content["pages"]},
            findings=[Finding.of(row) for row in content["findings"]],
            manual=[ManualCheck.of(row) for row in content.get("manual", [])],
        )

    def states(self) -> int:
        """How many states of pages were looked at."""
        return sum(map(len, self.pages.values()))

    def with_result(self, result: Result) -> list[ManualCheck]:
        return [check for check in self.manual if check.result == result]

    def reviewed_on(self) -> date:
        """The day of the audit, or of the latest check by people after it."""
        return max(self._days())

    def is_old(self, today: date) -> bool:
        """Whether a year has passed: the audit itself counts, not what people have added."""
        return today - self.made_on > VALID_FOR

    def _days(self) -> Iterator[date]:
        yield self.made_on
        yield from (check.when for check in self.manual if check.when)


def last_audit() -> Audit | None:
    """None where there is no file, or one that cannot be read."""
    try:
        content = json.loads(Path(settings.ACCESSIBILITY_AUDIT).read_text("utf-8"))
        return Audit.of(content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _text(value: Any) -> Text:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise ValueError("Words are written per language")
    return Text(value)
