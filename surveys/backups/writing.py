"""The backup of one consultation, written as it is read: however long, in as little memory."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.db import connection, transaction
from django.db.models import Model

from surveys.backups import Refused
from surveys.backups.scope import columns, models
from surveys.backups.sealing import sealed
from surveys.backups.tables import Count, blocks, migrations, same_bytes_everywhere

FORMAT = 1
PART = 1 << 20
HEAD, MANIFEST = "consultation.json", "manifest.json"


def back_up(slug: str, output: IO[bytes], recipient: str) -> dict[str, Any]:
    """Write all that belongs to the consultation, as at one moment. The manifest of it."""
    with transaction.atomic(), sealed(output, recipient) as file:
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
    _add_json(archive, HEAD, _head(slug, key))
    parts: dict[str, str] = {}
    tables = {m._meta.label: _add_table(archive, m, key, parts) for m in models()}
    manifest = {"tables": tables, "parts": parts}
    _add_json(archive, MANIFEST, manifest)
    return manifest


def consultation_of(slug: str) -> int | None:
    """Its key, read where the rest is read: not from a replica."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM surveys_consultation WHERE slug = %s", [slug])
        found = cursor.fetchone()
    return found[0] if found else None


def _head(slug: str, key: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "slug": slug,
        "consultation": key,
        "migrations": migrations(),
        "columns": {m._meta.label: columns(m) for m in models()},
    }


def _add_table(
    archive: tarfile.TarFile, model: type[Model], key: int, parts: dict[str, str]
) -> dict[str, Any]:
    counted = Count()
    for number, part in enumerate(_parts(blocks(model, key))):
        counted.add(part)
        name = f"{model._meta.label}/{number:06}"
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
