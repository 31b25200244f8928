"""Putting e-mails into the outbox, in the transaction of what they tell of.

They leave afterwards (`surveys/postman.py`): a mail server that is away, slow or refuses never
holds up a page and never undoes what was stored.
"""

from collections.abc import Callable

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from surveys.letters import Letter
from surveys.models import Consultation, Invitation, Message

KINDS = {
    "approval": _("asks for approval"),
    "code": _("one-time code"),
    "invitation": _("invitation"),
    "receipt": _("receipt"),
    "registration-confirmed": _("registration confirmed"),
    "registration-merged": _("registration merged"),
    "registration-refused": _("registration refused"),
    "reminder-not-sent": _("reminder: not sent"),
    "reminder-not-started": _("reminder: not started"),
    "replies": _("news of replies"),
    "security": _("second factor changed"),
    "subscription": _("subscription to replies"),
}
"""What an e-mail can be, and what staff call it."""


def compose(
    write: Callable[[], Letter],
    *,
    kind: str,
    to: str,
    language: str,
    key: str,
    invitation: Invitation | None = None,
    unsubscribe_url: str = "",
) -> Message:
    """The message, not stored yet. `write` runs with `language` active.

    `key` says what it tells of: what was written once is not written again. `kind` is one of
    KINDS.
    """
    if kind not in KINDS:
        raise ValueError(f"No e-mail is of the kind {kind}")
    with translation.override(language):
        letter = write()
        consultation = Consultation.objects.with_programme().current()
        ctx = {
            "letter": letter,
            "consultation": consultation,
            "html_lang": settings.LANGUAGE_TAGS[language],
        }
        return Message(
            kind=kind,
            to=to,
            language=language,
            key=key,
            invitation=invitation,
            unsubscribe_url=unsubscribe_url,
            # A header has one line, and a name that was pasted may have several.
            subject=" ".join(letter.subject.split())[:250],
            text=render_to_string("mail/letter.txt", ctx),
            html=render_to_string("mail/letter.html", ctx),
            next_try_at=timezone.now(),
        )


def put(messages: list[Message]) -> int:
    """Store them to be sent; how many are new. What has a key that is there already is left out."""
    keys = [message.key for message in messages]
    known = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    new = [message for message in messages if message.key not in known]
    # Another process may write the same at this moment: the database's rule decides.
    Message.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    return len(new)
