"""What is published of the record: the list, the states, the checkpoints and the numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat
from psycopg import sql

from surveys.ledger.batches import takes_all_from
from surveys.ledger.stored import summary_key
from surveys.models import Checkpoint, Commitment, Consultation, Response, Transcript

COUNTED_EVERY = 60
"""Seconds. To count is to go through every commitment."""
KEPT_SECONDS = 10 * COUNTED_EVERY
LISTED = ExpressionWrapper(Q(position__isnull=False), BooleanField())


@dataclass(frozen=True)
class Summary:
    """The numbers of a consultation's record; those of entries are of the list."""

    checkpoint: Checkpoint | None
    counted: int
    replaced: int
    withdrawn: int
    not_counted: int
    waiting: int
    """Commitments to responses that count, which come with the next batch."""
    published: int
    """Responses that count, as the published data have them."""
    is_final: bool
    """Whether nothing can be added any more."""

    @property
    def size(self) -> int:
        return self.checkpoint.size if self.checkpoint else 0

    @property
    def root(self) -> str:
        """In hex; empty where nothing is published yet."""
        return bytes(self.checkpoint.root).hex() if self.checkpoint else ""

    @property
    def adds_up(self) -> bool:
        """Whether every entry is in one state."""
        return self.size == self.counted + self.replaced + self.withdrawn + self.not_counted

    @property
    def equals_published(self) -> bool:
        """Whether as many commitments count as responses do."""
        return self.counted + self.waiting == self.published


def summary(consultation: Consultation) -> Summary:
    """The numbers as they were counted last, by `summarise_due`; counted now where nobody did."""
    found: Summary | None = cache.get(summary_key(consultation))
    return found or _summarise(consultation)


def summarise_due() -> bool:
    """Count anew once a minute, so that no page has to: a step. It never leaves anything."""
    consultation = Consultation.objects.current()
    if consultation and cache.add(f"{summary_key(consultation)}.fresh", True, COUNTED_EVERY):
        _summarise(consultation)
    return False


def _summarise(consultation: Consultation) -> Summary:
    found = summary_now(consultation)
    cache.set(summary_key(consultation), found, KEPT_SECONDS)
    return found


def summary_now(consultation: Consultation) -> Summary:
    """The numbers as they are, all of one moment."""
    # Before counting: a form that becomes a response meanwhile is still one that can.
    can_grow = consultation.now < can_grow_until(consultation) or _forms_wait(consultation)
    counts = _counts(consultation)
    listed = {word: number for (word, is_listed), number in counts.items() if is_listed}
    waiting = sum(number for (_word, is_listed), number in counts.items() if not is_listed)
    published = listed.pop("published", 0)
    checkpoints = Checkpoint.objects.filter(consultation=consultation)
    return Summary(
        checkpoint=checkpoints.filter(size=sum(listed.values())).first(),
        counted=listed.get("counted", 0),
        replaced=listed.get("replaced", 0),
        withdrawn=listed.get("withdrawn", 0),
        not_counted=listed.get("not-counted", 0),
        waiting=counts.get(("counted", False), 0),
        published=published,
        is_final=not (can_grow or waiting),
    )


def can_grow_until(consultation: Consultation) -> datetime:
    """From when on nobody can begin to type a form on paper; what was begun is finished later."""
    typed = consultation.closes_at + timedelta(days=settings.TYPED_UNTIL_DAYS)
    return max(typed, takes_all_from(consultation))


def _forms_wait(consultation: Consultation) -> bool:
    """Whether a form that somebody has begun to type can still become a response.

    Once retention has erased what was typed, it cannot.
    """
    return Transcript.objects.filter(
        version__questionnaire__consultation=consultation,
        state__in=Transcript.UNDER_WAY,
        typings__turn=1,
    ).exists()


def _counts(consultation: Consultation) -> dict[tuple[str, bool], int]:
    """How many there are in each state, listed and not, and how many responses count.

    One statement, so that nothing that is sent meanwhile makes the numbers differ.
    """
    entries = with_words(Commitment.objects.filter(consultation=consultation))
    counted = Response.objects.sent().filter(questionnaire__consultation=consultation)
    rows = (
        entries.annotate(listed=LISTED)
        .values_list("word", "listed")
        .annotate(number=Count("pk"))
        .union(
            counted.order_by()
            .annotate(word=_word("published"), listed=Value(True))
            .values_list("word", "listed")
            .annotate(number=Count("pk")),
            all=True,
        )
    )
    return {(word, listed): number for word, listed, number in rows}


def with_words(commitments: QuerySet[Commitment]) -> QuerySet[Commitment]:
    """With `word`: what has become of each, as the states file calls it."""
    counted = Response.objects.sent().filter(pk=OuterRef("response"))
    return commitments.annotate(
        word=Case(
            When(state=Commitment.State.REPLACED, then=_word("replaced")),
            When(state=Commitment.State.WITHDRAWN, then=_word("withdrawn")),
            When(Exists(counted), then=_word("counted")),
            default=_word("not-counted"),
            output_field=CharField(),
        )
    )


def _word(word: str) -> Value:
    return Value(word, output_field=CharField())


def list_blocks(checkpoint: Checkpoint) -> Iterator[bytes]:
    """The list file up to a checkpoint, in blocks, in constant memory."""
    return _lines(_entries(checkpoint), "digest")


def state_blocks(checkpoint: Checkpoint) -> Iterator[bytes]:
    """The states file: of the entries up to a checkpoint, as things are now."""
    return _lines(with_words(_entries(checkpoint)), "word")


def _entries(checkpoint: Checkpoint) -> QuerySet[Commitment]:
    return Commitment.objects.filter(
        consultation=checkpoint.consultation_id, position__lt=checkpoint.size
    )


def _lines(entries: QuerySet[Commitment], column: str) -> Iterator[bytes]:
    """A line for each entry: its position, a space, and that column."""
    position = Cast("position", CharField())
    line = Concat(position, Value(" "), F(column), output_field=CharField())
    lines = entries.order_by("position").values_list(line)
    with connection.cursor() as cursor:
        query = sql.SQL(cursor.mogrify(*lines.query.sql_with_params()))
        with cursor.copy(sql.SQL("COPY ({}) TO STDOUT").format(query)) as blocks:
            yield from map(bytes, blocks)


def checkpoint_blocks(consultation: Consultation) -> Iterator[bytes]:
    """Every checkpoint, the first one first, with an empty line between two."""
    notes = Checkpoint.objects.filter(consultation=consultation).order_by("size")
    for number, note in enumerate(notes.values_list("note", flat=True).iterator()):
        yield f"\n{note}".encode() if number else note.encode()
