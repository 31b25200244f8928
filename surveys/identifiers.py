"""Keys, references and secrets: what a response is called, and what opens it."""

import hashlib
import secrets
import time
import uuid

# No 0/O, 1/I/L: a reference is read aloud. 31 is prime, so one weighted sum finds every single
# wrong character and every two that were swapped.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_CHARACTERS = 7
REFERENCE_SPACE = len(ALPHABET) ** RANDOM_CHARACTERS
REFERENCE_TRIES = 5
"""How often a writer asks for another one where a reference is taken."""
# 28 characters of 31 are 138 random bits (OWASP ASVS 5.0, 11.5.1 asks for 128).
SECRET_CHARACTERS = 28


def uuid7() -> uuid.UUID:
    """A version 7 UUID (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def new_reference() -> str:
    """A random reference such as `K7QF-9M2D`; its last character checks the others."""
    return reference_from_number(secrets.randbelow(REFERENCE_SPACE))


def reference_from_number(number: int) -> str:
    """The reference of a number below `REFERENCE_SPACE`; different numbers differ."""
    characters = _characters(number, RANDOM_CHARACTERS)
    characters += check_character(characters)
    return f"{characters[:4]}-{characters[4:]}"


def _characters(number: int, length: int) -> str:
    """The number in the letters of the alphabet, its last digit first."""
    found = []
    for _ in range(length):
        number, digit = divmod(number, len(ALPHABET))
        found.append(ALPHABET[digit])
    return "".join(found)


def check_character(characters: str) -> str:
    """The character that makes the sum of (position × value) divisible by 31."""
    weighted = sum(
        position * ALPHABET.index(character) for position, character in enumerate(characters, 2)
    )
    return ALPHABET[-weighted % len(ALPHABET)]


def read_reference(typed: str) -> str | None:
    """The reference somebody typed, in its written form; None where it cannot be one.

    The desk writes the prefix of the questionnaire before it: `CIT-K7QF-9M2D`.
    """
    pieces = typed.upper().replace("-", " ").split()
    characters = "".join(pieces)
    if len(characters) > RANDOM_CHARACTERS + 1:
        characters = "".join(pieces[1:])
    if len(characters) != RANDOM_CHARACTERS + 1 or not set(characters) <= set(ALPHABET):
        return None
    if check_character(characters[:-1]) != characters[-1]:
        return None
    return f"{characters[:4]}-{characters[4:]}"


def read_number(typed: str) -> int | None:
    """The number of a row that an address or a form names; None where no row can have it.

    PostgreSQL refuses longer ones.
    """
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 19
    return int(typed) if is_number else None


def new_secret() -> str:
    """What opens one response: 28 characters that can be read from paper and typed."""
    return _characters(secrets.randbelow(len(ALPHABET) ** SECRET_CHARACTERS), SECRET_CHARACTERS)


def read_secret(typed: str) -> str | None:
    """The secret somebody typed or pasted, without its spaces and hyphens; None if it is none."""
    characters = "".join(typed.upper().replace("-", " ").split())
    is_secret = len(characters) == SECRET_CHARACTERS and set(characters) <= set(ALPHABET)
    return characters if is_secret else None


def secret_hash(secret: str) -> str:
    """What is stored of a secret: one round without salt is enough for so many random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
