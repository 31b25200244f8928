"""Servers of a test on loopback: PostgreSQL, gunicorn, and nginx as `deploy/` configures it."""

import hashlib
import itertools
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from consultation.embedded import USER, server

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
PATIENCE = 20
"""Seconds after which something that should happen counts as not happening."""

_PATHS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
NEEDED = {name: shutil.which(name, path=_PATHS) for name in ("nginx", "pgbouncer")}

# In one process, which is sooner there than three.
PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_consultation", "surveys/content/listens")
call_command("make_demo_accounts")
"""

# Of this process alone, and below those that the system gives to connections: a port is taken up
# only seconds after it was chosen.
_ports = itertools.count(20_000 + os.getpid() % 1_000 * 12)


def free_port():
    while is_open(port := next(_ports)):
        pass
    return port


def wait_until(holds, told="what was waited for", patience=PATIENCE):
    until = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < until, f"{told} did not happen"
        time.sleep(0.05)


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def running(command, port, **options):
    """A program that shall listen on a port, until the end."""
    process = subprocess.Popen(command, **options)
    process.port = port
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=PATIENCE)


def wait_for(*processes):
    """Until all of them listen."""
    for each in processes:
        wait_until(lambda each=each: is_open(each.port) or each.poll() is not None, each.args)
        assert each.poll() is None, f"{each.args} has ended"


class Postgres:
    """One server of the wheel's programs, with a database for the site in it."""

    def __init__(self, folder, *options):
        self.port = free_port()
        self.data = folder / "data"
        self.log = folder / "log"
        self.options = ["listen_addresses=127.0.0.1", f"port={self.port}", *options]
        server._make_private(folder)
        server._let_pass(self.data)

    @property
    def url(self):
        return f"postgres://{USER}@127.0.0.1:{self.port}/consultation"

    def initialise(self, *arguments):
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        given = ("-U", USER, "--auth=trust", "-E", "UTF8", *locale, "--no-sync", *arguments)
        server._run("initdb", *given, "-D", str(self.data))

    def create(self):
        """Start for the first time, with an empty database of the site."""
        self.start()
        self.ask("CREATE DATABASE consultation TEMPLATE template0", "postgres")

    def follow(self, primary, *arguments):
        """Become a copy of another one, which replays what is written there."""
        address = f"host=127.0.0.1 port={primary.port} user={USER}"
        given = ("-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", address, *arguments)
        server._run("pg_basebackup", *given, "-D", str(self.data))

    def back_up(self, folder):
        """A base backup, held against its own manifest.

        The wheel's pg_verifybackup crashes, so this does what it does.
        """
        address = f"host=127.0.0.1 port={self.port} user={USER}"
        given = ("-X", "fetch", "-c", "fast", "--no-sync", "--manifest-checksums=SHA256")
        server._make_private(folder)
        server._run("pg_basebackup", *given, "-d", address, "-D", str(folder))
        manifest = json.loads((folder / "backup_manifest").read_text())
        for file in manifest["Files"]:
            found = hashlib.sha256((folder / file["Path"]).read_bytes()).hexdigest()
            assert found == file["Checksum"], f"{file['Path']} is not what was backed up"

    def start(self, *options):
        """With more or other options, where some are given."""
        told = shlex.join(f"--{each}" for each in (*self.options, *options))
        # Beside the data, or a base backup would take its lock along.
        where = f"-k {self.log.parent} {told}"
        server._run(
            *("pg_ctl", "start", "-w", "-D", str(self.data), "-l", str(self.log)), "-o", where
        )

    def stop(self, mode="fast"):
        if server._is_alive(self.data):
            server._run("pg_ctl", "stop", "-w", "-m", mode, "-D", str(self.data))

    def promote(self):
        server._run("pg_ctl", "promote", "-w", "-D", str(self.data))

    def processes(self):
        """The server's own process first, then those of its connections and its helpers."""
        pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        own = psutil.Process(pid)
        return [own, *own.children(recursive=True)]

    def kill(self):
        """All of it at once, as when the machine goes."""
        killed = self.processes()
        for process in killed:
            process.kill()
        psutil.wait_procs(killed, timeout=PATIENCE)

    def ask(self, statement, database="consultation"):
        """All rows, on a connection of its own."""
        with psycopg.connect(self.url.replace("consultation", database), autocommit=True) as one:
            cursor = one.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def statements(self):
        """What is asked of this server meanwhile, in a list that is there at the end.

        It has to be started with log_statement=all.
        """
        begin, found = self.log.stat().st_size, []
        yield found
        with self.log.open("rb") as log:
            log.seek(begin)
            found += log.read().decode(errors="replace").splitlines()


def gunicorn(application, port, **options):
    """One instance of the site, or of another application, with the site's configuration."""
    return running(
        [sys.executable, "-m", "gunicorn", "-c", "consultation/gunicorn.conf.py"]
        + ["--bind", f"127.0.0.1:{port}", application],
        port,
        cwd=ROOT,
        **options,
    )


def nginx(folder, port, instances, *changes):
    """The balancer before web instances: a mapping of the names in `deploy/nginx.conf` to ports.

    `changes` are made last: pairs of what stands in the file then, and what shall.
    """
    folder.mkdir()
    written = folder / "nginx.conf"
    servers = [
        (f"server {name}:8000 ", f"server 127.0.0.1:{place} " if place else "#")
        for name, place in {"web1": None, "web2": None, **instances}.items()
    ]
    render(
        *("nginx.conf", written, *servers),
        ("listen 8080", f"listen 127.0.0.1:{port}"),
        ("/etc/nginx/pages", str(DEPLOY)),
        ("/dev/stdout", str(folder / "access.log")),
        (" /tmp/nginx", f" {folder}/nginx"),
        ("worker_processes auto;", "worker_processes 1; daemon off; user root;"),
        *changes,
    )
    return running(
        [NEEDED["nginx"], "-p", str(folder), "-c", str(written)], port, stderr=subprocess.DEVNULL
    )


def render(name, written, *changes):
    """A file of `deploy/` with other addresses and folders in it."""
    text = (DEPLOY / name).read_text()
    for old, new in changes:
        assert old in text, f"deploy/{name} does not say {old!r}"
        text = text.replace(old, new)
    written.write_text(text)
