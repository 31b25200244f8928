"""OpenDocument spreadsheets (ODF 1.3), written row by row into the archive."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from surveys.codebook import NOT_ASKED
from surveys.exports.codebook_rows import as_lines, headings
from surveys.exports.data import CannotWrite, Data
from surveys.exports.dataset import UNASKED
from surveys.question_types import Cell, Variable

MOST_ROWS = 1_048_575
MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns"
MANIFEST = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="{NAMESPACE}:'
    f'manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" '
    f'manifest:version="1.3" manifest:media-type="{MIMETYPE}"/><manifest:file-entry '
    'manifest:full-path="content.xml" manifest:media-type="text/xml"/><manifest:file-entry '
    'manifest:full-path="settings.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content'
    f' xmlns:office="{NAMESPACE}:office:1.0" xmlns:table="{NAMESPACE}:table:1.0"'
    f' xmlns:text="{NAMESPACE}:text:1.0" xmlns:style="{NAMESPACE}:style:1.0"'
    f' xmlns:fo="{NAMESPACE}:xsl-fo-compatible:1.0" xmlns:number="{NAMESPACE}:datastyle:1.0"'
    ' office:version="1.3"><office:automatic-styles>'
    '<number:date-style style:name="moment-format"><number:year number:style="long"/><number:text>'
    '-</number:text><number:month number:style="long"/><number:text>-</number:text><number:day'
    ' number:style="long"/><number:text> </number:text><number:hours number:style="long"/>'
    '<number:text>:</number:text><number:minutes number:style="long"/><number:text>:'
    '</number:text><number:seconds number:style="long"/></number:date-style>'
    '<style:style style:name="moment" style:family="table-cell"'
    ' style:data-style-name="moment-format"/><style:style style:name="head"'
    ' style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>'
    "</office:automatic-styles><office:body><office:spreadsheet>"
)
END = "</office:spreadsheet></office:body></office:document-content>"
# XML has no place for these, not even written as references.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_ods(data: Data, file: IO[bytes]) -> None:
    """The data with its header frozen, and the codebook on a second sheet.

    Cells have the types that those of `write_xlsx` have.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        # The first member says what the file is, and is not packed.
        archive.writestr(_member("mimetype"), MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr(_member("META-INF/manifest.xml"), MANIFEST, zipfile.ZIP_DEFLATED)
        sheets = (_("Data"), _("Codebook"))
        archive.writestr(_member("settings.xml"), _settings(sheets), zipfile.ZIP_DEFLATED)
        with archive.open(_member("content.xml"), "w", force_zip64=True) as content:
            for piece in _content(data, sheets):
                content.write(piece.encode())


def _member(name: str) -> zipfile.ZipInfo:
    """Of no moment, so that the same data give the same bytes."""
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _content(data: Data, sheets: tuple[str, str]) -> Iterator[str]:
    yield CONTENT
    yield from _table(sheets[0], (column.name for column in data.columns), _rows(data))
    codebook = (map(_text, as_lines(column)) for column in data.columns)
    yield from _table(sheets[1], headings(), codebook)
    yield END


def _rows(data: Data) -> Iterator[Iterable[str]]:
    for number, row in enumerate(data.rows(), 1):
        if number > MOST_ROWS:
            raise CannotWrite(_("A spreadsheet has no room for so many rows. Take CSV."))
        yield (_cell(data, column, cell) for column, cell in zip(data.columns, row, strict=True))


def _table(name: str, header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield f"<table:table table:name={quoteattr(name)}><table:table-header-rows><table:table-row>"
    yield "".join(_text(text, style="head") for text in header)
    yield "</table:table-row></table:table-header-rows>"
    for row in rows:
        yield f"<table:table-row>{''.join(row)}</table:table-row>"
    yield "</table:table>"


def _cell(data: Data, column: Variable, cell: str | None) -> str:
    shown = data.shown(column, cell)
    if shown is None:
        return "<table:table-cell/>"
    if cell == UNASKED and not data.labels and column.cell != Cell.CODE:
        return _value("float", NOT_ASKED)
    if cell != UNASKED and column.cell == Cell.NUMBER:
        return _value("float", shown)
    if cell != UNASKED and column.cell == Cell.TIME:
        return _value("date", shown.removesuffix("Z"), ' table:style-name="moment"')
    return _text(shown)


def _value(kind: str, value: str, style: str = "") -> str:
    name = "date-value" if kind == "date" else "value"
    return (
        f'<table:table-cell{style} office:value-type="{kind}" office:{name}="{value}">'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def _text(text: str, style: str = "") -> str:
    style = f' table:style-name="{style}"' if style else ""
    paragraphs = "".join(f"<text:p>{_inline(line)}</text:p>" for line in _lines(text))
    return f'<table:table-cell{style} office:value-type="string">{paragraphs}</table:table-cell>'


def _lines(text: str) -> list[str]:
    return NOT_XML.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _inline(line: str) -> str:
    """A paragraph's text; readers would fold its spaces into one."""
    spaced = re.sub(
        r"^ +| {2,}| +$", lambda found: f'<text:s text:c="{len(found[0])}"/>', escape(line)
    )
    return spaced.replace("\t", "<text:tab/>")


def _settings(sheets: tuple[str, str]) -> str:
    """With the first row of each sheet standing still."""

    def item(name: str, kind: str, value: str) -> str:
        return (
            f'<config:config-item config:name="{name}" config:type="{kind}">{value}'
            "</config:config-item>"
        )

    frozen = "".join(
        item(name, kind, value)
        for name, kind, value in (
            *(("VerticalSplitMode", "short", "2"), ("VerticalSplitPosition", "int", "1")),
            *(("ActiveSplitRange", "short", "2"), ("PositionBottom", "int", "1")),
        )
    )
    tables = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(name)}>{frozen}"
        "</config:config-item-map-entry>"
        for name in sheets
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-settings xmlns:office='
        f'"{NAMESPACE}:office:1.0" xmlns:config="{NAMESPACE}:config:1.0" office:version="1.3">'
        '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f"{item('ViewId', 'string', 'view1')}"
        f'<config:config-item-map-named config:name="Tables">{tables}'
        "</config:config-item-map-named></config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set></office:settings>"
        "</office:document-settings>"
    )
