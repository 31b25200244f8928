"""From a fresh clone to a running site: check, make .venv, install, and hand over to it.

`make run` and `make test` start this with whatever Python is there. It uses the standard library
alone, and what is wrong it tells in one sentence.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python does read this file
    sys.exit("Python 3.11 or newer is needed; this is {}.{}.".format(*sys.version_info))

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
# Says what is installed. It is not there during an installation, so a broken off one shows.
STAMP = VENV / "installed.json"

# Somebody else's virtualenv, PYTHONPATH or pip must not reach into ours.
FOREIGN = (
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
)
UNREACHABLE = ("connection broken by", "ConnectionError", "ReadTimeoutError")


def main(task: str, arguments: list[str]) -> None:
    """Serve (run), test, or run python with `arguments`; does not come back."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    check_python()
    with alone():
        if task == "run":
            check_port(os.environ.get("PORT", "8000"))
            install(ROOT / "requirements.txt")
        else:
            install(ROOT / "requirements-dev.txt")
    command = {"run": ["manage.py", "serve"], "test": ["-m", "pytest"], "python": []}[task]
    os.chdir(ROOT)
    os.execv(PYTHON, [PYTHON, *command, *arguments])  # noqa: S606 - ours, no shell wanted


def check_python() -> None:
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            sys.exit(
                f"This Python lacks its {module} module."
                " On Debian and Ubuntu: apt install python3-venv"
            )


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One at a time installs; and var/, where the lock for that is, can be written."""
    try:
        VAR.mkdir(exist_ok=True)
        lock = (VAR / "bootstrap.lock").open("a")
    except OSError as error:
        reason = "it is a file" if error.errno == errno.EEXIST else error.strerror
        sys.exit(f"The folder {VAR} is for the site's data and cannot be written: {reason}.")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def check_port(text: str) -> None:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        sys.exit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            sys.exit(f"Port {port} is for root only. Take another one: make run PORT=8000")
        except OSError:
            other = port + 1 if port < 65535 else 8000
            sys.exit(f"Port {port} is in use. Take another one: make run PORT={other}")


def install(requirements: Path) -> None:
    """Bring .venv to what `requirements` asks for; do nothing if it is there."""
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    python = f"{sys.version} in {sys.base_prefix}"
    installed = read_stamp()
    if installed.get("python") == python and installed.get(requirements.name) == wanted:
        return

    STAMP.unlink(missing_ok=True)
    if installed.get("python") != python:
        say("Making a virtual environment in .venv…")
        carry_out(sys.executable, "-m", "venv", "--clear", str(VENV))
        installed = {"python": python}
    say("Installing dependencies (about 20 seconds)…")
    carry_out(
        *(PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--retries", "2"),
        *("--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"),
        *("--requirement", str(requirements)),
    )
    STAMP.write_text(json.dumps({**installed, requirements.name: wanted}))


def read_stamp() -> dict[str, str]:
    """What the last finished installation left, if its Python still works."""
    try:
        return dict(json.loads(STAMP.read_text())) if Path(PYTHON).exists() else {}
    except (OSError, ValueError):
        return {}


def carry_out(*command: str) -> None:
    log = VAR / "bootstrap.log"
    with log.open("w") as output:
        done = subprocess.run(
            command,
            env={**os.environ, "PIP_USER": "0"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode == 0:
        return
    words = log.read_text(errors="replace")
    if any(sign in words for sign in UNREACHABLE):
        sys.exit("The package index was not reached. Is there a network? Then run it again.")
    errors = [line for line in words.splitlines() if "rror" in line] or words.splitlines()
    sys.exit(f"That failed: {errors[0] if errors else 'without a word'} (more in {log})")


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    try:
        main(sys.argv[1], sys.argv[2:])
    except KeyboardInterrupt:
        sys.exit("Stopped.")
