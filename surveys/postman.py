"""Taking e-mails out of the outbox and handing them to the mail server, each once.

A row is marked before it is handed over and marked again when the server has taken it. Whatever
happens in between, to this process or to the line, that row alone is left unclear, and it is never
sent again without somebody who has looked whether it left: SMTP itself cannot tell (RFC 1047).
"""

import logging
import smtplib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from surveys.models import Message
from surveys.retention import BY_KEY

log = logging.getLogger(__name__)

DELAYS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440)]
"""After each failed try; when they are used up, about two days later, it is given up."""
UNCLEAR_AFTER = timedelta(minutes=5)
"""Longer than the mail server may take for one message (EMAIL_TIMEOUT for each of its steps)."""

State = Message.State


class _SaysWhetherItMayHaveLeft:
    """smtplib, which remembers whether the server was given a message and has not answered."""

    may_have_left = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.may_have_left = True
        try:
            answer: tuple[int, bytes] = super().data(msg)  # type: ignore[misc]
        except smtplib.SMTPDataError:
            # It refused before any of the message was sent.
            self.may_have_left = False
            raise
        self.may_have_left = False
        return answer


class _Smtp(_SaysWhetherItMayHaveLeft, smtplib.SMTP):
    pass


class _SmtpOverTls(_SaysWhetherItMayHaveLeft, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    """Django's, on a connection that says whether a message may have left."""

    @property
    def connection_class(self) -> type[Any]:
        return _SmtpOverTls if self.use_ssl else _Smtp


class ServerAway(Exception):
    """The mail server cannot be reached; nothing was handed over."""


class Postman:
    """One connection to the mail server, and what became of the messages given to it."""

    def __init__(self) -> None:
        is_smtp = settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend"
        self.connection = get_connection("surveys.postman.SmtpBackend" if is_smtp else None)
        self.outcomes: Counter[State] = Counter()

    def send_due(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Send what is due until nothing is left or somebody wants to stop.

        Raises ServerAway where no connection can be made. Nothing is claimed before there is one.
        """
        try:
            while not stopped() and due(timezone.now()).exists():
                self._open()
                message = claim(timezone.now())
                if message is None:
                    return
                self._hand_over(message)
        finally:
            self._close()

    def _open(self) -> None:
        try:
            self.connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(str(error)) from error

    def _close(self) -> None:
        try:
            self.connection.close()
        except (OSError, smtplib.SMTPException):
            log.info("The mail server was gone before it was told goodbye.")

    def _hand_over(self, message: Message) -> None:
        try:
            self.connection.send_messages([as_email(message)])
        # ValueError: Django can make no e-mail of it, for its address or its subject.
        except (OSError, smtplib.SMTPException, ValueError) as error:
            smtp = getattr(self.connection, "connection", None)
            outcome = judge(error, may_have_left=getattr(smtp, "may_have_left", False))
            self._settle(message, outcome, str(error))
            if not isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
                self._close()
            return
        self._settle(message, State.SENT, "")

    def _settle(self, message: Message, outcome: State, error: str) -> None:
        if outcome == State.WAITING and message.attempts > len(DELAYS):
            outcome = State.FAILED
        self.outcomes[outcome] += 1
        settle(message, outcome, error, timezone.now())
        if error:
            log.warning("E-mail %s: %s (%s)", message.pk, outcome.label, error)


def due(moment: datetime) -> QuerySet[Message]:
    """What can be sent now, the longest waiting first."""
    waiting = Message.objects.filter(state=State.WAITING, next_try_at__lte=moment)
    return waiting.order_by("next_try_at", "pk")


def claim(moment: datetime) -> Message | None:
    """Mark the next one as being handed over; no other process gets it."""
    with transaction.atomic():
        message = due(moment).select_for_update(skip_locked=True).first()
        if message:
            message.state = State.HANDING_OVER
            message.handed_over_at = moment
            message.attempts += 1
            message.save(update_fields=["state", "handed_over_at", "attempts"])
    return message


def as_email(message: Message) -> EmailMultiAlternatives:
    """What goes to the mail server: plain text, and HTML for those who like it."""
    headers = {
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
    }
    if message.unsubscribe_url:
        headers |= {
            "List-Unsubscribe": f"<{message.unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    email = EmailMultiAlternatives(message.subject, message.text, to=[message.to], headers=headers)
    email.attach_alternative(message.html, "text/html")
    return email


def judge(error: Exception, *, may_have_left: bool) -> State:
    """What an error means for the message: to be tried again, refused for good, or unclear."""
    if may_have_left:
        return State.HANDING_OVER
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _reason in error.recipients.values()]
        return State.BOUNCED if all(code >= 500 for code in codes) else State.WAITING
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500:
        return State.FAILED
    if isinstance(error, ValueError):
        return State.FAILED
    return State.WAITING


def settle(message: Message, outcome: State, error: str, moment: datetime) -> None:
    """Write down what became of a message that was being handed over, and nothing else of it.

    Whoever it was to may have been erased meanwhile: neither row nor words are to come back.
    """
    settled: dict[str, Any] = {"state": outcome, "error": error}
    if outcome == State.SENT:
        settled["sent_at"] = moment
    if outcome == State.WAITING:
        settled["next_try_at"] = moment + DELAYS[min(message.attempts, len(DELAYS)) - 1]
    if message.kind == "code" and outcome != State.WAITING and not settings.MAILBOX:
        settled |= {"text": "", "html": "", "subject": ""}
    Message.objects.filter(pk=message.pk).update(**settled)


# What was cut short


def unclear(moment: datetime) -> QuerySet[Message]:
    """Handed over so long ago that nobody is at it any more: it may have left or not.

    Of one that was erased since nobody can say.
    """
    return Message.objects.filter(
        state=State.HANDING_OVER, handed_over_at__lt=moment - UNCLEAR_AFTER
    ).exclude(to="")


def not_leaving(messages: QuerySet[Message], moment: datetime) -> QuerySet[Message]:
    """Of these all that can be deleted: nobody is just handing them over."""
    return messages.filter(
        ~Q(state=State.HANDING_OVER) | Q(handed_over_at__lt=moment - UNCLEAR_AFTER)
    )


def it_left(messages: QuerySet[Message], moment: datetime) -> int:
    """Somebody found them in the mail server's log; how many of them were unclear."""
    return (messages & unclear(moment)).update(state=State.SENT, sent_at=moment)


def send_again(messages: QuerySet[Message], moment: datetime) -> int:
    """They did not leave, or were given up and are to be tried anew; how many.

    One-time codes are left out: who needs one asks for a new one.
    """
    stuck = unclear(moment) | Message.objects.filter(state__in=[State.FAILED, State.BOUNCED])
    return (
        (messages & stuck)
        .exclude(kind="code")
        .update(state=State.WAITING, attempts=0, next_try_at=moment, error="")
    )


def forget_codes(moment: datetime) -> int:
    """Delete the one-time codes that can be of no use any more; how many."""
    before = BY_KEY["codes"].before(moment)
    return Message.objects.filter(kind="code", created_at__lt=before).delete()[0]
