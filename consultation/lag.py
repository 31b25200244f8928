"""How far a replica is behind, told by positions in the primary's log."""

import time
from collections import deque
from datetime import datetime, timedelta

KEPT = 600
"""Looks that are remembered: ten minutes of one a second."""


class Lag:
    """Until when a replica is known to hold all that its primary had committed.

    The primary is asked for its time and for the position in its log, in this order; once the
    replica has replayed that position it holds everything until that time. An idle primary makes
    nobody late, and a replica that hears nothing any more is found out as soon as one byte is
    written: `pg_last_xact_replay_timestamp()` tells neither.
    """

    def __init__(self) -> None:
        self._looks: deque[tuple[datetime, int]] = deque(maxlen=KEPT)
        self._held: tuple[datetime, timedelta, float] | None = None

    def note(self, moment: datetime, written: int, replayed: int | None) -> None:
        """What one look has seen; `replayed` is None where there is no replica."""
        self._looks.append((moment, written))
        held = [at for at, position in self._looks if replayed and position <= replayed]
        self._held = (held[-1], moment - held[-1], time.monotonic()) if held else None

    def forget(self) -> None:
        """The replica did not answer: nothing is known of it until the next look."""
        self._held = None

    def is_within(self, seconds: float, since: datetime | None = None) -> bool:
        """Whether its data are no older than that, and no older than `since`."""
        if self._held is None:
            return False
        until, behind, looked_at = self._held
        age = behind.total_seconds() + time.monotonic() - looked_at
        return age <= seconds and (since is None or since <= until)
