"""What a rendered form carries about itself, signed: where it is from, what it was made of."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Self

from django.core import signing
from django.http import HttpRequest

from surveys.identifiers import new_secret

SALT = "surveys.answering.form_key"


@dataclass(frozen=True)
class FormKey:
    """The same key comes back with every page that shows the same form again.

    `secret` is what a citizen's form is sent once by and opened by later. `opened_at` decides
    whether a late form is still taken. `version_id` is the wording that was answered, whatever
    has been published since. `seen` is the fingerprint of the stored answers it was made from.
    """

    opened_at: datetime
    version_id: int
    seen: str = ""
    secret: str = field(default_factory=new_secret)

    def signed(self) -> str:
        """One text for as long as this object lives; made again it holds another second."""
        return self._signed

    @cached_property
    def _signed(self) -> str:
        content = [self.secret, self.opened_at.timestamp(), self.version_id, self.seen]
        return signing.dumps(content, salt=SALT)

    def having_seen(self, seen: str) -> Self:
        return replace(self, seen=seen)

    @classmethod
    def of(cls, request: HttpRequest) -> Self | None:
        """The key of the form that was posted."""
        return cls.read(request.POST.get("key", ""))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The key, or None where this site did not sign it."""
        try:
            secret, opened_at, version_id, seen = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            return None
        return cls(datetime.fromtimestamp(opened_at, UTC), version_id, seen, secret)
