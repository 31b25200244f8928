"""The public results of a million responses, beside those of a thousand, and how late they are.

Both databases hold the same responses of organisations, tallies of all of it and a release that
leaves out every number under ten: what else a release hides takes minutes to find and changes
nothing of how long a page takes. Pages are asked for by turns, and the fastest of all times counts.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from django.utils.translation import override

from bench import scale
from bench.asking import figures, measured
from bench.figures import Figure, seconds
from bench.many import look_at, tidy
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

ORGANISATIONS = 150
SEED = 2027
MINUTE = 60
SENDING_SECONDS = 20
PER_SECOND = 8
FORM = "/ro/citizens/"
ANSWERS = {"place": "timis", "C2": ["nature", "risk"], "C5": "Un pod la Baziaș, vă rog"}

# As the trigger notes each response that is sent; copies were written without it.
NOTE = """
    INSERT INTO surveys_untallied (response_id, was_counted, questionnaire_id)
    SELECT id, false, questionnaire_id FROM surveys_response
    WHERE state = 'sent' AND NOT is_rehearsal
    AND id > (SELECT id FROM surveys_response ORDER BY id OFFSET %s - 1 LIMIT 1)
    AND id NOT IN (SELECT response_id FROM surveys_untallied)
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


def compare(few: str, many: str) -> list[Figure]:
    _tally()
    for name in (few, many):
        look_at(name)
        _publish()
    with nothing_is_kept():
        at_few, at_many = measured(Client(), _pages, few, many)
    look_at(many)
    late = _lateness()
    print(f"  oldest response that was not in the tallies: {late:.2f} s")
    return [
        *figures(at_few, at_many),
        # A copy of the page may be kept for a while by whoever has asked for it.
        Figure("results: behind, kept copies too", late + KEPT_SECONDS, "s", MINUTE, goal=1),
    ]


def nothing_is_kept() -> override_settings:
    """How long a page takes is measured, not for how long it is kept."""
    nowhere = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    return override_settings(CACHES=settings.CACHES | {"pages": nowhere})


def prepare() -> None:
    """An open consultation with few responses, all tallied."""
    open_now(Consultation.objects.get(), opinions_while_open=True)
    _fold(_citizens())


def _tally() -> None:
    """Bring the tallies of few responses up to date with many, in both ways there are."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [scale.now().few])
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
    many = scale.now().many
    print(f"  {many:,} {what} in {took:.1f} s, {many / took:,.0f} a second")


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
