"""Where commands write files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError


@contextmanager
def whole_file(output: Path) -> Iterator[IO[bytes]]:
    """A file to write into, which takes its name once it is whole; of a broken one nothing is left.

    A pipe or a device is written to and stays what it is, and a link leads to the same file as
    before. Raises CommandError where it cannot be written.
    """
    if output.exists() and not output.is_file():
        part = target = output
    else:
        target = output.resolve()
        part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        if part is not target:
            part.replace(target)
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
    finally:
        if part is not target:
            part.unlink(missing_ok=True)
