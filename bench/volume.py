"""What is measured over a million responses: one database of them for all parts.

A part has `prepare()`, for what both databases have, and `compare(few, many)`, which gets the names
of the two. Copying, indexing and counting a million responses is the most of what they take, and is
done once. A part that leaves the large database other than it was stands last.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Protocol

from django.test.utils import override_settings

from bench import scale
from bench.figures import Figure
from bench.many import copy_with, look_at, tidy
from surveys.fabrication import fabricate
from surveys.models import Questionnaire, Response

SEED = 2027


class Part(Protocol):
    __name__: str

    def prepare(self) -> None: ...

    def compare(self, few: str, many: str) -> list[Figure]: ...


def measure(parts: Sequence[Part]) -> Iterator[Figure]:
    """Figures as they are found, so that what was measured is told even if a later part fails."""
    if not parts:
        return
    # All of it comes from one address.
    with override_settings(DEBUG=False, ALLOWED_HOSTS=["testserver"], SENT_PER_NETWORK=0):
        _fabricate()
        for part in parts:
            part.prepare()
        tidy()
        with copy_with(scale.now().many) as (few, many):
            for part in parts:
                look_at(many)
                yield from part.compare(few, many)


def _fabricate() -> None:
    """Few responses of citizens, to which parts add what they look at."""
    citizens = Questionnaire.objects.get(slug="citizens")
    lacking = scale.now().few - Response.objects.filter(questionnaire=citizens).count()
    rng = random.Random(SEED)  # noqa: S311 - plausible, not secret
    for _written in fabricate(citizens, max(0, lacking), rng):
        pass
