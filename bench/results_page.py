"""The public results of a million responses, beside those of a thousand, and how late they are.

Both databases hold the same responses of organisations, tallies of all of it and a release that
leaves out every number under ten: what else a release hides takes minutes to find and changes
nothing of how long a page takes. Pages are asked for by turns, and the fastest of all times counts.
"""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils.translation import override

from bench.figures import Figure, seconds
from bench.many import copy_with, look_at, tidy
from surveys.desk.work import bring_tallies_up_to_date
from surveys.fabrication import fabricate
from surveys.management.watching import LOOK_EVERY
from surveys.models import Consultation, Questionnaire, Response, Untallied
from surveys.results.views import KEPT_SECONDS
from surveys.tabulation.counted import EVERYBODY
from surveys.tallying.folding import count_anew, fold
from surveys.tallying.reading import totals
from tests.surveys.keys import new_key
from tests.surveys.results_cast import open_now, release

FEW = 1_000
MANY = int(os.environ.get("BENCH_RESPONSES", 1_000_000))
ORGANISATIONS = 150
SEED = 2027
ROUNDS = 12
TIMES = 2
MINUTE = 60
SENDING_SECONDS = 20
PER_SECOND = 8
FORM = "/ro/citizens/"
ANSWERS = {"place": "timis", "C2": ["nature", "risk"], "C5": "Un pod la Baziaș, vă rog"}

# As the trigger notes each response that is sent; copies were written without it.
NOTE = """
    INSERT INTO surveys_untallied (response_id, was_counted, questionnaire_id)
    SELECT id, false, questionnaire_id FROM surveys_response
    WHERE state = 'sent' AND NOT is_rehearsal AND id > %s
    ORDER BY id
"""
PUBLISH = """
    INSERT INTO surveys_decision
     (response_id, question, verdict, hidden, digest, reason, decided_at, is_current)
    SELECT id, 'C5', 'publish', '[]', encode(sha256(convert_to(answers->>'C5', 'UTF8')), 'hex'),
     '', now(), true
    FROM surveys_response WHERE answers ? 'C5' ORDER BY id
"""
OLDEST = """
    SELECT extract(epoch FROM clock_timestamp() - min(sent_at)) FROM surveys_response
    WHERE id IN (SELECT response_id FROM surveys_untallied)
"""

Measured = dict[str, tuple[float, int]]
"""By page the seconds it took, and its number of queries."""


@override_settings(DEBUG=False, ALLOWED_HOSTS=["testserver"])
def measure() -> list[Figure]:
    last = _prepare()
    with copy_with(MANY) as (few, many):
        look_at(many)
        _tally(last)
        for name in (few, many):
            look_at(name)
            _publish()
        found = _measured(few, many)
        look_at(many)
        late = _lateness()
    at_few, at_many = found[few], found[many]
    for page, (_time, queries) in at_many.items():
        print(f"  queries of {page}: {queries}, of {FEW:,} responses {at_few[page][1]}")
    print(f"  oldest response that was not in the tallies: {late:.2f} s")
    return [
        *(
            Figure(page, 1000 * took, "ms", 1000 * at_few[page][0], goal=1.5)
            for page, (took, _queries) in at_many.items()
        ),
        # A copy of the page may be kept for a while by whoever has asked for it.
        Figure("results: behind, kept copies too", late + KEPT_SECONDS, "s", MINUTE, goal=1),
    ]


def _prepare() -> object:
    """An open consultation with few responses, all tallied; the key of the last of them."""
    open_now(Consultation.objects.get(), opinions_while_open=True)
    rng = random.Random(SEED)  # noqa: S311 - plausible, not secret
    citizens = _citizens()
    lacking = FEW - Response.objects.filter(questionnaire=citizens).count()
    for _written in fabricate(citizens, lacking, rng):
        pass
    last = Response.objects.order_by("-id")[0].pk
    while fold(citizens):
        pass
    tidy()
    return last


