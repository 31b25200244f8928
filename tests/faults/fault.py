"""What a fault is: what breaks, what has to hold, and what its twin goes without."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.respondents import Crowd
from tests.faults.stage import Setting

DOUBLES = Setting(sabotage="keys slow")
FORGETS = Setting(sabotage="early")


def nothing_more(_heard, _told):
    return []


@dataclass(frozen=True)
class Fault:
    """`inflict` breaks something and returns once it is mended; respondents go on meanwhile."""

    name: str
    goal: str
    """What is to be reached beside that what was acknowledged is stored, once."""
    inflict: Callable
    twin: Setting
    setting: Setting = Setting()
    twin_inflict: Callable | None = None
    crowd: Crowd = Crowd()
    longest_gap: float = 2.0
    """Seconds at most in which nothing is acknowledged."""
    slowest: float = 9.0
    """Seconds at most that any request takes, refused or not."""
    counts_from_the_end: bool = False
    """Whether the gap counts from when the fault is over, as where a server is away meanwhile."""
    unmet: Callable = nothing_more
    """What else went wrong, in words, of what respondents heard and what `inflict` told."""
    is_short: bool = False
    """Whether it is one of the few that every change is held against."""
