"""Which counts are not shown to people who may not learn who answered. Pure."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

SMALL = 10
"""Of fewer people nobody is told how many they are, on any page and in any file."""
Key = TypeVar("Key", bound=Hashable)


def hidden(cells: Mapping[Key, int]) -> set[Key]:
    """Every cell under ten, and as many of the next smallest as it takes.

    The total is shown, so what is hidden must hold ten together, and is then two cells at least:
    else one could subtract. A total under ten hides everything.
    """
    ordered = sorted(cells, key=lambda key: cells[key])
    number = sum(1 for key in ordered if cells[key] < SMALL)
    while 0 < number < len(ordered) and sum(cells[key] for key in ordered[:number]) < SMALL:
        number += 1
    return set(ordered[:number])
