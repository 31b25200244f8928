"""Opening the citizens' form, beside a bare view that answers with the very same bytes.

Both behind gunicorn as the site configures it, one worker on a core of its own, by turns. It takes
about 20 seconds.
"""

import http.client
import tempfile
from pathlib import Path

from bench.figures import Figure
from bench.load import get, hit
from bench.serving import collect_static_files, environment, served
from surveys.models import Consultation
from tests.surveys.results_cast import open_now

FORM = "/en/citizens/"
ROUNDS = 5
REQUESTS = 2_000


def measure() -> list[Figure]:
    open_now(Consultation.objects.get())
    collect_static_files()
    with tempfile.TemporaryDirectory() as folder, served("consultation.wsgi") as ours:
        page = Path(folder) / "page.html"
        page.write_bytes(_read(ours, FORM))
        with served("bench.bare.wsgi", given=environment() | {"BARE_PAGE": str(page)}) as bare:
            rates = [(_rate(bare, "/page"), _rate(ours, FORM)) for _round in range(ROUNDS)][1:]
    floor, figure = sorted(rates, key=lambda rate: rate[1] / rate[0])[len(rates) // 2]
    return [Figure("form: opened", figure, "/s", floor, goal=0.6, at_most=False)]


def _read(port: int, path: str) -> bytes:
    one = http.client.HTTPConnection("127.0.0.1", port)
    one.request("GET", path)
    answer = one.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path} answers {answer.status}")
    return answer.read()


def _rate(port: int, path: str) -> float:
    heard = hit(port, [get(path)] * REQUESTS)
    if set(heard.statuses) != {200}:
        raise RuntimeError(f"{path} answers {heard.statuses}")
    return heard.rate
