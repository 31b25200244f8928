"""How many took part, without what would tell of fewer than ten. Pure."""

from collections.abc import Mapping
from functools import lru_cache

from surveys.tabulation.counted import Number
from surveys.tabulation.relations import Places
from surveys.tabulation.suppression import suppressed_groups

Groups = Mapping[str, Mapping[str, int]]
"""By dimension."""
Shown = dict[str, dict[str, Number]]
Items = tuple[tuple[str, tuple[tuple[str, int], ...]], ...]


def shown_groups(counted: Groups, places: Places) -> Shown:
    """The same numbers that stand over the groups of released tables; None for what is hidden.

    Many look at the same numbers between two responses, and it takes a while to find what tells
    of others: so it is found once.
    """
    items = tuple((name, tuple(groups.items())) for name, groups in counted.items())
    codes = tuple((country, tuple(of)) for country, of in places.items())
    return _shown_groups(items, codes)


@lru_cache(maxsize=64)
def _shown_groups(items: Items, codes: tuple[tuple[str, tuple[str, ...]], ...]) -> Shown:
    counted = {name: dict(groups) for name, groups in items}
    try:
        return suppressed_groups(counted, places=dict(codes))
    except ValueError:
        # What cannot be protected is not shown.
        return {name: dict.fromkeys(groups) for name, groups in counted.items()}
