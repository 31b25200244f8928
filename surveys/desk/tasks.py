"""One thing that waits at the desk, and counting what waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from surveys import wording
from surveys.roles import ROLES

AT_MOST = 1000


@dataclass(frozen=True)
class Task:
    """One thing to be done. `url` leads to where; `permission` says who may."""

    words: str
    url: str
    permission: str
    until: datetime | None = None
    is_urgent: bool = False

    def who(self) -> str:
        """The roles that may do it."""
        codename = self.permission.partition(".")[2]
        return ", ".join(str(role.label) for role in ROLES if codename in role.codenames())


def capped(rows: QuerySet[Any]) -> int:
    """How many there are, counted no further than AT_MOST + 1, however many there are."""
    return rows.order_by()[: AT_MOST + 1].count()


def number(count: int) -> str:
    """A capped count in words."""
    return wording.over(AT_MOST) if count > AT_MOST else wording.number(count)


def plural(count: int) -> int:
    """The number whose plural a capped count takes: “over 1,000” takes that of a thousand."""
    return min(count, AT_MOST)
