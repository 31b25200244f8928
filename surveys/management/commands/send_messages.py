"""`manage.py send_messages`: empty the outbox once, or keep it empty."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from surveys.management.watching import LOOK_EVERY, WAIT_AFTER_FAILURE, WatchingCommand
from surveys.models import Message
from surveys.postman import Postman, ServerAway, unclear


class Command(WatchingCommand):
    help = "Send the e-mails that are waiting. With --watch go on until SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MAILBOX and not settings.DEBUG:
            raise CommandError("EMAIL_URL is not set. The e-mails wait in the outbox.")
        self.outcomes: Counter[Message.State] = Counter()
        super().handle(*args, **options)

    def work(self) -> float:
        postman = Postman()
        try:
            postman.send_due(self.is_stopped)
        except ServerAway as away:
            self.stderr.write(f"The mail server cannot be reached: {away}")
            return WAIT_AFTER_FAILURE
        finally:
            self.outcomes = postman.outcomes
        return LOOK_EVERY

    def work_once(self) -> None:
        self.work()
        state = Message.State
        self.stdout.write(
            f"Sent: {self.outcomes[state.SENT]}. To be tried again: {self.outcomes[state.WAITING]}."
            f" Given up: {self.outcomes[state.FAILED] + self.outcomes[state.BOUNCED]}. Unclear: "
            f"{unclear(timezone.now()).count() + self.outcomes[state.HANDING_OVER]}"
        )
