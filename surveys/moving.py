"""Whether a draft can go on with a later version. Pure, given versions with their questions."""

from collections.abc import Mapping
from typing import Any

from surveys.models import Version
from surveys.question_types import question_types


def fits(version: Version, entered: Mapping[str, Any]) -> bool:
    """Whether the version asks everything that was entered: the same names, the codes there."""
    kinds = {name: kind for kind in question_types(version) for name in kind.stored_names()}
    return all(
        name in kinds and (name != kinds[name].name or kinds[name].knows(value))
        for name, value in entered.items()
    )
