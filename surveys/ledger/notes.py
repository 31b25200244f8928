"""Checkpoints as signed notes: section 4 of the specification."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from surveys.models import Consultation

ED25519 = b"\x01"
DASH = "\u2014"


def origin(consultation: Consultation) -> str:
    """What a list and its key are called."""
    host = settings.SITE_URL.partition("://")[2]
    return f"{host}/{consultation.slug}"


def private_key() -> Ed25519PrivateKey:
    """The key of LEDGER_KEY; without one, a key that follows from SECRET_KEY."""
    if settings.LEDGER_KEY:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.LEDGER_KEY))
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"surveys.ledger checkpoints")
    return Ed25519PrivateKey.from_private_bytes(derive.derive(settings.SECRET_KEY.encode()))


def public_key_line(name: str) -> str:
    """The public key as it is shown: name, number, key."""
    key = private_key().public_key().public_bytes_raw()
    return f"{name}+{_number(name, key).hex()}+{_base64(ED25519 + key)}"


def _number(name: str, key: bytes) -> bytes:
    return hashlib.sha256(f"{name}\n".encode() + ED25519 + key).digest()[:4]


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


@dataclass(frozen=True)
class Note:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes
    made_at: datetime

    def text(self) -> str:
        """What is signed."""
        moment = self.made_at.astimezone(UTC)
        lines = self.origin, str(self.size), _base64(self.root), f"time {moment:%Y-%m-%dT%H:%M:%SZ}"
        return "".join(f"{line}\n" for line in lines)

    def signed(self) -> str:
        """The whole note, with our signature."""
        key = private_key()
        number = _number(self.origin, key.public_key().public_bytes_raw())
        signature = _base64(number + key.sign(self.text().encode()))
        return f"{self.text()}\n{DASH} {self.origin} {signature}\n"

    @classmethod
    def read(cls, signed: str) -> Self | None:
        """What a note says that our key has signed; None for every other text."""
        text, _empty, last = signed.rpartition("\n\n")
        try:
            name, size, root, time = text.split("\n")
            dash, key_name, signature = last.removesuffix("\n").split(" ")
            note = cls(
                name,
                int(size),
                base64.b64decode(root, validate=True),
                datetime.strptime(time, "time %Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
            )
            raw = base64.b64decode(signature, validate=True)
        except ValueError:
            return None
        is_ours = (dash, key_name) == (DASH, name) and is_signed(f"{text}\n", name, raw)
        # Another way to write the same would be another note.
        return note if is_ours and note.text() == f"{text}\n" else None


def is_signed(text: str, name: str, signature: bytes) -> bool:
    """Whether these bytes are our key's number and its signature of the text."""
    key: Ed25519PublicKey = private_key().public_key()
    if signature[:4] != _number(name, key.public_bytes_raw()):
        return False
    try:
        key.verify(signature[4:], text.encode())
    except InvalidSignature:
        return False
    return True