def _tally(last: object) -> None:
    """Bring the tallies of few responses up to date with many, in both ways there are."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [last])
    tidy()
    citizens = _citizens()
    _print_rate("noted responses folded", seconds(lambda: _fold(citizens)))
    _print_rate("responses counted anew", seconds(lambda: count_anew(citizens)))
    there = Response.objects.filter(questionnaire=citizens).count()
    if totals(citizens)[EVERYBODY] != there:
        raise RuntimeError("The tallies are not of all responses")


def _fold(questionnaire: Questionnaire) -> None:
    while fold(questionnaire):
        pass


def _print_rate(what: str, took: float) -> None:
    print(f"  {MANY:,} {what} in {took:.1f} s, {MANY / took:,.0f} a second")


def _publish() -> None:
    """Organisations answer too; everything is released, and every answer in words published."""
    stakeholders = Questionnaire.objects.get(slug="stakeholders")
    rng = random.Random(SEED)  # noqa: S311 - plausible, not secret
    for _written in fabricate(stakeholders, ORGANISATIONS, rng):
        pass
    release(Consultation.objects.current())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(PUBLISH)
    cache.clear()
    tidy()


def _citizens() -> Questionnaire:
    return Questionnaire.objects.get(slug="citizens")


def _measured(*names: str) -> dict[str, Measured]:
    """By turns, page by page: so what else the machine does slows down all of them."""
    client = Client()
    found: dict[str, Measured] = {name: {} for name in names}
    for _round in range(ROUNDS):
        for page, address in _pages():
            for name in names:
                look_at(name)
                asked = _asked(client, address)
                found[name][page] = min(found[name].get(page, asked), asked)
    return found


def _pages() -> list[tuple[str, str]]:
    with override("ro"):
        results = reverse("results")
        question = reverse("results_question", args=["citizens", "C2"])
        figures = reverse("results_figures", args=["citizens", "C2"])
        comments = reverse("results_comments")
    return [
        ("results", results),
        ("results: of one country", f"{results}?country=ro"),
        ("results: of one place", f"{results}?place=timis"),
        ("results: one question", question),
        ("results: a question by place", f"{question}?by=place"),
        ("results: its figures (CSV)", f"{figures}?by=place"),
        ("results: comments", comments),
        ("results: comments of a question", f"{comments}?question=citizens/C5"),
    ]


def _asked(client: Client, address: str) -> tuple[float, int]:
    """The least seconds it took, and the number of queries when everything was there already."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}")
    # Before the next request forgets them.
    number = len(queries)
    return min(seconds(lambda: client.get(address)) for _time in range(TIMES)), number


def _lateness() -> float:
    """The greatest age of a response outside the tallies while others keep being sent."""
    oldest = 0.0
    with _working():
        until = time.monotonic() + SENDING_SECONDS
        while time.monotonic() < until:
            began = time.monotonic()
            _send()
            oldest = max(oldest, _oldest())
            time.sleep(max(0, 1 / PER_SECOND - (time.monotonic() - began)))
        while Untallied.objects.exists():
            oldest = max(oldest, _oldest())
            time.sleep(0.1)
    return oldest


def _send() -> None:
    answer = Client().post(FORM, {"key": new_key()} | ANSWERS)
    if answer.status_code != 302:
        raise RuntimeError(f"A form was answered {answer.status_code}")


def _oldest() -> float:
    with connection.cursor() as cursor:
        cursor.execute(OLDEST)
        return float(cursor.fetchone()[0] or 0)


@contextmanager
def _working() -> Iterator[None]:
    """Meanwhile tallies follow, as `manage.py work --watch` has them follow."""
    is_over = threading.Event()

    def work() -> None:
        try:
            while not is_over.is_set():
                while bring_tallies_up_to_date():
                    pass
                is_over.wait(LOOK_EVERY)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        is_over.set()
        worker.join()
