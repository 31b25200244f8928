"""How gunicorn serves the site: for `manage.py serve` and for the container image alike."""

import os
import sys
from pathlib import Path

from consultation.sharing import share_counts

share_counts()

bind = "0.0.0.0:8000"  # noqa: S104 - inside the container; `manage.py serve` listens itself
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("THREADS", "4"))
# Loaded once and then forked: workers are there at once and share its memory.
preload_app = True
# Only errors are told, on stderr. There is no access log, for it would hold addresses.
loglevel = "warning"
control_socket_disable = True
# The workers' heartbeat must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


def post_fork(_server: object, _worker: object) -> None:
    """Let a thread that draws a long page hand over ten times as soon as Python would.

    Opening the form takes a few turns of a third of a millisecond; five for each of the others was
    most of what it waited while somebody read the results.
    """
    sys.setswitchinterval(0.0005)
