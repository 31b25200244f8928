"""Search that forgives: without case, diacritics and script, in Python and in SQL alike."""

from functools import reduce
from typing import Any

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Cast, Lower

DIGRAPHS = {"љ": "lj", "њ": "nj", "џ": "dz"}
LETTERS = "ăâîșşțţčćđšžабвгдђежзијклмнопрстћуфхцчш"
FOLDED = "aaissttccdszabvgddezzijklmnoprstcufhccs"


def fold(text: str) -> str:
    """`Школа`, `škola` and `SKOLA` are all `skola`."""
    lowered = text.lower()
    for letter, folded in DIGRAPHS.items():
        lowered = lowered.replace(letter, folded)
    return lowered.translate(str.maketrans(LETTERS, FOLDED))


def folded(field: str) -> Any:
    """The same of a column, as an expression."""
    lowered: Any = Lower(Cast(F(field), TextField()))
    expression = reduce(
        lambda inner, pair: Func(inner, Value(pair[0]), Value(pair[1]), function="replace"),
        DIGRAPHS.items(),
        lowered,
    )
    return Func(
        expression,
        Value(LETTERS),
        Value(FOLDED),
        function="translate",
        output_field=TextField(),
    )
