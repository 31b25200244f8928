"""A report as one HTML page that needs nothing else: to be read anywhere, kept and printed."""

import base64
import hashlib
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from surveys.reporting.content import BarChart, Block, Picture, Report
from surveys.reporting.drawing import emblem, svg

STYLES = settings.BASE_DIR / "static" / "css" / "report.css"
THINNEST = 0.5
"""Percent of the width."""


def html(report: Report) -> str:
    """In the active language, which is to be the report's own."""
    ctx = {
        "report": report,
        "tag": settings.LANGUAGE_TAGS[report.language],
        "styles": mark_safe(styles()),  # noqa: S308 - a file of ours
        "emblem": mark_safe(emblem()),  # noqa: S308 - a file of ours
        "parts": [
            {"part": part, "blocks": [_shown(block) for block in part.blocks]}
            for part in report.parts
        ],
    }
    return render_to_string("surveys/reporting/report.html", ctx)


def styles() -> str:
    return STYLES.read_text("utf-8")


def styles_hash() -> str:
    """By which a browser lets the page's own styles in, where others are refused."""
    digest = hashlib.sha256(styles().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _shown(block: Block) -> dict[str, Any]:
    """A block and what its template needs besides."""
    shown: dict[str, Any] = {
        "block": block,
        "template": f"surveys/reporting/blocks/{block.kind}.html",
        "tag": settings.LANGUAGE_TAGS.get(getattr(block, "language", ""), ""),
    }
    if isinstance(block, BarChart):
        shown["rows"] = [
            {"bar": bar, "lines": _lines(bar.shares, block.full)} for bar in block.bars
        ]
    if isinstance(block, Picture):
        shown["template"] = "surveys/reporting/blocks/picture.html"
        shown["svg"] = mark_safe(svg(block))  # noqa: S308 - of a template that escapes
    return shown


def _lines(shares: tuple[float | None, ...], full: float) -> list[dict[str, Any]]:
    """The bars of a row, under each other."""
    found, top = [], 0
    for number, share in enumerate(shares, 1):
        height = 12 if number == 1 else 6
        if share:
            width = f"{max(100 * share / full, THINNEST):.2f}%"
            found.append({"series": number, "y": top, "height": height, "width": width})
        top += height + 2
    return found
