"""The map of hexagons: one equal tile per place, so that every place has the same weight."""

import re
from typing import Any

from surveys.models import Country, Place, Programme

WIDTH, HEIGHT = 339, 252
COLUMN, ROW = 83.15, 72.0
FIRST_X = {0: 86.1, 1: 44.6}
"""Odd rows start half a tile further left, as honeycombs do."""
FIRST_Y = 52.0
HALF_WIDTH, SIDE = 38.1, 44.0
FONT_SIZE = 12.5
LINE_HEIGHT = 15.0
NUMBER_SIZE = 20.0


def tile_map(
    programme: Programme, countries: list[Country], *, has_numbers: bool = False
) -> dict[str, Any]:
    """Everything the template draws, in the units of its view box, as short strings.

    With numbers the names leave room for one in each tile.
    """
    names = {country.code: country.name for country in countries}
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "tiles": [
            _tile(country, place, has_numbers)
            for country in countries
            for place in country.places.all()
        ],
        "lines": programme.map_lines,
        "labels": [
            label | {"text": str(names.get(label["country"], "")).upper()}
            for label in programme.map_labels
        ],
    }


def _tile(country: Country, place: Place, has_numbers: bool) -> dict[str, Any]:
    x = FIRST_X[place.tile_row % 2] + COLUMN * place.tile_column
    y = FIRST_Y + ROW * place.tile_row
    corners = [
        (0, -SIDE),
        (1, -SIDE / 2),
        (1, SIDE / 2),
        (0, SIDE),
        (-1, SIDE / 2),
        (-1, -SIDE / 2),
    ]
    lines = _lines(str(place.short_name))
    raised = NUMBER_SIZE / 2 + 1 if has_numbers else 0
    first = y + 4 - raised - LINE_HEIGHT / 2 * (len(lines) - 1)
    return {
        "code": place.code,
        "name": str(place.name),
        "country_code": country.code,
        "x": f"{x:.1f}",
        "points": " ".join(f"{x + HALF_WIDTH * dx:.1f},{y + dy:.1f}" for dx, dy in corners),
        "lines": [
            {"text": text, "y": f"{first + LINE_HEIGHT * i:.1f}"} for i, text in enumerate(lines)
        ],
        "font_size": f"{_font_size(lines):.1f}",
        "number_y": f"{first + LINE_HEIGHT * (len(lines) - 1) + NUMBER_SIZE + 3:.1f}",
    }


def _lines(name: str) -> list[str]:
    """At most two lines, broken after a hyphen or at the last space."""
    parts = re.split(r"(?<=-)| (?=[^ ]*$)", name, maxsplit=1)
    return [part for part in parts if part]


def _font_size(lines: list[str]) -> float:
    """As large as the longest line fits a tile; Cyrillic letters are wider."""
    factor = 0.66 if re.search("[а-яА-ЯЂ-џ]", lines[0]) else 0.58
    return min(FONT_SIZE, 68 / (factor * max(map(len, lines))))
