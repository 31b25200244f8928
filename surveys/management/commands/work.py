"""`manage.py work`: what is done beside the site, once or until it is stopped."""

import logging
from typing import Any

from django.core.management.base import CommandParser
from django.db import InterfaceError, OperationalError

from surveys.desk.work import STEPS, Step
from surveys.management.beside import CommandBeside
from surveys.management.watching import LOOK_EVERY, WAIT_AFTER_FAILURE, WatchingCommand

log = logging.getLogger(__name__)


class Command(CommandBeside, WatchingCommand):
    help = "Tally, list, release and export what waits. With --watch go on until SIGTERM."

    steps: tuple[Step, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--only",
            choices=list(STEPS),
            help="the short steps, or the long ones: beside each other none waits for the other",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        only = options.pop("only")
        kinds = [only] if only else list(STEPS)
        self.steps = tuple(step for kind in kinds for step in STEPS[kind])
        super().handle(*args, **options)

    def work(self) -> float:
        """Each step in turn, until none has anything left."""
        more, wait = True, LOOK_EVERY
        while more and not self.is_stopped():
            more = False
            for step in self.steps:
                try:
                    more = step() or more
                except (OperationalError, InterfaceError):
                    raise
                # One that fails must not stop the others; it is tried again after a while.
                except Exception:
                    log.exception("A step of the work has failed: %s", step.__name__)
                    more, wait = False, WAIT_AFTER_FAILURE
        return wait
