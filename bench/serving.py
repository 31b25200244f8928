"""Applications behind gunicorn on loopback, with the site's own configuration of it."""

import os
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

ROOT: Path = settings.BASE_DIR
LOG = ROOT / "var" / "bench.log"
GUNICORN = (sys.executable, "-m", "gunicorn")
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def environment() -> dict[str, str]:
    """The site as it is deployed, on the database of this run."""
    told = connection.settings_dict
    query = {name: told[key] for name, key in (("host", "HOST"), ("port", "PORT")) if told[key]}
    user = urllib.parse.quote(f"{told['USER']}")
    database = f"postgres://{user}@/{told['NAME']}?{urllib.parse.urlencode(query)}"
    ours = {
        "DEBUG": "0",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        "DATABASE_URL": database,
        "PYTHONWARNINGS": "ignore",
        # All of it comes from one address.
        "SENT_PER_NETWORK": "0",
    }
    return os.environ | ours


def collect_static_files() -> None:
    """With DEBUG off their names are in a manifest."""
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment(), check=True)


@contextmanager
def served(
    application: str,
    *,
    gunicorn: Sequence[Any] = GUNICORN,
    folder: Path = ROOT,
    given: Mapping[str, str] | None = None,
    workers: int = 1,
) -> Iterator[int]:
    """The port at which workers of our configuration serve an application.

    One alone has the first core for itself where there are several; the client takes another. What
    it logs, a line for each request, is in var/bench.log.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with LOG.open("ab") as log:
        process = subprocess.Popen(
            [*gunicorn, "-c", ROOT / "consultation" / "gunicorn.conf.py"]
            + ["--bind", f"127.0.0.1:{port}", application],
            cwd=folder,
            env=(given or environment()) | {"WEB_CONCURRENCY": f"{workers}", "THREADS": "4"},
            stderr=log,
        )
    if workers == 1 and len(CORES) > 1:
        os.sched_setaffinity(process.pid, CORES[:1])
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _try in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("Nobody answers")
