"""The bytes of an export in the database, written and read in constant memory."""

import gzip
import hashlib
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from surveys.exports.about import FileFacts
from surveys.exports.dataset import Row
from surveys.models import Export, ExportPart

ROWS = ""
"""The name that the parts with packed rows have."""

BLOCK = 1 << 20


@dataclass(frozen=True)
class Packed:
    """Some rows: the key of the last one, how many they are, and their bytes."""

    last: UUID | None
    number: int
    content: bytes


def pack_rows(rows: Iterable[tuple[UUID, Row]]) -> Packed:
    """Read the rows. Nothing is stored, and nothing is asked of an export."""
    last, number = None, 0
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
        for key, row in rows:
            file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
            last, number = key, number + 1
    return Packed(last, number, packed.getvalue())


def store_rows(export: Export, packed: Packed) -> None:
    """Add one part of packed rows, if there are any in it."""
    if packed.number:
        _add(export, ROWS, export.parts.filter(file=ROWS).count(), packed.content)


def stored_rows(export: Export) -> Iterator[Row]:
    for content in _contents(export, ROWS):
        with gzip.open(io.BytesIO(content), "rt", encoding="utf-8", newline="\n") as lines:
            yield from map(json.loads, lines)


def store_file(
    export: Export, name: str, kind: str, written: IO[bytes], size: tuple[int, int] | None = None
) -> FileFacts:
    """Keep a file that was written, and say what it is. `size` is its rows and columns."""
    export.parts.filter(file=name).delete()
    digest = hashlib.sha256()
    length = 0
    written.seek(0)
    for number, block in enumerate(iter(lambda: written.read(BLOCK), b"")):
        _add(export, name, number, block)
        digest.update(block)
        length += len(block)
    rows, columns = size or (None, None)
    return FileFacts(name, kind, length, digest.hexdigest(), rows, columns)


def stored_file(export: Export, name: str) -> Iterator[bytes]:
    return _contents(export, name)


def temporary_file() -> IO[bytes]:
    """Without a name, so that it is gone with the process."""
    return tempfile.TemporaryFile()


def _add(export: Export, name: str, number: int, content: bytes) -> None:
    ExportPart.objects.create(export=export, file=name, number=number, content=content)


def _contents(export: Export, name: str) -> Iterator[bytes]:
    """One part at a time."""
    parts = ExportPart.objects.filter(export=export, file=name)
    for number in range(parts.count()):
        content = parts.filter(number=number).values_list("content", flat=True).first()
        yield bytes(content or b"")
