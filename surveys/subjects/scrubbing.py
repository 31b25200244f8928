"""Taking out of texts what tells who somebody is, and nothing of anybody else.

An address within a longer one is somebody else's, and a name within a longer word is none.
"""

import re
from typing import Any
from unicodedata import category

ERASED = "[erased]"
IN_LOCAL_PART = ".!#$%&'*+/=?^_`{|}~-"
"""What an address can have before its @, besides letters and digits (RFC 5322)."""
IN_DOMAIN = ".-_"


def without(said: Any, needle: str) -> Any:
    """The same texts, dicts or lists without the address or the words, whatever their case."""
    if isinstance(said, dict):
        return {without(key, needle): without(value, needle) for key, value in said.items()}
    if isinstance(said, list):
        return [without(each, needle) for each in said]
    if not isinstance(said, str):
        return said
    return re.sub(re.escape(needle), _erased_where_whole, said, flags=re.IGNORECASE)


def tells_of(said: Any, needle: str) -> bool:
    """Whether the address or the words stand somewhere in it as a whole."""
    return bool(without(said, needle) != said)


def _erased_where_whole(found: "re.Match[str]") -> str:
    before, after = found.string[: found.start()], found.string[found.end() :]
    if "@" in found[0]:
        # A full stop or a quotation mark beside it is not part of it, unless more follows.
        before, after = before.rstrip(IN_LOCAL_PART), after.lstrip(IN_DOMAIN)
    is_within = _is_of_a_word(before[-1:]) or _is_of_a_word(after[:1])
    return found[0] if is_within else ERASED


def _is_of_a_word(character: str) -> bool:
    """A letter, a digit, an accent that is written apart, or what joins them in names of things."""
    return character != "" and (category(character)[0] in "LNM" or character == "_")
