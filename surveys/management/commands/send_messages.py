"""`manage.py send_messages`: empty the outbox once, or keep it empty."""

import os
import signal
import time
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from surveys.models import Message
from surveys.postman import Postman, ServerAway, unclear

LOOK_EVERY = 1.0
WAIT_AFTER_FAILURE = 15.0


class Command(BaseCommand):
    help = "Send the e-mails that are waiting. With --watch go on until SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="go on until SIGTERM")
        parser.add_argument(
            "--with-parent",
            action="store_true",
            help="end when the process that started this one has ended",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MAILBOX and not settings.DEBUG:
            raise CommandError("EMAIL_URL is not set. The e-mails wait in the outbox.")
        self.stopping = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        self.parent = os.getppid() if options["with_parent"] else None
        if options["watch"]:
            self._watch()
            return
        postman = Postman()
        try:
            postman.send_due(self._is_stopped)
        except ServerAway as away:
            self.stderr.write(f"The mail server cannot be reached: {away}")
        self._report(postman.outcomes)

    def _stop(self, *args: Any) -> None:
        # The message in hand is finished first.
        self.stopping = True

    def _is_stopped(self) -> bool:
        return self.stopping or (self.parent is not None and os.getppid() != self.parent)

    def _watch(self) -> None:
        while not self._is_stopped():
            try:
                Postman().send_due(self._is_stopped)
                self._sleep(LOOK_EVERY)
            except ServerAway as away:
                self.stderr.write(f"The mail server cannot be reached: {away}")
                self._sleep(WAIT_AFTER_FAILURE)
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(f"The database is away: {error}")
                close_old_connections()
                self._sleep(WAIT_AFTER_FAILURE)

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._is_stopped() and time.monotonic() < until:
            time.sleep(0.2)

    def _report(self, outcomes: Counter[Message.State]) -> None:
        state = Message.State
        self.stdout.write(
            f"Sent: {outcomes[state.SENT]}. To be tried again: {outcomes[state.WAITING]}. "
            f"Given up: {outcomes[state.FAILED] + outcomes[state.BOUNCED]}. "
            f"Unclear: {unclear(timezone.now()).count() + outcomes[state.HANDING_OVER]}"
        )
