"""Whoever watches the process learns the truth, and soon."""

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest
from django.db.migrations.recorder import MigrationRecorder

from consultation import health

ROOT = Path(__file__).resolve().parent.parent.parent
ASK = """
import django, sys
django.setup()
from django.test import Client
answer = Client().get(sys.argv[1])
print(answer.status_code, answer.content.decode().strip())
"""


@pytest.mark.parametrize(("address", "word"), [("/live", b"live\n"), ("/ready", b"ready\n")])
@pytest.mark.django_db
def test_a_probe_gets_one_word_and_no_cookie(client, address, word):
    response = client.get(address)

    assert (response.status_code, response.content) == (200, word)
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.django_db
def test_a_probe_comes_over_http_and_by_address(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    response = client.head("/ready", headers={"Host": "10.0.0.7:8000"})

    assert response.status_code == 200


def test_a_probe_only_asks(client):
    assert client.post("/live").status_code == 405


@pytest.mark.django_db
def test_without_its_migrations_the_site_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "_all_migrations_seen", Event())
    MigrationRecorder.Migration.objects.filter(app="surveys").delete()

    response = client.get("/ready")

    assert (response.status_code, response.content) == (503, b"migrations missing\n")


def test_without_its_database_the_site_is_alive_but_not_ready_and_says_so_soon():
    # Port 9 of this machine: nobody is there.
    environment = {
        **os.environ,
        "DATABASE_URL": "postgresql://site@127.0.0.1:9/answers",
        "DJANGO_SETTINGS_MODULE": "consultation.settings",
        "ALLOWED_HOSTS": "testserver",
    }
    command = [sys.executable, "-c", ASK]

    began = time.monotonic()
    ready = subprocess.check_output([*command, "/ready"], cwd=ROOT, env=environment, text=True)
    took = time.monotonic() - began
    live = subprocess.check_output([*command, "/live"], cwd=ROOT, env=environment, text=True)

    assert ready == "503 database away\n"
    assert live == "200 live\n"
    # Without the start of a Python it is two seconds; the pool alone would wait thirty.
    assert took < 15
