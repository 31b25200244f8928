"""How large the benchmarks are: whole, or the smaller run of each change.

Parts ask `now()` when they measure, not when they are imported.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Numbers of responses that are compared, and how often each page is asked for."""

    few: int
    many: int
    rounds: int


FULL = Scale(few=1_000, many=int(os.environ.get("BENCH_RESPONSES", 1_000_000)), rounds=4)
SMALL = Scale(few=1_000, many=50_000, rounds=2)

_chosen = FULL


def choose(scale: Scale) -> None:
    global _chosen  # noqa: PLW0603 - one run of the suite is of one scale
    _chosen = scale


def now() -> Scale:
    return _chosen
