"""`make run` as a whole is proved by .ci/run on a clean clone; here, what goes wrong on the way."""

import io
import os
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from consultation.sharing import NAME
from surveys.models import Consultation
from tests.content import load_content

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Where it is imported, counting begins that all workers share: here it is to end again."""
    monkeypatch.setenv(NAME, str(tmp_path))
    return import_module("consultation.management.commands.serve").Command


def test_a_port_taken_in_the_meantime_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env={**os.environ, "PORT": port},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stdout == ""
    assert (
        done.stderr == f"CommandError: 127.0.0.1:{port} cannot be used: Address already in use.\n"
    )


def test_what_was_left_as_staff_have_it_is_shown_at_every_start(db, command):
    load_content()
    Consultation.objects.update(short_title={"en": "Tell us"})
    said = io.StringIO()

    command(stdout=said).load()

    assert said.getvalue().splitlines() == [
        "Loading the consultation…",
        "citizens: unchanged, version 1",
        "stakeholders: unchanged, version 1",
        "privacy notice: unchanged, version 1",
        "left as staff have it: consultation listens-2027 (short_title)",
    ]
