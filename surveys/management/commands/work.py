"""`manage.py work`: what is done beside the site, once or until it is stopped."""

import logging

from django.db import InterfaceError, OperationalError

from surveys.desk.work import STEPS
from surveys.management.watching import LOOK_EVERY, WAIT_AFTER_FAILURE, WatchingCommand

log = logging.getLogger(__name__)


class Command(WatchingCommand):
    help = "Tally what changed, and whatever else waits. With --watch go on until SIGTERM."

    def work(self) -> float:
        """Each step in turn, until none has anything left."""
        more = True
        while more and not self.is_stopped():
            more = False
            for step in STEPS:
                try:
                    more = step() or more
                except (OperationalError, InterfaceError):
                    raise
                # One step that fails must not stop the others; it is tried again.
                except Exception:
                    log.exception("A step of the work has failed: %s", step.__name__)
                    return WAIT_AFTER_FAILURE
        return LOOK_EVERY
