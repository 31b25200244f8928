"""Pages asked for in two databases by turns, so that what else the machine does slows both."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import scale
from bench.figures import Figure, seconds
from bench.many import look_at

TIMES = 3
GOAL = 1.5

Pages = list[tuple[str, str]]
"""Names and addresses."""

Measured = dict[str, tuple[float, int]]
"""By page the seconds it took, and its number of queries."""


def measured(client: Client, pages: Callable[[], Pages], few: str, many: str) -> list[Measured]:
    """The fastest of all times, in few and in many. `pages` are those of what is looked at."""
    addresses: dict[str, Pages] = {}
    for name in (few, many):
        look_at(name)
        addresses[name] = pages()
    found: dict[str, Measured] = {few: {}, many: {}}
    for _round in range(scale.now().rounds):
        for pair in zip(*addresses.values(), strict=True):
            for name, (page, address) in zip(addresses, pair, strict=True):
                look_at(name)
                asked = _asked(client, address)
                found[name][page] = min(found[name].get(page, asked), asked)
    return list(found.values())


def figures(at_few: Measured, at_many: Measured) -> list[Figure]:
    """Many beside few, page by page."""
    for page, (_time, queries) in at_many.items():
        print(f"  queries of {page}: {queries}, of {scale.now().few:,} responses {at_few[page][1]}")
    return [
        Figure(page, 1000 * took, "ms", 1000 * at_few[page][0], goal=GOAL)
        for page, (took, _queries) in at_many.items()
    ]


def queries(measured: Measured) -> int:
    return sum(number for _time, number in measured.values())


def _asked(client: Client, address: str) -> tuple[float, int]:
    """The least seconds it took, and the number of queries when everything was there already."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    elsewhere = answer.get("Location", "")
    # An error of the list of responses, or that somebody should sign in, is soon told.
    if answer.status_code >= 400 or "?e=1" in elsewhere or "next=" in elsewhere:
        raise RuntimeError(f"{address} answers {answer.status_code}")
    # Before the next request forgets them.
    number = len(captured)
    return min(seconds(lambda: client.get(address)) for _time in range(TIMES)), number
