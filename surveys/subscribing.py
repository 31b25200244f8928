"""Verbs of those who ask to be told of replies: ask, confirm, leave.

An address is told of nothing before somebody who reads its mail has confirmed. Links carry a
signature, so that nobody can guess one and nothing secret is stored.
"""

from collections.abc import Iterable
from datetime import datetime

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation

from surveys import outbox
from surveys.letters import Letter, address
from surveys.models import Consultation, Message, ReplyChange, Subscriber
from surveys.postman import not_leaving
from surveys.retention import BY_KEY
from surveys.subscribing_letters import already, confirm_address


def subscribe(consultation: Consultation, email: str, language: str, moment: datetime) -> None:
    """Write to the address: to confirm, or that it is confirmed. At most once a day.

    Whoever asks learns nothing of whether the address is known.
    """
    subscriber, _is_new = Subscriber.objects.get_or_create(
        consultation=consultation, email=email.lower(), defaults={"language": language}
    )
    if subscriber.confirmed_at is None and subscriber.language != language:
        Subscriber.objects.filter(pk=subscriber.pk).update(language=language)
        subscriber.language = language
    message = outbox.compose(
        lambda: _letter(subscriber),
        kind="subscription",
        to=subscriber.email,
        language=subscriber.language,
        key=key_of(subscriber, f"asked:{moment:%Y-%m-%d}"),
    )
    outbox.put([message])


def confirm(subscriber: Subscriber, moment: datetime) -> None:
    """Whoever reads the address's mail wants to be told. A second time changes nothing."""
    waiting = Subscriber.objects.filter(pk=subscriber.pk, confirmed_at=None)
    waiting.update(confirmed_at=moment)


def unsubscribe(subscriber: Subscriber) -> None:
    """Forget the address at once, and what was written to it and is not just leaving."""
    letters = Message.objects.filter(key__startswith=key_of(subscriber, ""))
    with transaction.atomic():
        # First the row: whoever is writing to it at this moment is waited for.
        subscriber.delete()
        not_leaving(letters, timezone.now()).delete()


def erase_subscribers(moment: datetime) -> int:
    """Forget all some time after closing and the last reply; how many."""
    due: list[Subscriber] = []
    before = BY_KEY["subscribers"].before(moment)
    for consultation in Consultation.objects.filter(closes_at__lt=before):
        changes = ReplyChange.objects.filter(reply__consultation=consultation)
        last = changes.aggregate(last=Max("made_at"))["last"]
        if last is None or last < before:
            due += consultation.subscribers.all()
    return _forget(due)


def erase_unconfirmed(moment: datetime) -> int:
    """Forget those who have not confirmed for long enough; how many."""
    before = BY_KEY["unconfirmed"].before(moment)
    return _forget(Subscriber.objects.filter(confirmed_at=None, asked_at__lt=before))


def _forget(due: Iterable[Subscriber]) -> int:
    subscribers = [*due]
    for subscriber in subscribers:
        unsubscribe(subscriber)
    return len(subscribers)


# Links


def confirm_address_of(subscriber: Subscriber) -> str:
    return address("replies_confirm", _signer("confirm").sign(str(subscriber.pk)))


def unsubscribe_address(subscriber: Subscriber) -> str:
    """In the subscriber's language, whatever is active."""
    with translation.override(subscriber.language):
        return address("replies_unsubscribe", _signer("leave").sign(str(subscriber.pk)))


def to_confirm(token: str) -> Subscriber | None:
    return _subscriber("confirm", token)


def to_leave(token: str) -> Subscriber | None:
    return _subscriber("leave", token)


def _subscriber(purpose: str, token: str) -> Subscriber | None:
    """Who the link was made for; None if it is not ours, or they are not there any more."""
    try:
        pk = _signer(purpose).unsign(token)
        return Subscriber.objects.select_related("consultation").filter(pk=pk).first()
    except (signing.BadSignature, ValidationError):
        return None


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"surveys.subscribing.{purpose}")


def key_of(subscriber: Subscriber, about: str) -> str:
    """The key of a message: the same thing is told to the same subscriber once."""
    return f"replies:{subscriber.pk}:{about}"


def _letter(subscriber: Subscriber) -> Letter:
    if subscriber.confirmed_at:
        return already(unsubscribe_address(subscriber))
    return confirm_address(
        confirm_address_of(subscriber), timezone.now() + BY_KEY["unconfirmed"].period
    )
