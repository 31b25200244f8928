"""What stands in print for characters that no font at hand has. Pure.

`[slightly smiling face]` for a sign that has a name, `[U+4F60, U+597D]` for letters, and nothing
for what only tells how its neighbours are drawn.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

SURROGATES = "\ud800-\udfff"
"""Halves of characters: no document can hold one."""
JOINERS = "\u200d\ufe00-\ufe0f"


def one_of(characters: Iterable[str]) -> str:
    """As a regular expression writes a choice of characters inside its brackets."""
    return "".join(map(re.escape, sorted(characters)))


def with_stand_ins(data: Any, choice: str) -> Any:
    """The same lists, dictionaries and words, without the characters of a choice."""
    return _replaced(data, re.compile(f"[{choice}][{choice}{JOINERS}]*"))


def is_drawn_with_others(character: str) -> bool:
    """Marks above and below letters, and what joins, parts or turns its neighbours."""
    return unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}


def _replaced(data: Any, run: re.Pattern[str]) -> Any:
    if isinstance(data, str):
        return run.sub(_stand_in, data)
    if isinstance(data, dict):
        return {key: _replaced(value, run) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(_replaced(value, run) for value in data)
    return data


def _stand_in(run: re.Match[str]) -> str:
    told = [_told(character) for character in run[0] if not _is_unseen(character)]
    return f"[{', '.join(told)}]" if told else ""


def _is_unseen(character: str) -> bool:
    is_format = unicodedata.category(character) == "Cf"
    return is_format or unicodedata.name(character, "").startswith("VARIATION SELECTOR")


def _told(character: str) -> str:
    is_sign = unicodedata.category(character).startswith("S")
    name = unicodedata.name(character, "") if is_sign else ""
    return name.lower() or f"U+{ord(character):04X}"
