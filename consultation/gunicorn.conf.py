"""How gunicorn serves the site: for `manage.py serve` and for the container image alike."""

import os
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
