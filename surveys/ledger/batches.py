"""Batches: what is waiting enters the public list, shuffled, and the list is signed anew."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from surveys.ledger.notes import Note, origin
from surveys.ledger.stored import hashes_at, last_checkpoint, size_of, summary_key
from surveys.ledger.tree import Place, cover, grown, root_of
from surveys.models import Checkpoint, Commitment, Consultation, TreeNode

PERIOD = timedelta(minutes=10)
LEAST = 20
MOST = 100_000
"""In one batch; the rest waits for the next one, so that none holds its locks for long."""
LOCK = 7_301_882
"""The first half of the number of our advisory locks; the second is the consultation's."""


def publish_batch_due(moment: datetime | None = None) -> bool:
    """Publish one batch of every consultation that is due: a step.

    Returns whether there was any. A batch is one transaction: killed, it was none. Of two that run
    at the same time one leaves the consultation to the other.
    """
    moment = moment or timezone.now()
    waiting = Commitment.objects.filter(position=None)
    consultations = Consultation.objects.filter(pk__in=waiting.values("consultation").distinct())
    published = [publish_batch(each, moment) for each in consultations.order_by("pk")]
    return any(published)


def publish_batch(consultation: Consultation, moment: datetime) -> bool:
    """Publish what is waiting, if it is due; whether it was."""
    with transaction.atomic():
        if not _is_ours(consultation) or not is_due(consultation, moment):
            return False
        digests = _shuffled(consultation)
        if digests:
            _append(consultation, digests, moment)
            transaction.on_commit(lambda: cache.delete(summary_key(consultation)))
        return bool(digests)


def _is_ours(consultation: Consultation) -> bool:
    """Whether nobody else publishes a batch of it; from now until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, consultation.pk])
        return bool(cursor.fetchone()[0])


def takes_all_from(consultation: Consultation) -> datetime:
    """When a batch is no longer put off until enough others wait with it."""
    return consultation.closes_at + settings.GRACE_PERIOD


def is_due(consultation: Consultation, moment: datetime) -> bool:
    """Whether what is waiting may be published: enough, after enough time; or all after closing."""
    waiting = Commitment.objects.filter(consultation=consultation, position=None)
    if moment >= takes_all_from(consultation):
        return waiting.exists()
    last = last_checkpoint(consultation)
    if last and moment < last.made_at + PERIOD:
        return False
    return waiting[:LEAST].count() >= LEAST


def _shuffled(consultation: Consultation) -> list[str]:
    """The waiting commitments in an order that tells nothing, locked.

    One that is being withdrawn just now is left for the next batch, so that nobody waits for a
    batch that waits for them.
    """
    waiting = Commitment.objects.filter(consultation=consultation, position=None)
    locked = waiting.select_for_update(skip_locked=True).order_by("digest")
    digests = list(locked.values_list("digest", flat=True)[:MOST])
    random.SystemRandom().shuffle(digests)
    return digests


def _append(consultation: Consultation, digests: list[str], moment: datetime) -> None:
    size = size_of(consultation)
    frontier = hashes_at(consultation, cover(0, size))
    complete = grown(size, frontier, map(bytes.fromhex, digests))
    new_size = size + len(digests)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE surveys_commitment SET position = %s + listed.number"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS listed (digest, number)"
            " WHERE surveys_commitment.digest = listed.digest",
            [size - 1, digests],
        )
    TreeNode.objects.bulk_create(
        [
            TreeNode(consultation=consultation, level=level, number=number, hash=value)
            for (level, number), value in complete.items()
            if level
        ],
        batch_size=5000,
    )
    _sign(consultation, new_size, {**frontier, **complete}, moment)


def _sign(
    consultation: Consultation, size: int, hashes: dict[Place, bytes], moment: datetime
) -> None:
    root = root_of(cover(0, size), hashes)
    note = Note(origin(consultation), size, root, moment.replace(microsecond=0))
    Checkpoint.objects.create(
        consultation=consultation, size=size, root=root, made_at=note.made_at, note=note.signed()
    )
