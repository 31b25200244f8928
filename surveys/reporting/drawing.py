"""The pictures of a report as SVG: one drawing for the page, the PDF and the Word document.

Presentation attributes alone, for style sheets are refused on the site and unknown to others.
"""

from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string

from surveys.charts import COLUMNS_HEIGHT, columns, diverging, tones
from surveys.reporting.content import Columns, DivergingChart, Picture, TileMap
from surveys.translated import UNSTORABLE

WIDTH = 640
FONTS = "'Open Sans', 'Libertinus Serif', sans-serif"
INK = "#14213d"
LOW = {"low-1": "#a8470a", "low-2": "#f2b27c", "low-3": "#f8d9be"}
HIGH = {"high-1": "#003399", "high-2": "#8fa8e8", "high-3": "#c7d4f4"}
TONES = LOW | HIGH | {"neutral": "#dadfec"}
ON_DARK = {"low-1", "high-1"}
SHADES = ("#ffffff", "#e3e9fa", "#b7c5f0", "#7f99e0", "#3a5fc4", "#003399")
LIGHT_TEXT_FROM = 4
NUMBER_FITS = 8
ROW = 46
LEGEND = 20


def svg(picture: Picture) -> str:
    """The drawing, as a document of its own."""
    ctx = {"width": WIDTH, "fonts": FONTS, "ink": INK, "picture": picture}
    if isinstance(picture, DivergingChart):
        ctx |= _diverging(picture)
    elif isinstance(picture, TileMap):
        ctx |= _tile_map(picture)
    elif isinstance(picture, Columns):
        ctx |= _columns(picture)
    drawn = render_to_string(f"surveys/reporting/drawings/{picture.kind}.svg", ctx)
    # What a name from before it was refused holds no drawing can.
    return UNSTORABLE.sub("", drawn)


@lru_cache(maxsize=1)
def emblem() -> str:
    """The European Union's emblem."""
    return (settings.BASE_DIR / "static" / "img" / "eu.svg").read_text("utf-8")


def legend(steps: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The colour and the words of each step of a scale."""
    return tuple((TONES[tone], step) for tone, step in zip(tones(len(steps)), steps, strict=True))


def _diverging(chart: DivergingChart) -> dict[str, object]:
    drawn = diverging([shares for _label, shares in chart.rows])
    places = _in_lines(legend(chart.steps))
    top = LEGEND * (1 + max((line for _x, line, _colour, _step in places), default=0)) + 6
    rows = [
        {
            "label": label,
            "y": top + ROW * number,
            "pieces": [
                {
                    "piece": piece,
                    "fill": TONES[piece.tone],
                    "ink": "#ffffff" if piece.tone in ON_DARK else INK,
                }
                for piece in pieces
            ],
        }
        for number, ((label, _shares), pieces) in enumerate(
            zip(chart.rows, drawn.rows, strict=True)
        )
    ]
    keys = [
        {"x": x, "y": LEGEND * line, "fill": colour, "text": step}
        for x, line, colour, step in places
    ]
    height = top + ROW * len(rows)
    return {"rows": rows, "keys": keys, "height": height, "top": top, "zero": drawn.zero}


def _in_lines(entries: tuple[tuple[str, str], ...]) -> list[tuple[int, int, str, str]]:
    """Where each entry of a legend stands: x and line, for letters are as wide as they are."""
    places = []
    x = line = 0
    for colour, words in entries:
        width = 24 + round(7.4 * len(words))
        if x and x + width > WIDTH:
            x, line = 0, line + 1
        places.append((x, line, colour, words))
        x += width
    return places


def _tile_map(chart: TileMap) -> dict[str, object]:
    tiles = [
        {
            "ground": ground,
            "lines": [{"text": each["text"], "y": f"{float(each['y']) - 8:.1f}"} for each in lines],
            "number": tile.number,
            "number_y": f"{float(lines[-1]['y']) + 10:.1f}",
            "number_size": 15 if len(tile.number) < NUMBER_FITS else 9,
            "fill": SHADES[tile.shade],
            "ink": "#ffffff" if tile.shade >= LIGHT_TEXT_FROM else INK,
        }
        for ground, tile in zip(chart.ground["tiles"], chart.tiles, strict=True)
        if (lines := ground["lines"])
    ]
    keys = [(SHADES[shade], words) for shade, words in chart.legend]
    return {
        "tiles": tiles,
        "keys": [
            {"y": number * 17, "fill": fill, "text": words}
            for number, (fill, words) in enumerate(keys)
        ],
        "key_height": 17 * len(keys),
    }


def _columns(chart: Columns) -> dict[str, object]:
    drawn = columns([height for _under, _over, height in chart.columns])
    # All names fit beside each other up to a dozen; then every second, and so on.
    every = 1 + len(drawn) // 13
    made = [
        {"column": column, "under": under if number % every == 0 else "", "over": over}
        for number, (column, (under, over, _height)) in enumerate(
            zip(drawn, chart.columns, strict=True)
        )
    ]
    return {"columns": made, "height": COLUMNS_HEIGHT + 24, "base": COLUMNS_HEIGHT}
