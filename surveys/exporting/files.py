"""Which files an export has, in the order they are written in, and what writes each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from surveys.exporting.filters import FILTERS
from surveys.exports.about import CHECKSUMS, MANIFEST, FileFacts, checksums, manifest
from surveys.exports.codebook_files import codebook_html, codebook_pdf
from surveys.exports.csvw import csvw, csvw_name
from surveys.exports.data import Data
from surveys.exports.ddi import ddi
from surveys.exports.formats import FORMATS
from surveys.models import Export


@dataclass(frozen=True)
class Making:
    """An export while it is written, with what was written before."""

    export: Export
    data: Data
    files: list[dict[str, Any]]

    def facts(self) -> list[FileFacts]:
        return [FileFacts(**facts) for facts in self.files]


@dataclass(frozen=True)
class File:
    name: str
    kind: str
    content_type: str
    write: Callable[[Making, IO[bytes]], None]
    holds_rows: bool = False


def files_of(export: Export) -> list[File]:
    """Data, codebook, and last what accompanies them."""
    slug = export.questionnaire.slug
    chosen = [form for form in FORMATS.values() if form.name in export.formats]
    data = [
        File(
            f"{slug}.{form.name}",
            form.name,
            form.content_type,
            lambda making, file, write=form.write: write(making.data, file),  # type: ignore[misc]
            form.holds_rows,
        )
        for form in chosen
    ]
    return [*data, *_codebook(slug, with_csv="csv" in export.formats), *ACCOMPANYING]


def _codebook(slug: str, *, with_csv: bool) -> list[File]:
    name = f"{slug}-codebook"
    files = [
        File(f"{name}.html", "codebook", "text/html; charset=utf-8", _by(codebook_html)),
        File(f"{name}.pdf", "codebook", "application/pdf", _by(codebook_pdf)),
        File(
            f"{name}.xml",
            "codebook",
            "application/xml",
            lambda making, file: _all(file, ddi(making.data, _data_files(making))),
        ),
    ]
    if with_csv:
        csv = f"{slug}.csv"
        files.append(
            File(
                csvw_name(csv),
                "codebook",
                "application/csvm+json",
                lambda making, file: _all(file, csvw(making.data, csv)),
            )
        )
    return files


def _data_files(making: Making) -> list[FileFacts]:
    return [facts for facts in making.facts() if facts.rows is not None]


def _by(document: Callable[[Data], bytes]) -> Callable[[Making, IO[bytes]], None]:
    return lambda making, file: _all(file, document(making.data))


def _all(file: IO[bytes], content: bytes) -> None:
    file.write(content)


def _write_manifest(making: Making, file: IO[bytes]) -> None:
    export = making.export
    questionnaire = export.questionnaire
    content = manifest(
        making.facts(),
        questionnaire=f"{questionnaire.consultation.slug}/{questionnaire.slug}",
        title=str(questionnaire.title),
        asked_by=export.asked_by_name,
        asked_at=export.asked_at,
        purpose=export.purpose,
        # A response that was changed in between is as it was at some moment from the one to the
        # other; one that was withdrawn before it was read is not there.
        data_from=export.began_at,
        data_until=export.read_until,
        filters={name: export.filters.get(name) for name in FILTERS},
        rights=export.rights,
        cells="labels" if export.labels else "codes",
        language=export.language,
    )
    _all(file, content)


ACCOMPANYING = (
    File(MANIFEST, "about", "application/json", _write_manifest),
    File(
        CHECKSUMS,
        "about",
        "text/plain; charset=utf-8",
        lambda making, file: _all(file, checksums(making.facts())),
    ),
)
