"""How rows leave PostgreSQL: by COPY over one connection, or many of them over several at once.

One COPY is one process of the server, and most of its time goes into cells. So every few thousand
rows are a COPY of their own, which two connections take by turns; all see the same moment. What is
held in memory is at most the rows of the few ranges that are ahead of the reader.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from queue import SimpleQueue
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from psycopg.abc import Buffer

ROWS_IN_BLOCK = 250
ROWS_IN_RANGE = 5_000
STREAMS = 2
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
"""Before and behind all keys."""

Block = tuple[bytes, int]
"""Lines of CSV, and how many rows they are."""
NOTHING: Block = (b"", 0)

ALONE = "SET LOCAL max_parallel_workers_per_gather = 0"
"""Handing rows with many cells from one process to the other costs more than it saves,
and the others are there for those who answer."""


@dataclass(frozen=True)
class Query:
    """Rows with their cells, in the order of their keys.

    A condition over `response.id` fits between `head` and `tail`.
    """

    head: sql.Composable
    tail: sql.Composable

    def all(self) -> sql.Composable:
        return sql.Composed([self.head, self.tail])

    def between(self, after: UUID, until: UUID) -> sql.Composable:
        """Those after one key and up to another."""
        condition = sql.SQL("WHERE response.id > {} AND response.id <= {} ").format(after, until)
        return sql.Composed([self.head, condition, self.tail])


def copied(query: Query, alias: str, keys: sql.Composable | None = None) -> Iterator[Block]:
    """All rows as CSV, of one moment.

    With `keys`, SQL that gives every `id` there may be, many rows are read in ranges: over one
    connection nevertheless where no further one is free, and within a transaction, which alone sees
    what it has written.
    """
    with ExitStack() as held:
        streams: list[BaseDatabaseWrapper] = []
        if keys and _are_many(keys, alias):
            with suppress(DatabaseError):
                streams = held.enter_context(_of_one_moment(alias, 1 + STREAMS))
        if keys and streams:
            walker, *others = streams
            yield from _in_ranges(query, _bounds(keys, walker), others)
        else:
            yield from _in_one(query, alias)


def _are_many(keys: sql.Composable, alias: str) -> bool:
    own = connections[alias]
    return not own.in_atomic_block and _end_of_range(keys, own, FIRST) is not None


def _in_one(query: Query, alias: str) -> Iterator[Block]:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(ALONE)
        with cursor.copy(_copy(query.all())) as lines:
            # Row by row, passing them on takes longer than getting them.
            rows = iter(lines)
            while (block := _block(islice(rows, ROWS_IN_BLOCK))) != NOTHING:
                yield block


def _in_ranges(
    query: Query, bounds: Iterable[tuple[UUID, UUID]], streams: list[BaseDatabaseWrapper]
) -> Iterator[Block]:
    """In order, while the next ones are being read."""
    free: SimpleQueue[BaseDatabaseWrapper] = SimpleQueue()
    for stream in streams:
        free.put(stream)
    ahead: deque[Future[Block]] = deque()
    with ThreadPoolExecutor(len(streams)) as threads:
        for after, until in bounds:
            ahead.append(threads.submit(_range, free, query.between(after, until)))
            if len(ahead) > len(streams):
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _bounds(keys: sql.Composable, walker: BaseDatabaseWrapper) -> Iterator[tuple[UUID, UUID]]:
    """Between which keys there are so many as one range has."""
    after = FIRST
    while until := _end_of_range(keys, walker, after):
        yield after, until
        after = until
    yield after, LAST


def _end_of_range(keys: sql.Composable, own: BaseDatabaseWrapper, after: UUID) -> UUID | None:
    """The last key of the range that begins after that one; None for the last range."""
    statement = sql.SQL("SELECT id FROM ({}) keys WHERE id > {} ORDER BY id OFFSET {} LIMIT 1")
    found: UUID | None = _found(own, statement.format(keys, after, ROWS_IN_RANGE - 1))
    return found


def _range(free: SimpleQueue[BaseDatabaseWrapper], statement: sql.Composable) -> Block:
    stream = free.get()
    try:
        with stream.cursor() as cursor, cursor.copy(_copy(statement)) as lines:
            return _block(lines)
    finally:
        free.put(stream)


def _block(lines: Iterable[Buffer]) -> Block:
    """One line after the other is written behind the last: a list of them takes twice the time."""
    block, number = bytearray(), 0
    for line in lines:
        block += line
        number += 1
    return bytes(block), number


def _copy(statement: sql.Composable) -> sql.Composable:
    return sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(statement)


@contextmanager
def _of_one_moment(alias: str, number: int) -> Iterator[list[BaseDatabaseWrapper]]:
    """So many further connections, for any thread, that see the rows of the same moment."""
    with ExitStack() as held:
        first = held.enter_context(_reading(alias))
        moment = _found(first, sql.SQL("SELECT pg_export_snapshot()"))
        others = [held.enter_context(_reading(alias, moment)) for _stream in range(number - 1)]
        yield [first, *others]


@contextmanager
def _reading(alias: str, moment: str | None = None) -> Iterator[BaseDatabaseWrapper]:
    own = connections[alias].copy()
    own.inc_thread_sharing()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            if moment:
                cursor.execute("SET TRANSACTION SNAPSHOT %s", [moment])
            cursor.execute(ALONE)
        yield own
    finally:
        with suppress(DatabaseError):
            own.rollback()
        own.close()


def _found(own: BaseDatabaseWrapper, statement: sql.Composable) -> Any:
    """The value of the only row, or None where there is none."""
    with own.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row[0] if row else None
