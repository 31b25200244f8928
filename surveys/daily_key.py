"""A key that lives for one day, in memory alone: what it hashed can be told by nobody afterwards.

It is made by chance and kept in a file of the machine's memory, which all processes of the site on
this machine read. It is in no database, so in no backup; with the first request of the next day it
is gone. Several machines have a key each and count by themselves.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

LENGTH = 32


@lru_cache(maxsize=1)
def daily_key(day: date) -> bytes:
    """The key of that day in UTC; older ones are deleted, here and in the folder."""
    folder = Path(settings.DAILY_KEYS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / day.isoformat()
    if not file.exists():
        _put(file)
        forget_keys(day)
    return file.read_bytes()


def _put(file: Path) -> None:
    """Whole, or not at all; where another process was quicker its key stays."""
    handle, name = tempfile.mkstemp(prefix="new-", dir=file.parent)
    with os.fdopen(handle, "wb") as new:
        new.write(secrets.token_bytes(LENGTH))
    with suppress(FileExistsError):
        os.link(name, file)
    Path(name).unlink()


def forget_keys(before: date) -> None:
    """Delete the keys of all days before this one."""
    for file in Path(settings.DAILY_KEYS).glob("????-??-??"):
        if file.name < before.isoformat():
            file.unlink(missing_ok=True)
