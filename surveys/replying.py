"""Verbs of “You said, we did”: publish a reply, take it back, and what of it the public reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Prefetch
from django.utils.translation import gettext as _

from surveys import audit
from surveys.models import (
    AuditEntry,
    Code,
    Consultation,
    Quotation,
    Reply,
    ReplyChange,
    User,
)
from surveys.models.replies import ReplyWords
from surveys.quoting import Shown, shown_of
from surveys.tabulation.small_cells import SMALL
from surveys.text_fields import required_languages
from surveys.themes import with_theme

TEXTS = ("heading", "said", "did", "reason", "owner")
WORDS = (*TEXTS, "status", "date", "date_is", "number", "quotation_id")
Kind = ReplyChange.Kind


@dataclass(frozen=True)
class Fault:
    """What stands in the way of publishing: the field, and it in words."""

    field: str
    words: str


class NotPublished(Exception):
    """Something stands in the way."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


# Writing


def write(reply: Reply) -> None:
    """Store what a reply says; a new one below all others."""
    if reply.pk:
        # Nothing else: it may have been moved, published or taken back since it was read.
        reply.save(update_fields=[*WORDS, "theme", "changed_at"])
        return
    last = Reply.objects.filter(consultation=reply.consultation).aggregate(last=Max("position"))
    reply.position = (last["last"] or 0) + 1
    reply.save()


def move(row: Reply | Quotation, *, up: bool) -> None:
    """Let a row change places with the one above or below; at either end it stays."""
    with transaction.atomic():
        # One after the other, or two people's moves would be mixed.
        Consultation.objects.select_for_update().get(pk=row.consultation_id)
        rows: Any = type(row)._default_manager.filter(consultation=row.consultation_id)
        order = list(rows)
        place = [each.pk for each in order].index(row.pk)
        to = max(0, min(place + (-1 if up else 1), len(order) - 1))
        order.insert(to, order.pop(place))
        for position, each in enumerate(order, 1):
            each.position = position
        # Only the order: what it says was not changed.
        type(row)._default_manager.bulk_update(order, ["position"])


# Publishing


def faults(reply: Reply) -> list[Fault]:
    """Texts that are missing in a language. A reason is asked for only where it is not now."""
    names = dict(settings.LANGUAGES)
    words = _("“%(field)s” is missing in %(language)s.")
    return [
        Fault(field, words % {"field": label_of(field), "language": names[language]})
        for field, language in missing(reply)
    ]


def missing(reply: Reply) -> list[tuple[str, str]]:
    """Fields and languages without a text that publishing asks for."""
    return [
        (field, language)
        for field in TEXTS
        if field != "reason" or reply.status == Reply.Status.NOT_NOW
        for language in required_languages()
        if not getattr(reply, field).get(language)
    ]


def label_of(field: str) -> Any:
    return Reply._meta.get_field(field).verbose_name  # type: ignore[union-attr]


def publish(pk: int, by: User, moment: datetime) -> ReplyChange | None:
    """Let the public read what the reply says now; None where it reads just that already.

    A theme's codings are counted at this moment. Raises NotPublished.
    """
    with transaction.atomic():
        reply = Reply.objects.select_for_update(of=("self",)).get(pk=pk)
        if in_the_way := faults(reply):
            raise NotPublished(in_the_way)
        if reply.theme:
            reply.number = count_theme(reply.theme)
        if not is_changed(reply):
            return None
        kind = Kind.CHANGED if reply.published_at else Kind.PUBLISHED
        reply.published_at = reply.published_at or moment
        Reply.objects.filter(pk=pk).update(number=reply.number, published_at=reply.published_at)
        change = _keep(reply, kind, by, moment)
        audit.record(by, AuditEntry.Action.PUBLISHED, reply, change=change.pk, kind=kind)
    return change


def take_back(pk: int, by: User, moment: datetime) -> bool:
    """Let the public read the reply no more, nor what it said before; whether it did until now."""
    with transaction.atomic():
        reply = Reply.objects.select_for_update(of=("self",)).get(pk=pk)
        if reply.published_at is None:
            return False
        Reply.objects.filter(pk=pk).update(published_at=None)
        change = _keep(reply, Kind.TAKEN_BACK, by, moment)
        audit.record(by, AuditEntry.Action.PUBLISHED, reply, change=change.pk, kind=change.kind)
    return True


def is_changed(reply: Reply) -> bool:
    """Whether it says something else than the public reads, or the public reads nothing."""
    last = reply.changes.first()
    return reply.published_at is None or last is None or words_of(last) != words_of(reply)


def words_of(row: ReplyWords) -> dict[str, Any]:
    return {name: getattr(row, name) for name in WORDS}


def _keep(reply: Reply, kind: Kind, by: User, moment: datetime) -> ReplyChange:
    return ReplyChange.objects.create(
        reply=reply, kind=kind, made_by=by, made_at=moment, **words_of(reply)
    )


def count_theme(code: Code) -> int:
    """How many responses that count said it, after what coders agreed; exact."""
    while code.merged_into:
        code = code.merged_into
    return with_theme(Code.objects.filter(pk=code.pk)).count()


# Reading


@dataclass(frozen=True)
class PublicReply:
    """One reply as the public reads it."""

    pk: int
    words: ReplyWords
    quotation: Shown | None
    changed_at: datetime | None
    """When it was last changed after it was first published."""
    earlier: list[ReplyChange]
    """What it said before, the latest first."""

    @property
    def few(self) -> bool:
        """Whether so few said it that their number is not shown."""
        return self.words.number is not None and self.words.number < SMALL


def public_replies(consultation: Consultation) -> list[PublicReply]:
    """All that are published, in their order, in a fixed number of queries."""
    replies = consultation.replies.exclude(published_at=None)
    found = [
        (reply.pk, list(since_published(reply.changes.all())))
        for reply in replies.prefetch_related(Prefetch("changes"))
    ]
    latest = [changes[0].quotation_id or 0 for _pk, changes in found if changes]
    quotations = shown_of(Quotation.objects.filter(pk__in=latest))
    return [
        PublicReply(
            pk=pk,
            words=changes[0],
            quotation=quotations.get(changes[0].quotation_id or 0),
            changed_at=changes[0].made_at if len(changes) > 1 else None,
            earlier=changes[1:],
        )
        for pk, changes in found
        if changes
    ]


def as_public(reply: Reply) -> PublicReply:
    """What the public would read if the reply were published now."""
    if reply.theme:
        reply.number = count_theme(reply.theme)
    quotation = reply.quotation_id or 0
    shown = shown_of(Quotation.objects.filter(pk=quotation)).get(quotation)
    return PublicReply(reply.pk, reply, shown, changed_at=None, earlier=[])


def since_published(changes: Any) -> Iterator[ReplyChange]:
    """Of changes, the latest first, those since the reply was last taken back."""
    for change in changes:
        if change.kind == Kind.TAKEN_BACK:
            return
        yield change
