"""The five questions of citizens here and on a survey app of the package index, side by side.

The same PostgreSQL, the same gunicorn and its configuration, the same client; by turns. The peer
is `django-survey-and-report`, in a virtual environment of its own under `var/peer`. Each person
comes anew, opens the form, sends it and reads the receipt, as with a browser. It takes about 90
seconds, and half a minute more the first time.
"""

import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

from bench.figures import Figure, seconds
from bench.serving import ROOT, collect_static_files, served
from bench.submit import ANSWERS
from surveys.exports.dataset import csv_blocks
from surveys.fabrication import fabricate
from surveys.models import Consultation, Question, Questionnaire, Response, Version
from tests.surveys.results_cast import open_now

SITE = ROOT / "bench" / "peer_site"
VENV = ROOT / "var" / "peer"
ROUNDS = 3
SECONDS = 5
CLIENTS = 4
ROWS = 2_000
KINDS = {"single": "radio", "multiple": "select-multiple", "text": "text"}
ASKED = ("C1", "C2", "C3", "C4", "C5")
# The words that bench/peer_site/peer_work.py fills in too.
WORDS = {"C5": "Un pod la Baziaș, vă rog"}
HIDDEN = re.compile(r'name="(key|csrfmiddlewaretoken)" value="([^"]+)"')
TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


