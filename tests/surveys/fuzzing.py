"""How much is tried, and from which seed: a little in the suite, all of it with `make fuzz`."""

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SEED = int(os.environ.get("FUZZ_SEED", "20261125"))


def how_many(in_the_suite):
    return EXAMPLES or in_the_suite


def some(in_the_suite, *, shares=1, **more):
    """Settings for one of so many equal shares of what is tried."""
    return settings(
        max_examples=max(1, how_many(in_the_suite) // shares),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
