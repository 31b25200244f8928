"""Sending a citizen's five answers, beside a bare view that inserts one row of the same answers.

One POST holds all the answers; it is answered with the way to the receipt once they are committed.
Both behind gunicorn as the site configures it, one worker on a core of its own, by turns. In the
end what was acknowledged is compared with what is stored. It takes about 40 seconds.
"""

import json
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.figures import Figure
from bench.load import hit, post
from bench.serving import collect_static_files, environment, served
from surveys.answering.form_key import FormKey
from surveys.models import Consultation, Response, Version
from tests.surveys.results_cast import open_now

FORM = "/en/citizens/"
ROUNDS = 5
REQUESTS = 1_000
ANSWERS = {
    "place": "timis",
    "C1": "both",
    "C2": ["nature", "risk"],
    "C3": "heard",
    "C4": ["law"],
    "C5": "Un pod la Baziaș, vă rog, și un drum bun până la el de pe amândouă malurile.",
}


def measure() -> list[Figure]:
    open_now(Consultation.objects.get())
    Response.objects.all().delete()
    collect_static_files()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bare_row (id bigserial PRIMARY KEY, answers jsonb NOT NULL,"
            " sent_at timestamptz NOT NULL DEFAULT now())"
        )
    with (
        served("consultation.wsgi") as ours,
        served("bench.bare.wsgi", given=environment()) as bare,
    ):
        rates = [
            (_rate(bare, bare_requests(REQUESTS)), _rate(ours, own_requests(REQUESTS)))
            for _round in range(ROUNDS)
        ]
    _check_that_all_are_stored()
    floor, figure = sorted(rates[1:], key=lambda rate: rate[1] / rate[0])[len(rates) // 2]
    return [Figure("submit", figure, "/s", floor, goal=0.5, at_most=False)]


def own_requests(number: int) -> list[bytes]:
    """So many people's forms, each with the key that its page had."""
    version = Version.objects.filter(questionnaire__slug="citizens").latest("number")
    return [post(FORM, filled_in(version, ANSWERS).encode()) for _person in range(number)]


def filled_in(version: Version, answers: Mapping[str, Any]) -> str:
    """What a browser sends of one person's form, which was opened now."""
    key = FormKey(timezone.now(), version.pk).signed()
    return urllib.parse.urlencode({**answers, "key": key}, doseq=True)


def bare_requests(number: int) -> list[bytes]:
    body = urllib.parse.urlencode({"answers": json.dumps(ANSWERS, ensure_ascii=False)})
    return [post("/row", body.encode())] * number


def _rate(port: int, requests: Sequence[bytes]) -> float:
    heard = hit(port, requests)
    if set(heard.statuses) != {302}:
        raise RuntimeError(f"What was sent is answered by {heard.statuses}")
    return heard.rate


def _check_that_all_are_stored() -> None:
    stored = Response.objects.sent().count()
    if stored != ROUNDS * REQUESTS:
        raise RuntimeError(f"{ROUNDS * REQUESTS} were acknowledged, {stored} are stored")
