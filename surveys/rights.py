"""What of a response somebody may see. Screens, searches and files ask here."""

from dataclasses import dataclass
from typing import Self

from django.contrib.auth.models import AnonymousUser

from surveys.models import User


@dataclass(frozen=True)
class Rights:
    """Without `identity`: no organisation, no reference, no time of day. Without `words`: no open
    answers but what was decided to be published."""

    identity: bool
    words: bool

    @classmethod
    def of(cls, user: User | AnonymousUser) -> Self:
        return cls(user.has_perm("surveys.see_identity"), user.has_perm("surveys.see_words"))


ALL = Rights(identity=True, words=True)
