"""What stands for a response's key in addresses of the desk.

A key tells the millisecond it was made in, and not everybody who reads answers may see when they
came. Each key has one mask, and without SECRET_KEY neither can be told from the other.
"""

import uuid
from typing import Any

from django.urls.converters import UUIDConverter
from django.utils.crypto import salted_hmac

HALF = 64
ROUNDS = range(4)
"""So many make a permutation that nobody can tell from one drawn by chance (Luby and Rackoff)."""


def masked(key: uuid.UUID) -> uuid.UUID:
    left, right = divmod(key.int, 1 << HALF)
    for number in ROUNDS:
        left, right = right, left ^ _mixed(number, right)
    return uuid.UUID(int=left << HALF | right)


def unmasked(mask: uuid.UUID) -> uuid.UUID:
    left, right = divmod(mask.int, 1 << HALF)
    for number in reversed(ROUNDS):
        left, right = right ^ _mixed(number, left), left
    return uuid.UUID(int=left << HALF | right)


def _mixed(number: int, half: int) -> int:
    """Half of another key, which follows from one half and SECRET_KEY."""
    digest = salted_hmac(f"surveys.masks.{number}", f"{half:016x}", algorithm="sha256").digest()
    return int.from_bytes(digest[: HALF // 8])


class MaskConverter(UUIDConverter):
    """`<mask:…>` in an address: views get and give keys, and nobody sees them."""

    def to_python(self, value: str) -> uuid.UUID:
        return unmasked(super().to_python(value))

    def to_url(self, value: Any) -> str:
        return str(masked(uuid.UUID(str(value))))
