"""The five questions of citizens here and on a survey app of the package index, side by side.

The same PostgreSQL, the same gunicorn and its configuration, the same client; by turns. The peer
is `django-survey-and-report`, in a virtual environment of its own under `var/peer`. It takes about
70 seconds, and a minute more the first time.
"""

import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone

from bench.figures import Figure, seconds
from surveys.answering.form_key import FormKey
from surveys.exports.dataset import csv_blocks
from surveys.fabrication import fabricate
from surveys.models import Consultation, Question, Questionnaire, Response, Version
from tests.surveys.results_cast import open_now

ROOT = settings.BASE_DIR
SITE = ROOT / "bench" / "peer_site"
VENV = ROOT / "var" / "peer"
ROUNDS = 3
SECONDS = 5
CLIENTS = 4
ROWS = 2_000
KINDS = {"single": "radio", "multiple": "select-multiple", "text": "text"}
ASKED = ("C1", "C2", "C3", "C4", "C5")
ANSWERS = {
    "place": "timis",
    "C1": "both",
    "C2": ["nature", "risk"],
    "C3": "heard",
    "C4": ["law"],
    "C5": "Un pod la Baziaș, vă rog",
}
QUIET = {"PYTHONWARNINGS": "ignore"}
TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


class Peer:
    """The other app: its programs, its database."""

    def __init__(self) -> None:
        self.python = VENV / "bin" / "python"
        own = connection.settings_dict
        self.database = {name: own[name] for name in ("HOST", "PORT", "USER", "PASSWORD")}
        self.database["NAME"] = f"{own['NAME']}_peer"
        told = json.dumps(self.database)
        self.environment = {"PATH": os.environ["PATH"], "PEER_DATABASE": told} | QUIET

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
    """Whole forms that were sent and stored in a second, ours and the peer's."""
    with (
        _served([sys.executable, "-m", "gunicorn"], "consultation.wsgi", ROOT, _environment()) as a,
        _served([peer.python, "-m", "gunicorn"], "peer_wsgi", SITE, peer.environment) as b,
    ):
        here, there = Sender(a, "/en/citizens/", _our_bodies), Sender(b, made["path"], None)
        there.prepare(made["form"])
        rates: dict[Sender, list[float]] = {here: [], there: []}
        for sender in (here, there):
            sender.rate(1)
        for _round in range(ROUNDS):
            for sender, found in rates.items():
                found.append(sender.rate(SECONDS))
    stored = peer.work("count"), Response.objects.count()
    if stored != (there.sent, here.sent):
        raise RuntimeError(f"{stored} are stored, of {there.sent} and {here.sent} that were sent")
    return statistics.median(rates[here]), statistics.median(rates[there])


def _environment() -> dict[str, str]:
    told = connection.settings_dict
    query = {name: told[key] for name, key in (("host", "HOST"), ("port", "PORT")) if told[key]}
    user = urllib.parse.quote(f"{told['USER']}")
    return (
        os.environ
        | QUIET
        | {
            "DEBUG": "0",
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECURE_SSL_REDIRECT": "0",
            "DATABASE_URL": f"postgres://{user}@/{told['NAME']}?{urllib.parse.urlencode(query)}",
        }
    )


@contextmanager
def _served(
    gunicorn: list[Any], application: str, folder: Path, environment: dict[str, str]
) -> Iterator[int]:
    """The port at which an application is served, by one worker of our configuration."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = ROOT / "consultation" / "gunicorn.conf.py"
    process = subprocess.Popen(
        [*gunicorn, "-c", config, "--bind", f"127.0.0.1:{port}", application],
        cwd=folder,
        env=environment | {"WEB_CONCURRENCY": "1", "THREADS": str(CLIENTS)},
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _try in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("Nobody answers")


def _our_bodies(number: int) -> list[str]:
    """Forms as they were opened by so many people."""
    version = Version.objects.filter(questionnaire__slug="citizens").latest("number")
    keys = (FormKey(timezone.now(), version.pk).signed() for _number in range(number))
    return [urllib.parse.urlencode(ANSWERS | {"key": key}, doseq=True) for key in keys]


class Sender:
    """Sends forms to one site, several at a time, each over a connection that is kept."""

    def __init__(self, port: int, path: str, bodies: Any) -> None:
        self.port, self.path, self.bodies = port, path, bodies
        self.headers = dict(TYPE)
        self.sent = 0

    def prepare(self, form: dict[str, Any]) -> None:
        """For a site that wants the token of its page with each form: any visitor's will do."""
        one = http.client.HTTPConnection("127.0.0.1", self.port)
        one.request("GET", self.path)
        answer = one.getresponse()
        answer.read()
        cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
        token = cookie.partition("=")[2]
        self.headers["Cookie"] = cookie
        body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token}, doseq=True)
        self.bodies = lambda number: [body] * number

    def rate(self, length: float) -> float:
        """How many it takes in a second, over so many seconds."""
        waiting = self.bodies(int(1000 * length))
        until = time.perf_counter() + length
        began, before = time.perf_counter(), self.sent
        threads = [
            threading.Thread(target=self._send, args=(waiting, until)) for _client in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return (self.sent - before) / (time.perf_counter() - began)

    def _send(self, waiting: list[str], until: float) -> None:
        one = http.client.HTTPConnection("127.0.0.1", self.port)
        while time.perf_counter() < until:
            one.request("POST", self.path, waiting.pop(), self.headers)
            answer = one.getresponse()
            answer.read()
            if answer.status != 302:
                raise RuntimeError(f"{self.path} answers {answer.status}")
            self.sent += 1
        one.close()


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
