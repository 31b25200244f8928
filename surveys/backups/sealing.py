"""Encryption in the age format, as a stream: who has the recipient's name cannot read the file."""

import os
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import pyrage

from surveys.backups import Refused

CANNOT_READ = (
    "The backup cannot be read: the key is not the one it was made for, or the file is cut off"
    " or damaged."
)


@contextmanager
def sealed(output: IO[bytes], recipient: str) -> Iterator[IO[bytes]]:
    """A file to write into; what is written ends up in the output, encrypted."""
    try:
        key = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise Refused("The recipient is no public key of age (age1…).") from error
    source, sink = os.pipe()
    with _beside(source, lambda file: pyrage.encrypt_io(file, output, [key]), "rb") as problems:
        with os.fdopen(sink, "wb") as file:
            yield file
    if problems:
        raise Refused(f"The backup cannot be written: {problems[0]}") from problems[0]


@contextmanager
def unsealed(file: IO[bytes], identity: str) -> Iterator[IO[bytes]]:
    """A file to read from. Nothing of it may count before it was read to its end without error."""
    try:
        key = pyrage.x25519.Identity.from_str(identity)
    except pyrage.IdentityError as error:
        raise Refused("The key file holds no secret key of age (AGE-SECRET-KEY-…).") from error
    source, sink = os.pipe()
    try:
        with _beside(sink, lambda out: pyrage.decrypt_io(file, out, [key]), "wb") as problems:
            with os.fdopen(source, "rb") as plain:
                yield plain
                while plain.read(1 << 16):
                    pass
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise Refused(CANNOT_READ) from error
    if problems:
        raise Refused(CANNOT_READ) from problems[0]


@contextmanager
def _beside(end: int, work: Callable[[IO[bytes]], None], mode: str) -> Iterator[list[Exception]]:
    """Work at one end of a pipe in a thread meanwhile; what went wrong there is in the list."""
    problems: list[Exception] = []

    def run() -> None:
        try:
            with os.fdopen(end, mode) as file:
                work(file)
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the thread
            problems.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield problems
    finally:
        thread.join()
