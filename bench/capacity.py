"""`python -m bench.capacity`: what responses need of machines, as the tables of docs/capacity.md.

What one response costs is measured on a database of its own, in processor time and in bytes; the
rest is arithmetic on the assumptions below. It takes about a minute.
"""

import math
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consultation.settings")
django.setup()

import psutil  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from bench.figures import seconds  # noqa: E402
from bench.submit import FORM, filled_in  # noqa: E402
from surveys.desk.work import STEPS  # noqa: E402
from surveys.exports.dataset import csv_blocks  # noqa: E402
from surveys.fabrication import fabricate  # noqa: E402
from surveys.models import Consultation, Questionnaire, Response, Version  # noqa: E402
from tests.content import load_content  # noqa: E402
from tests.surveys.results_cast import open_now  # noqa: E402

RESPONSES = (5_000, 500_000, 5_000_000, 50_000_000)
LAST_DAY, PEAK_HOUR, BURST = 0.20, 0.10, 3
"""Of all responses on the last day; of those in its busiest hour; busiest second to that mean."""
PAGES = 3
"""Pages that are read for each response that is sent."""
BUSY = 0.5
"""Processors are planned to be so busy at the most."""
POOL = 20
"""Connections of PgBouncer to the primary, or three for each core where that is more."""
SENT = 1_000
DRAWN = f"{FORM}?kiosk=1"
FABRICATED = 20_000
TABLES = """
    SELECT sum(pg_total_relation_size(oid)) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


@dataclass(frozen=True)
class Costs:
    """Of one response, or of one page."""

    page: float
    """Seconds of a web instance's processor for a form that is opened."""
    sending: float
    """The same for a form that is sent."""
    database: float
    """Seconds of the primary's processor for a form that is sent."""
    beside: float
    """Seconds of both for tallies and the public list."""
    stored: float
    """Bytes with indexes, commitments and tallies."""
    log: float
    """Bytes of the write-ahead log, tallies and public list too, between checkpoints."""
    exported: float
    """Rows of the CSV in a second."""


# All of it comes from one address.
@override_settings(
    DEBUG=False, ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False, SENT_PER_NETWORK=0
)
def measure() -> Costs:
    open_now(Consultation.objects.get())
    citizens = Questionnaire.objects.get(slug="citizens")
    rng = random.Random(2027)  # noqa: S311 - plausible, not secret
    for _written in fabricate(citizens, FABRICATED, rng):
        pass
    took = seconds(lambda: list(csv_blocks(citizens, Response.objects.all())))
    client, bodies = Client(), _bodies()
    _send(client, bodies[: SENT // 10])
    _catch_up()
    before, log = _ask(TABLES), _log()
    # Of a kiosk, whose page is kept for nobody else: each is drawn anew.
    page, _database = _processor(lambda: [client.get(DRAWN) for _time in range(SENT)])
    sending, database = _processor(lambda: _send(client, bodies[SENT // 10 :]))
    beside = sum(_processor(_catch_up))
    return Costs(
        *(each / SENT for each in (page, sending, database, beside)),
        stored=(_ask(TABLES) - before) / SENT,
        log=(_log() - log) / SENT,
        exported=FABRICATED / took,
    )


def _bodies() -> list[str]:
    """Forms with made-up answers, as they were opened by so many people."""
    version = Version.objects.filter(questionnaire__slug="citizens").latest("number")
    found = Response.objects.values_list("answers", flat=True)[: SENT + SENT // 10]
    return [filled_in(version, answers) for answers in found]


def _send(client: Client, bodies: list[str]) -> None:
    for body in bodies:
        answer = client.generic(
            "POST", FORM, body, content_type="application/x-www-form-urlencoded"
        )
        if answer.status_code != 302:
            raise RuntimeError(f"{FORM} answers {answer.status_code}")


def _catch_up() -> None:
    for step in STEPS["short"]:
        while step():
            pass


def _processor(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor it took this process, and the database."""
    connection.ensure_connection()
    backend = psutil.Process(connection.connection.info.backend_pid)
    before, began = sum(backend.cpu_times()[:2]), time.process_time()
    work()
    return time.process_time() - began, sum(backend.cpu_times()[:2]) - before


def _ask(question: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return float(cursor.fetchone()[0])


def _log() -> float:
    return _ask("SELECT pg_current_wal_insert_lsn() - '0/0'")


# The model


def row(number: int, costs: Costs) -> list[str]:
    """What so many responses need."""
    peak = number * LAST_DAY * PEAK_HOUR / 3600 * BURST
    web = peak * (costs.sending + PAGES * costs.page) / BUSY
    primary = peak * (costs.database + costs.beside) / BUSY
    return [
        f"{number:,}",
        _bytes(number * costs.stored),
        _bytes(number * costs.log),
        f"{_bytes(peak * costs.log)}/s",
        f"{peak:,.1f}",
        f"{peak * PAGES:,.1f}",
        f"{math.ceil(web):,}",
        f"{math.ceil(primary):,}",
        f"{max(POOL, 3 * math.ceil(primary)):,}",
        _time(number / costs.exported),
    ]


HEADINGS = (
    *("responses", "on disk", "log in total", "log at peak", "sent/s at peak", "pages/s at peak"),
    *("web cores", "primary's cores", "connections", "CSV of all"),
)


def _bytes(number: float) -> str:
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if number < 1000 or unit == "TB":
            break
        number /= 1000
    return f"{number:.3g} {unit}"


def _time(length: float) -> str:
    return f"{length:.1f} s" if length < 100 else f"{length / 60:.0f} min"


def _table(rows: list[list[str]]) -> str:
    ruled = [list(HEADINGS), ["--:"] * len(HEADINGS), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in ruled)


def main() -> None:
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        load_content()
        costs = measure()
    finally:
        teardown_databases(databases, verbosity=0)
    print(f"| a form opened | {1000 * costs.page:.1f} ms of a web core |")
    print(f"| a form sent | {1000 * costs.sending:.1f} ms of a web core |")
    print(f"| the same at the primary | {1000 * costs.database:.2f} ms |")
    print(f"| its tallies and its place in the public list | {1000 * costs.beside:.2f} ms |")
    print(f"| stored, with indexes | {costs.stored:,.0f} bytes |")
    print(f"| in the log | {costs.log:,.0f} bytes |")
    print(f"| rows of the CSV | {costs.exported:,.0f} a second |\n")
    print(_table([row(number, costs) for number in RESPONSES]))


if __name__ == "__main__":
    main()
