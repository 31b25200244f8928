"""One thing that waits at the desk."""

from dataclasses import dataclass
from datetime import datetime

from surveys.roles import ROLES


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
