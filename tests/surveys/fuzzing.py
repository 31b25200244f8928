"""How much is tried, and from which seed: a little in the suite, all of it with `make fuzz`."""

import os

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SEED = int(os.environ.get("FUZZ_SEED", "20261125"))


def some(in_the_suite, *, shares=1, **more):
    """Settings for one of so many equal shares of what is tried."""
    return settings(
        max_examples=max(1, (EXAMPLES or in_the_suite) // shares),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )


# Where every fault is gathered and told, there is nothing to make smaller.
ONLY_MADE = {"phases": [Phase.explicit, Phase.generate]}
