"""The step that a form is asked for when very many come: a calculation, or a time to wait.

A challenge is signed and stored nowhere. It is bound to the secret of one form, and one form is
stored once, so that a challenge stores one response however often it is sent.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from django.core import signing

SALT = "surveys.challenges"
VALID_FOR = 2 * 60 * 60
"""Seconds."""
PARTS = 8
"""Of one proof: many short searches take a more even time than a long one, and show progress."""
BITS = 14
"""Of each part, so that a proof takes 8 x 16,384 hashes: a second on an old phone."""
BITS_AT_MOST = 18
NEVER = 0


@dataclass(frozen=True)
class Challenge:
    """Met by a proof at once, or without one from `ready_at` on; both are seconds since 1970.

    `ready_at` is NEVER where waiting does not help, because too many wait already.
    """

    made_at: int
    ready_at: int
    bits: int = BITS

    def signed(self, secret: str) -> str:
        content = [self.made_at, self.ready_at, self.bits]
        return signing.dumps(content, salt=SALT + secret)

    @classmethod
    def read(cls, text: str, secret: str, now: int) -> Self | None:
        """The challenge; None where it was not made for the form of this secret, or is old."""
        try:
            challenge = cls(*signing.loads(text, salt=SALT + secret))
        except signing.BadSignature:
            return None
        return challenge if now <= challenge.made_at + VALID_FOR else None

    def seconds_left(self, now: int) -> int:
        return max(self.ready_at - now, 0)

    def is_waited_for(self, now: int) -> bool:
        return self.ready_at != NEVER and now >= self.ready_at


def is_proof(proof: str, text: str, bits: int) -> bool:
    """Whether there is a number for each part whose hash begins with so many zero bits."""
    numbers = proof.split(".")
    return len(numbers) == PARTS and all(
        len(number) <= 12 and _zero_bits(f"{text}:{part}:{number}") >= bits
        for part, number in enumerate(numbers)
    )


def _zero_bits(text: str) -> int:
    digest = sha256(text.encode()).digest()
    return 256 - int.from_bytes(digest).bit_length()
