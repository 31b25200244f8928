"""A backup read to its end, and held against what it says of itself."""

import gzip
import hashlib
import json
import tarfile
from collections.abc import Iterator
from typing import IO, Any, NamedTuple, Protocol

from surveys.backups import Refused
from surveys.backups.sealing import DAMAGED, unsealed
from surveys.backups.tables import Count
from surveys.backups.writing import FORMAT, HEAD, MANIFEST

NOT_OURS = "The file is no backup of a consultation that this release can read."


class Backup(NamedTuple):
    """What a backup says of itself, first and last."""

    head: dict[str, Any]
    manifest: dict[str, Any]


class Taker(Protocol):
    """Who gets what is read, before it is known whether all of it is right."""

    def begin(self, head: dict[str, Any]) -> None: ...
    def take(self, label: str, part: bytes) -> None: ...


class Nobody:
    """Takes nothing: the backup is only looked at."""

    def begin(self, head: dict[str, Any]) -> None:
        pass

    def take(self, label: str, part: bytes) -> None:
        pass


def read(file: IO[bytes], identity: str, taker: Taker) -> Backup:
    """Give all parts to the taker; the backup, once every part and table was found to match."""
    with (
        unsealed(file, identity) as plain,
        gzip.GzipFile(fileobj=plain, mode="rb") as packed,
        tarfile.open(fileobj=packed, mode="r|") as archive,
    ):
        backup = _read(archive, taker)
        while packed.read(1 << 16):
            pass
    return backup


def _read(archive: tarfile.TarFile, taker: Taker) -> Backup:
    members = _members(archive)
    name, content = next(members, ("", b""))
    head = _told(content) if name == HEAD else {}
    if head.get("format") != FORMAT:
        raise Refused(NOT_OURS)
    taker.begin(head)
    counts = {label: Count() for label in head["columns"]}
    parts: dict[str, str] = {}
    for name, content in members:
        if name == MANIFEST:
            return Backup(head, _checked(_told(content), counts, parts))
        label = name.partition("/")[0]
        if label not in counts:
            raise Refused(NOT_OURS)
        parts[name] = hashlib.sha256(content).hexdigest()
        counts[label].add(content)
        taker.take(label, content)
    raise Refused(DAMAGED)


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        file = archive.extractfile(member)
        yield member.name, file.read() if file else b""


def _told(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except ValueError as error:
        raise Refused(NOT_OURS) from error
    return said if isinstance(said, dict) else {}


def _checked(
    manifest: dict[str, Any], counts: dict[str, Count], parts: dict[str, str]
) -> dict[str, Any]:
    found = {label: counted.told() for label, counted in counts.items()}
    if manifest != {"tables": found, "parts": parts}:
        raise Refused("What is in the backup is not what its manifest says.")
    return manifest
