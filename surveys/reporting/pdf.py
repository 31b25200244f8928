"""A report as tagged PDF (PDF/UA-1)."""

from dataclasses import asdict
from typing import Any

from surveys.printing import typeset, typst_language
from surveys.reporting.content import Block, Captioned, Picture, Quotation, Report, Text
from surveys.reporting.drawing import emblem, svg


def pdf(report: Report) -> bytes:
    """In the active language, which is to be the report's own."""
    data = asdict(report)
    data["parts"] = [
        {
            "heading": f"{part.number}. {part.title}",
            "begins_page": part.begins_page,
            "blocks": [_block(block) for block in part.blocks],
        }
        for part in report.parts
    ]
    shared = {"programme": report.programme, "title": report.title, "code": "", "emblem": emblem()}
    return typeset("report.typ", shared | {"report": data})


def _block(block: Block) -> dict[str, Any]:
    data = asdict(block) | {"kind": block.kind}
    if isinstance(block, Text):
        data["paragraphs"] = block.paragraphs
    if isinstance(block, Text | Quotation):
        data["tag"] = typst_language(block.language)
    if isinstance(block, Captioned):
        data["full_caption"] = block.full_caption
    if hasattr(block, "full"):
        data["full"] = block.full
    if isinstance(block, Picture):
        data |= {"svg": svg(block), "table": _block(block.table), "ground": {}}
    return data
