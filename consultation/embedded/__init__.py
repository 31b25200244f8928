"""The PostgreSQL that comes in a wheel: a Django database backend that starts it when needed.

Its data, log and socket are in `var/postgres`. Settings read this module alone; the server is
in `server.py`.
"""

import hashlib
import os
from pathlib import Path
from typing import Any

NAME = "consultation"
USER = "postgres"
PORT = "5432"


def database(var_dir: Path) -> dict[str, Any]:
    """Django's settings for the database in `var_dir`. Nothing is started by asking for them."""
    return {
        "ENGINE": "consultation.embedded",
        "NAME": NAME,
        "USER": USER,
        "HOST": str(socket_dir(var_dir)),
        "PORT": PORT,
        "VAR_DIR": var_dir,
    }


def data_dir(var_dir: Path) -> Path:
    return var_dir.resolve() / "postgres"


def socket_dir(var_dir: Path) -> Path:
    """Where the server listens: beside its data if it can, else in a short path under /tmp.

    A socket's path has room for 103 bytes on the tightest system, and libpq takes a comma for
    the start of a second host.
    """
    directory = data_dir(var_dir)
    socket = os.fsencode(directory / f".s.PGSQL.{PORT}")
    if len(socket) <= 103 and b"," not in socket:
        return directory
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
    return Path(f"/tmp/consultation-{digest}")  # noqa: S108 - see server.make_private
