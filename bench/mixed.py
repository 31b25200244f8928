"""How long people wait while others send, look at the results and take an export, all at once.

Requests of each kind come by chance at a rate of their own, whether or not the one before was
answered, and each waits from the moment it was due. The floors are the same requests with nobody
else there. The site has the two workers it is deployed with, and shares all cores with PostgreSQL,
the export and those who ask. It takes about two minutes.
"""

import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context

from bench.figures import Figure
from bench.load import get, waits
from bench.serving import ROOT, collect_static_files, environment, served
from bench.submit import own_requests
from surveys.models import Consultation
from tests.surveys.results_cast import open_now

SECONDS = 20
ROUNDS = 2
A_SECOND = {"form": 20, "submit": 10, "results": 5}
COMPARED = ("form", "submit")
GOAL = 3
"""Times the p95 of the same requests alone."""


def prepare() -> None:
    """What the other parts prepare is enough."""


def compare(few: str, many: str) -> list[Figure]:
    open_now(Consultation.objects.get())
    collect_static_files()
    alone: dict[str, list[float]] = {kind: [] for kind in COMPARED}
    mixed: dict[str, list[float]] = {kind: [] for kind in A_SECOND}
    with served("consultation.wsgi", workers=2) as port:
        _waits(port, A_SECOND)
        for _round in range(ROUNDS):
            for kind in COMPARED:
                alone[kind] += _waits(port, [kind])[kind]
            with _exports():
                for kind, times in _waits(port, A_SECOND).items():
                    mixed[kind] += times
    print(f"  results meanwhile: p95 {_p95(mixed['results']):.0f} ms", file=sys.stderr)
    return [
        Figure(f"mixed: {kind}, p95", _p95(mixed[kind]), "ms", _p95(alone[kind]), GOAL)
        for kind in COMPARED
    ]


def _waits(port: int, kinds: Sequence[str] | Mapping[str, int]) -> dict[str, list[float]]:
    """Those of each kind of request, in seconds; each kind has a process of its own."""
    with get_context("fork").Pool(len(kinds)) as pool:
        given = [(port, _requests(kind), A_SECOND[kind]) for kind in kinds]
        return dict(zip(kinds, pool.starmap(waits, given), strict=True))


def _requests(kind: str) -> list[bytes]:
    number = A_SECOND[kind] * SECONDS
    if kind == "submit":
        return own_requests(number)
    return [get({"form": "/en/citizens/", "results": "/en/results/"}[kind])] * number


@contextmanager
def _exports() -> Iterator[None]:
    """One export after the other, as the command makes them."""
    over = threading.Event()
    exporting = threading.Thread(target=_export_until, args=[over])
    exporting.start()
    try:
        yield
    finally:
        over.set()
        exporting.join()


def _export_until(over: threading.Event) -> None:
    command = [sys.executable, "manage.py", "export_responses", "--questionnaire", "citizens"]
    while not over.is_set():
        subprocess.run(
            [*command, "-o", "/dev/null"],
            cwd=ROOT,
            env=environment(),
            check=True,
            capture_output=True,
        )


def _p95(times: Sequence[float]) -> float:
    """In milliseconds."""
    return statistics.quantiles(times, n=20)[-1] * 1000
