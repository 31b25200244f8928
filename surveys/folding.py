"""Search that forgives: without case, diacritics and script, in Python and in SQL alike."""

from collections.abc import Collection
from functools import reduce
from typing import Any

from django.db import connection
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Cast, Lower
from psycopg import sql

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


def folded_by_the_database(texts: Collection[str]) -> dict[str, str]:
    """Each text as a column holds it: of rare letters PostgreSQL has its own small ones."""
    lowered: sql.Composable = sql.SQL("lower(given)")
    for letter, plain in DIGRAPHS.items():
        lowered = sql.SQL("replace({}, {}, {})").format(lowered, letter, plain)
    query = sql.SQL("SELECT given, translate({}, {}, {}) FROM unnest({}::text[]) AS given")
    with connection.cursor() as cursor:
        cursor.execute(query.format(lowered, LETTERS, FOLDED, list(texts)).as_string())
        return dict(cursor.fetchall())
