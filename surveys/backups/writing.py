"""The backup of one consultation, written as it is read: however long, in as little memory."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from django.db import connection, transaction
from django.utils import timezone

from surveys.backups import Refused
from surveys.backups.keys import fingerprints
from surveys.backups.rows import columns
from surveys.backups.scope import models
from surveys.backups.sealing import sealed
from surveys.backups.tables import (
    Count,
    blocks,
    consultation_of,
    highest_keys,
    migrations,
    same_bytes_everywhere,
)
from surveys.models import Consultation

FORMAT = 1
PART = 1 << 20
HEAD, MANIFEST = "consultation.json", "manifest.json"


def back_up(slug: str, output: IO[bytes], recipients: Sequence[str]) -> dict[str, Any]:
    """Write all that belongs to the consultation, as at one moment. The manifest of it."""
    with transaction.atomic(), sealed(output, recipients) as file:
        _one_moment()
        with (
            gzip.GzipFile(fileobj=file, mode="wb", compresslevel=3, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|") as archive,
        ):
            return _write(archive, slug)


def _one_moment() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    same_bytes_everywhere()


def _write(archive: tarfile.TarFile, slug: str) -> dict[str, Any]:
    key = consultation_of(slug)
    if key is None:
        raise Refused(f"There is no consultation “{slug}”.")
    head = _head(slug, key)
    _add_json(archive, HEAD, head)
    parts: dict[str, str] = {}
    tables = {
        model._meta.label: _add_table(
            archive, model._meta.label, blocks(model, key, head["highest"]), parts
        )
        for model in models()
    }
    manifest = {"tables": tables, "parts": parts}
    _add_json(archive, MANIFEST, manifest)
    return manifest


def _head(slug: str, key: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "slug": slug,
        "consultation": key,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "keys": fingerprints(Consultation(slug=slug)),
        "highest": highest_keys(),
        "migrations": migrations(),
        "columns": {model._meta.label: columns(model) for model in models()},
    }


def _add_table(
    archive: tarfile.TarFile, label: str, found: Iterable[bytes], parts: dict[str, str]
) -> Mapping[str, Any]:
    counted = Count()
    for number, part in enumerate(_parts(found)):
        counted.add(part)
        name = f"{label}/{number:06}"
        parts[name] = hashlib.sha256(part).hexdigest()
        _add(archive, name, part)
    return counted.told()


def _parts(found: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of about a megabyte."""
    piece = bytearray()
    for block in found:
        piece += block
        if len(piece) >= PART:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def _add_json(archive: tarfile.TarFile, name: str, content: dict[str, Any]) -> None:
    _add(archive, name, json.dumps(content, ensure_ascii=False, indent=1).encode())


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
