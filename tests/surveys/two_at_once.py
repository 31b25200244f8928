"""Two who work at the same moment, each on a connection of its own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

WAITING = (
    "SELECT count(*) FROM pg_locks"
    " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


def until_it_waits_for_us(other: Future | None = None) -> None:
    """Or until the other one is done, where it is named."""
    end = time.monotonic() + 20
    with connection.cursor() as cursor:
        while other is None or not other.done():
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < end, "nobody waits"
            time.sleep(0.02)


@contextmanager
def at_the_first_delete(do: Callable[[], Any]) -> Iterator[list[Future]]:
    """Somebody else does it then, for a second at most before the deleting goes on."""
    doing: list[Future] = []

    def do_it():
        try:
            return do()
        finally:
            connections.close_all()

    def look(execute, query, *arguments):
        if query.startswith("DELETE") and not doing:
            doing.append(pool.submit(do_it))
            wait(doing, timeout=1)
        return execute(query, *arguments)

    with ThreadPoolExecutor(1) as pool, connection.execute_wrapper(look):
        yield doing
