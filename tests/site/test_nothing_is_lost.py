"""Servers that stop under a respondent: real gunicorn, real PostgreSQL, real signals."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psutil
import psycopg
import pytest

from consultation.embedded import NAME, PORT, USER, data_dir, server, socket_dir
from tests.shown import entries

ROOT = Path(__file__).resolve().parent.parent.parent
ENTERED = {"place": ["timis"], "C5": ["Ștefan: „podul” mai repede.\nЂорђе: брже преко границе"]}
STORED = {"place": "timis", "C5": ENTERED["C5"][0]}

pytestmark = pytest.mark.xdist_group("site")


class KeepRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


class Site:
    """One site of its own: its database, its gunicorn."""

    def __init__(self, folder):
        self.var = folder / "var"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.process = None
        self.open = urllib.request.build_opener(KeepRedirects).open

    def start(self):
        address = urllib.parse.urlencode({"host": socket_dir(self.var), "port": PORT})
        environment = os.environ | {
            "DATABASE_URL": f"postgres://{USER}@/{NAME}?{address}",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for line in self.process.stdout:
            if line.startswith("Ready"):
                return
        self.stop()
        raise AssertionError("the site did not get ready")

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=20)

    def workers(self):
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "send_messages" not in child.cmdline()]

    def fetch(self, path, form=None):
        """Status, address it leads to, text."""
        body = urllib.parse.urlencode(form, doseq=True).encode() if form else None
        try:
            with self.open(f"http://127.0.0.1:{self.port}{path}", body, timeout=30) as answer:
                return answer.status, answer.headers.get("Location"), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Location"), error.read().decode()

    def connect(self, **kwargs):
        return psycopg.connect(
            host=str(socket_dir(self.var)), port=PORT, user=USER, dbname=NAME, **kwargs
        )

    def stored(self):
        with self.connect() as connection:
            rows = connection.execute("SELECT answers FROM surveys_response WHERE state = 'sent'")
            return [answers for (answers,) in rows]

    def erase_responses(self):
        with self.connect() as connection:
            connection.execute("TRUNCATE surveys_response CASCADE")

    def send_and_wait_in_the_database(self, form):
        """Send while the table is locked, so that the request stands in the middle of its INSERT.

        Returns the thread, its answer to be, and the connection that holds the lock.
        """
        lock = self.connect()
        lock.execute("LOCK TABLE surveys_response IN ACCESS EXCLUSIVE MODE")
        answer = []

        def send():
            try:
                answer.append(self.fetch("/en/citizens/", form))
            except OSError as error:
                answer.append(error)

        thread = threading.Thread(target=send)
        thread.start()
        with self.connect(autocommit=True) as looking:
            for _wait in range(100):
                (waiting,) = looking.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                ).fetchone()
                if waiting:
                    break
                time.sleep(0.05)
        return thread, answer, lock


@pytest.fixture(scope="module")
def running_site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site"))
    with server.running(site.var):
        site.start()
        yield site
        site.stop()


@pytest.fixture
def site(running_site):
    running_site.erase_responses()
    return running_site


def filled_form(site):
    return entries(site.fetch("/en/citizens/")[2]) | ENTERED


def test_a_server_restarted_between_opening_and_sending_takes_the_form(site):
    form = filled_form(site)

    site.stop()
    site.start()
    status, receipt, _text = site.fetch("/en/citizens/", form)

    assert status == 302
    assert receipt.startswith("/en/citizens/sent/")
    assert site.stored() == [STORED]


def test_a_worker_killed_while_it_stores_leaves_nothing_half_and_takes_it_again(site):
    form = filled_form(site)
    thread, answer, lock = site.send_and_wait_in_the_database(form)

    for worker in site.workers():
        worker.kill()
    thread.join()
    lock.close()
    status, _receipt, _text = site.fetch("/en/citizens/", form)

    assert isinstance(answer[0], OSError)
    assert status == 302
    assert site.stored() == [STORED]


def send_until_taken(site, page):
    """Select the button of the page again and again, as somebody would; the last status."""
    for _try in range(40):
        status, _address, page = site.fetch("/en/citizens/", entries(page, None))
        if status != 503:
            break
        time.sleep(0.5)
    return status


def test_a_database_restarted_while_it_stores_gives_a_page_that_sends_again(site):
    form = filled_form(site)
    thread, answer, lock = site.send_and_wait_in_the_database(form)

    server._run("pg_ctl", "restart", "-w", "-m", "immediate", "-D", str(data_dir(site.var)))
    thread.join()
    lock.close()
    status, _address, page = answer[0]

    assert status == 503
    assert entries(page, None)["C5"] == ENTERED["C5"]
    assert send_until_taken(site, page) == 302
    assert site.stored() == [STORED]
