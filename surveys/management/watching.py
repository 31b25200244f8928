"""A command that can go on until it is stopped, beside the site."""

import os
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

LOOK_EVERY = 1.0
WAIT_AFTER_FAILURE = 15.0


class WatchingCommand(BaseCommand):
    """With `--watch` it works until SIGTERM, finishing first what it has in hand."""

    stopping = False
    parent: int | None = None

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="go on until SIGTERM")
        parser.add_argument(
            "--with-parent",
            action="store_true",
            help="end when the process that started this one has ended",
        )

    def handle(self, *args: Any, watch: bool, with_parent: bool, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        self.parent = os.getppid() if with_parent else None
        if watch:
            self.go_on()
        else:
            self.work_once()

    def work(self) -> float:
        """Do what there is; how many seconds to wait before looking again."""
        raise NotImplementedError

    def work_once(self) -> None:
        self.work()

    def go_on(self) -> None:
        while not self.is_stopped():
            try:
                self.sleep(self.work())
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(f"The database is away: {error}")
                close_old_connections()
                self.sleep(WAIT_AFTER_FAILURE)

    def is_stopped(self) -> bool:
        return self.stopping or (self.parent is not None and os.getppid() != self.parent)

    def sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.is_stopped() and time.monotonic() < until:
            time.sleep(0.2)

    def _stop(self, *args: Any) -> None:
        self.stopping = True
