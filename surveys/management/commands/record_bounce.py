"""`manage.py record_bounce < notification`: what a mail server says of a message it took."""

import re
import sys
from email import message_from_binary_file, message_from_string, policy
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.models import Message


class Command(BaseCommand):
    stealth_options = ("source",)
    help = "Read one delivery status notification (RFC 3464) and mark the e-mail it is about."

    def handle(self, *args: Any, **options: Any) -> None:
        source = options.get("source") or sys.stdin.buffer
        notification = message_from_binary_file(source, policy=policy.default)
        action, reason = _status(notification)
        message = _message(notification)
        if message is None:
            raise CommandError("It names no e-mail of ours.")
        if action != "failed":
            self.stdout.write(f"{message.to}: {action or 'no status'}. Nothing was changed.")
            return
        message.state, message.error = Message.State.BOUNCED, reason
        message.save(update_fields=["state", "error"])
        self.stdout.write(f"{message.to}: came back.")


def _status(notification: Any) -> tuple[str, str]:
    """What happened to the message and why, in the words of the notification."""
    for part in notification.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload():
                if "Action" in block:
                    reason = str(block.get("Diagnostic-Code") or block.get("Status") or "")
                    return str(block["Action"]).strip().lower(), reason
    return "", ""


def _message(notification: Any) -> Message | None:
    """Ours, by the Message-ID in the headers that came back."""
    for part in notification.walk():
        if part.get_content_type() == "message/rfc822":
            found = _by_id(part.get_payload(0))
        elif part.get_content_type() == "text/rfc822-headers":
            returned = message_from_string(part.get_content())
            found = _by_id(returned)
        else:
            continue
        if found:
            return found
    return None


def _by_id(returned: Any) -> Message | None:
    found = re.search(r"<listens-(\d+)-\d+@", str(returned.get("Message-ID", "")))
    message = Message.objects.filter(pk=found[1]).first() if found else None
    # The number alone could be guessed; the moment it was written at cannot be told apart from it.
    is_ours = message and message.message_id == str(returned["Message-ID"]).strip()
    return message if is_ours else None
