"""What accompanies data files: how many rows, which bytes, of when, for whom and for what."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from consultation import VERSION

SOFTWARE = f"consultation {VERSION}"
MANIFEST = "about-these-files.json"
CHECKSUMS = "SHA256SUMS"


@dataclass(frozen=True)
class FileFacts:
    """`rows` and `columns` only of files that hold rows."""

    name: str
    format: str
    bytes: int
    sha256: str
    rows: int | None = None
    columns: int | None = None


def manifest(files: Iterable[FileFacts], **about: Any) -> bytes:
    """As JSON: the files, and what `about` says of them. Moments are in UTC."""
    told = {
        key: _moment(value) if isinstance(value, datetime) else value
        for key, value in about.items()
    }
    document = {"software": SOFTWARE, **told, "files": [asdict(facts) for facts in files]}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def checksums(files: Iterable[FileFacts]) -> bytes:
    """As `sha256sum --check` reads it."""
    return "".join(f"{facts.sha256}  {facts.name}\n" for facts in files).encode()
