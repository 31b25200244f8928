"""Encryption in the age format, as a stream: who has the recipient's name cannot read the file."""

import os
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

import pyrage

from surveys.backups import Refused

NO_BACKUP = "The file is no backup: it is empty, cut off in its first lines, or something else."
OTHER_KEY = (
    "The backup cannot be opened: it was made for another key, or its first lines are damaged."
)
DAMAGED = "The backup is cut off or damaged. Nothing of it counts."
BROKEN = (tarfile.TarError, EOFError, zlib.error, OSError)
"""What reading something that is no archive of ours may end with."""


def new_identity() -> tuple[str, str]:
    """A secret key, and the public key that belongs to it."""
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


@contextmanager
def sealed(output: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """A file to write into; what is written ends up in the output, encrypted for each of them."""
    try:
        keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    except pyrage.RecipientError as error:
        raise Refused("The recipient is no public key of age (age1…).") from error
    source, sink = os.pipe()
    problems: list[Exception] = []
    try:
        with (
            _beside(source, lambda file: pyrage.encrypt_io(file, output, keys), "rb", problems),
            os.fdopen(sink, "wb") as file,
        ):
            yield file
    except OSError as error:
        # The pipe broke because its other end has stopped.
        problems.append(error)
    if problems:
        raise Refused(f"The backup cannot be written: {problems[0]}.") from problems[0]


@contextmanager
def unsealed(file: IO[bytes], identity: str) -> Iterator[IO[bytes]]:
    """A file to read from, to its end: before that nothing of it may count, and this refuses."""
    try:
        key = pyrage.x25519.Identity.from_str(identity)
    except pyrage.IdentityError as error:
        raise Refused("The key file holds no secret key of age (AGE-SECRET-KEY-…).") from error
    source, sink = os.pipe()
    problems: list[Exception] = []
    with (
        _beside(sink, lambda out: pyrage.decrypt_io(file, out, [key]), "wb", problems),
        os.fdopen(source, "rb") as plain,
    ):
        try:
            yield plain
        except (*BROKEN, Refused) as error:
            if problems:
                raise _told(problems[0]) from error
            raise error if isinstance(error, Refused) else Refused(DAMAGED) from error
    if problems:
        raise _told(problems[0]) from problems[0]


def _told(problem: Exception) -> Refused:
    if not isinstance(problem, pyrage.DecryptError):
        return Refused(DAMAGED)
    return Refused(OTHER_KEY if "matching" in str(problem) else NO_BACKUP)


@contextmanager
def _beside(
    end: int, work: Callable[[IO[bytes]], None], mode: str, problems: list[Exception]
) -> Iterator[None]:
    """Work at one end of a pipe in a thread meanwhile; what goes wrong there is in the list.

    It is there before the other end sees the pipe end.
    """
    thread = threading.Thread(target=_work_at, args=(end, work, mode, problems))
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _work_at(
    end: int, work: Callable[[IO[bytes]], None], mode: str, problems: list[Exception]
) -> None:
    try:
        with os.fdopen(end, mode) as file:
            try:
                work(file)
            except Exception as error:  # noqa: BLE001 - told to whoever waits for the thread
                problems.append(error)
    except OSError as error:
        problems.append(error)