class Peer:
    """The other app: its programs, its database."""

    def __init__(self) -> None:
        self.python = VENV / "bin" / "python"
        own = connection.settings_dict
        self.database = {name: own[name] for name in ("HOST", "PORT", "USER", "PASSWORD")}
        self.database["NAME"] = f"{own['NAME']}_peer"
        told = json.dumps(self.database)
        self.environment = {
            "PATH": os.environ["PATH"],
            # For the configuration of gunicorn, which is ours.
            "PYTHONPATH": str(ROOT),
            "PEER_DATABASE": told,
            "PYTHONWARNINGS": "ignore",
        }

    def install(self) -> str:
        """Once; gives the version."""
        if not self.python.exists():
            subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
            pip = [self.python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
            subprocess.run([*pip, "-r", SITE / "requirements.txt"], check=True)
        asked = "import importlib.metadata as m; print(m.version('django-survey-and-report'))"
        return subprocess.check_output([self.python, "-c", asked], text=True).strip()

    def work(self, *command: Any) -> Any:
        """What `peer_work.py` answers."""
        name, *given = command
        said = subprocess.run(
            [self.python, "peer_work.py", name, *map(json.dumps, given)],
            cwd=SITE,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return json.loads(said.stdout)


def measure() -> list[Figure]:
    open_now(Consultation.objects.get())
    Response.objects.all().delete()
    peer = Peer()
    version = peer.install()
    with _empty_database(peer.database["NAME"]):
        made = peer.work("make", _questions())
        ours, theirs = _submissions(peer, made)
        our_rows, their_rows = _exports(peer)
    print(f"  the peer is django-survey-and-report {version}")
    return [
        Figure("peer: submissions", ours, "/s", theirs, goal=10, at_most=False),
        Figure("peer: rows of its CSV", our_rows, "/s", their_rows, goal=20, at_most=False),
    ]


@contextmanager
def _empty_database(name: str) -> Iterator[None]:
    told = connection.settings_dict
    with psycopg.connect(
        host=told["HOST"],
        port=told["PORT"],
        user=told["USER"],
        password=told["PASSWORD"] or None,
        dbname=told["NAME"],
        autocommit=True,
    ) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            yield
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _questions() -> list[dict[str, Any]]:
    """Ours, in the peer's words."""
    version = Version.objects.filter(questionnaire__slug="citizens").latest("number")
    asked = Question.objects.filter(version=version, name__in=ASKED).order_by("position")
    return [
        {
            "text": str(question.text),
            "type": KINDS[question.kind],
            "required": question.required,
            "maximum_choices": question.maximum,
            "choices": "|".join(str(each.label) for each in question.options.all()) or None,
        }
        for question in asked
    ]


def _submissions(peer: Peer, made: dict[str, Any]) -> tuple[float, float]:
    """People a second who have opened the form, sent it and read the receipt: ours, the peer's."""
    collect_static_files()
    gunicorn = [peer.python, "-m", "gunicorn"]
    with (
        served("consultation.wsgi") as a,
        served("peer_wsgi", gunicorn=gunicorn, folder=SITE, given=peer.environment) as b,
    ):
        here = Visitors(a, "/en/citizens/", ANSWERS | WORDS)
        there = Visitors(b, made["path"], made["form"])
        rates: dict[Visitors, list[float]] = {here: [], there: []}
        for visitors in rates:
            visitors.rate(1)
        for _round in range(ROUNDS):
            for visitors, found in rates.items():
                found.append(visitors.rate(SECONDS))
    stored = peer.work("count"), Response.objects.count()
    if stored != (there.sent, here.sent):
        raise RuntimeError(f"{stored} are stored, of {there.sent} and {here.sent} that were sent")
    print(f"  here: {here.steps()}\n  peer: {there.steps()}")
    return statistics.median(rates[here]), statistics.median(rates[there])


class Visitors:
    """Several people at a time, each of whom opens the form, sends it, and reads the receipt."""

    def __init__(self, port: int, path: str, form: dict[str, Any]) -> None:
        self.port, self.path, self.form = port, path, form
        self.sent = 0
        self.spent = [0.0, 0.0, 0.0]

    def rate(self, length: float) -> float:
        """How many are through in a second, over so many seconds."""
        began, before = time.perf_counter(), self.sent
        threads = [
            threading.Thread(target=self._come, args=(began + length,))
            for _client in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return (self.sent - before) / (time.perf_counter() - began)

    def steps(self) -> str:
        """How long each step took, in the mean of all that came at once."""
        opened, sent, read = (1000 * each / self.sent for each in self.spent)
        return f"opened in {opened:.0f} ms, sent in {sent:.0f} ms, receipt in {read:.0f} ms"

    def _come(self, until: float) -> None:
        one = http.client.HTTPConnection("127.0.0.1", self.port)
        while time.perf_counter() < until:
            self._visit(one)
        one.close()

    def _visit(self, one: http.client.HTTPConnection) -> None:
        began = time.perf_counter()
        opened, page = _ask(one, "GET", self.path, 200)
        carried = dict(HIDDEN.findall(page))
        cookie = (opened.headers["Set-Cookie"] or "").partition(";")[0]
        body = urllib.parse.urlencode(self.form | carried, doseq=True)
        sending = time.perf_counter()
        sent, _text = _ask(one, "POST", self.path, 302, body, TYPE | {"Cookie": cookie})
        reading = time.perf_counter()
        _ask(one, "GET", sent.headers["Location"], 200)
        ended = time.perf_counter()
        self.sent += 1
        for step, took in enumerate((sending - began, reading - sending, ended - reading)):
            self.spent[step] += took


def _ask(
    one: http.client.HTTPConnection, method: str, path: str, expected: int, *more: Any
) -> tuple[http.client.HTTPResponse, str]:
    one.request(method, path, *more)
    answer = one.getresponse()
    text = answer.read().decode()
    if answer.status != expected:
        raise RuntimeError(f"{path} answers {answer.status}")
    return answer, text


def _exports(peer: Peer) -> tuple[float, float]:
    """Rows of the CSV that are written in a second, of as many responses."""
    citizens = Questionnaire.objects.get(slug="citizens")
    Response.objects.all().delete()
    rng = random.Random(2027)  # noqa: S311 - plausible, not secret
    for _written in fabricate(citizens, ROWS, rng):
        pass
    ours = [
        ROWS / seconds(lambda: b"".join(csv_blocks(citizens, Response.objects.all())))
        for _round in range(ROUNDS)
    ]
    theirs = [peer.work("export", ROWS) for _round in range(ROUNDS)]
    if any(each["rows"] != ROWS for each in theirs):
        raise RuntimeError("The peer's file has another number of rows")
    return statistics.median(ours), statistics.median(ROWS / each["seconds"] for each in theirs)
