"""What stands for a response's key in addresses of the desk.

A key tells the millisecond it was made in, and not everybody who reads answers may see when they
came. Each key has one mask, and without SECRET_KEY neither can be told from the other: a key is
one block of AES.
"""

import uuid
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from django.urls.converters import UUIDConverter
from django.utils.crypto import salted_hmac


def masked(key: uuid.UUID) -> uuid.UUID:
    return uuid.UUID(bytes=_cipher().encryptor().update(key.bytes))


def unmasked(mask: uuid.UUID) -> uuid.UUID:
    return uuid.UUID(bytes=_cipher().decryptor().update(mask.bytes))


def _cipher() -> Cipher[ECB]:
    # No block follows another, so there is nothing that a mode would have to hide.
    return Cipher(AES(salted_hmac(__name__, "", algorithm="sha256").digest()), ECB())  # noqa: S305


class MaskConverter(UUIDConverter):
    """`<mask:…>` in an address: views get and give keys, and nobody sees them."""

    def to_python(self, value: str) -> uuid.UUID:
        return unmasked(super().to_python(value))

    def to_url(self, value: Any) -> str:
        return str(masked(uuid.UUID(str(value))))
