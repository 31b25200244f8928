"""Several web instances, PgBouncer, a primary and a streaming replica, on loopback.

nginx and PgBouncer run with the configuration of `deploy/`; only addresses and folders are others.
"""

import http.cookiejar
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from consultation.embedded import USER, server

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
PATIENCE = 20
"""Seconds after which something that should happen counts as not happening."""

PATHS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
NEEDED = {name: shutil.which(name, path=PATHS) for name in ("nginx", "pgbouncer")}
MAX_LAG = 1.5

# In one process, which is sooner there than three.
PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_consultation", "surveys/content/listens")
call_command("make_demo_accounts")
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def wait_until(holds, told="what was waited for"):
    until = time.monotonic() + PATIENCE
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
    """One server, all of whose statements are in its log."""

    def __init__(self, folder):
        self.port = free_port()
        self.data = folder / "data"
        self.log = folder / "log"
        server._make_private(folder)
        server._let_pass(self.data)

    @property
    def url(self):
        return f"postgres://{USER}@127.0.0.1:{self.port}/consultation"

    def initialise(self):
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        arguments = ("-U", USER, "--auth=trust", "-E", "UTF8", *locale, "--no-sync")
        server._run("initdb", *arguments, "-D", str(self.data))

    def follow(self, primary):
        address = f"host=127.0.0.1 port={primary.port} user={USER}"
        arguments = ("-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", address)
        server._run("pg_basebackup", *arguments, "-D", str(self.data))

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.data}"
        options += " -c fsync=off -c log_statement=all -c hot_standby_feedback=on"
        server._run(
            *("pg_ctl", "start", "-w", "-D", str(self.data), "-l", str(self.log)), "-o", options
        )

    def stop(self):
        if (self.data / "postmaster.pid").exists():
            server._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data))

    def ask(self, statement, database="consultation"):
        """All rows, on a connection of its own."""
        with psycopg.connect(self.url.replace("consultation", database), autocommit=True) as one:
            cursor = one.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def statements(self):
        """What is asked of this server meanwhile, in a list that is there at the end."""
        begin, found = self.log.stat().st_size, []
        yield found
        with self.log.open("rb") as log:
            log.seek(begin)
            found += log.read().decode(errors="replace").splitlines()


class Cluster:
    """All of it. `manage` runs one of the commands that work beside the web instances."""

    def __init__(self, folder):
        self.folder = folder
        self.primary = Postgres(folder / "primary")
        self.replica = Postgres(folder / "replica")
        self.pooled, self.balanced = free_port(), free_port()
        self.web = {"web1": free_port(), "web2": free_port()}
        self.instances = []

    def environment(self, **more):
        return os.environ | {
            "DATABASE_URL": self.primary.url,
            "REPLICA_URL": self.replica.url,
            "REPLICA_MAX_LAG_SECONDS": str(MAX_LAG),
            "BEHIND_PROXY": "1",
            "PORT": str(self.balanced),
            "WEB_CONCURRENCY": "1",
            **more,
        }

    def manage(self, *command):
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment(),
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def prepare(self):
        """What the one `migrate` job does, before any web instance."""
        self.primary.initialise()
        self.primary.start()
        self.primary.ask("CREATE DATABASE consultation TEMPLATE template0", "postgres")
        self.manage("shell", "--no-imports", "-c", PREPARE)
        self.replica.follow(self.primary)
        self.replica.start()

    def bouncer(self):
        """PgBouncer, as the server's own user: it does not run as root."""
        folder = self.folder / "pgbouncer"
        server._make_private(folder)
        users, written = folder / "users.txt", folder / "pgbouncer.ini"
        users.write_text(f'"{USER}" ""\n')
        self._render(
            *("pgbouncer.ini", written, ("host=primary port=5432", self._host(self.primary))),
            ("listen_addr = 0.0.0.0", "listen_addr = 127.0.0.1"),
            ("listen_port = 6432", f"listen_port = {self.pooled}\nunix_socket_dir ="),
            ("auth_type = scram-sha-256", "auth_type = trust"),
            ("auth_file = /tmp/userlist.txt", f"auth_file = {users}"),  # noqa: S108 - of the image
        )
        for path in (users, written):
            path.chmod(0o644)
        return running(
            [NEEDED["pgbouncer"], "-q", str(written)],
            self.pooled,
            stderr=subprocess.DEVNULL,
            **server._ordinary_user(),
        )

    def _host(self, postgres):
        return f"host=127.0.0.1 port={postgres.port}"

    @contextmanager
    def instance(self, name):
        pooled = self.primary.url.replace(str(self.primary.port), str(self.pooled))
        port = self.web[name]
        command = [sys.executable, "-m", "gunicorn", "-c", "consultation/gunicorn.conf.py"]
        with (
            (self.folder / f"{name}.log").open("a") as log,
            running(
                [*command, "--bind", f"127.0.0.1:{port}", "consultation.wsgi"],
                port,
                cwd=ROOT,
                env=self.environment(DATABASE_URL=pooled, PGBOUNCER="1"),
                stderr=log,
            ) as process,
        ):
            yield process

    def balancer(self):
        folder = self.folder / "nginx"
        folder.mkdir()
        written = folder / "nginx.conf"
        servers = [
            (f"{name}:8000 max_fails=2", f"127.0.0.1:{port} max_fails=2")
            for name, port in self.web.items()
        ]
        self._render(
            *("nginx.conf", written, *servers),
            ("listen 8080", f"listen 127.0.0.1:{self.balanced}"),
            ("/etc/nginx/pages", str(DEPLOY)),
            ("/dev/stdout", str(self.access_log)),
            (" /tmp/nginx", f" {folder}/nginx"),
            ("worker_processes auto;", "worker_processes 1; daemon off; user root;"),
        )
        return running(
            [NEEDED["nginx"], "-p", str(folder), "-c", str(written)],
            self.balanced,
            stderr=subprocess.DEVNULL,
        )

    @property
    def access_log(self):
        return self.folder / "nginx" / "access.log"

    def _render(self, name, written, *changes):
        text = (DEPLOY / name).read_text()
        for old, new in changes:
            assert old in text, f"deploy/{name} does not say {old!r}"
            text = text.replace(old, new)
        written.write_text(text)

    def served_by(self):
        """Which web instances have answered so far, one for each request."""
        ports = {f"127.0.0.1:{port}": name for name, port in self.web.items()}
        lines = self.access_log.read_text().splitlines()
        return [ports.get(line.split(" ")[3]) for line in lines]

    def catch_up(self):
        """Wait until the replica has all that the primary has, and the instances may know it."""
        ((written,),) = self.primary.ask("SELECT pg_current_wal_lsn()::text")
        reached = f"SELECT pg_last_wal_replay_lsn() >= '{written}'"
        wait_until(lambda: self.replica.ask(reached) == [(True,)], "replay")
        # Each instance looks once a second.
        time.sleep(1.1)


@contextmanager
def cluster(folder):
    made = Cluster(folder)
    with ExitStack() as stack:
        stack.callback(made.primary.stop)
        stack.callback(made.replica.stop)
        made.prepare()
        bouncer = stack.enter_context(made.bouncer())
        made.instances = [stack.enter_context(made.instance(name)) for name in made.web]
        balancer = stack.enter_context(made.balancer())
        wait_for(bouncer, *made.instances, balancer)
        yield made


class Visitor:
    """Somebody with cookies, who follows redirects."""

    def __init__(self, made):
        self.site = f"http://127.0.0.1:{made.balanced}"
        self.jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self.jar)
        self._open = urllib.request.build_opener(cookies).open
        self.status, self.address, self.text = 0, "", ""

    def get(self, path, form=None):
        """The text of the page one ends up at; `status` and `address` are of that one too."""
        body = urllib.parse.urlencode(form, doseq=True).encode() if form is not None else None
        address = urllib.parse.urljoin(self.site, path)
        try:
            with self._open(address, body, timeout=30) as answer:
                self._ended(answer)
        except urllib.error.HTTPError as error:
            self._ended(error)
        return self.text

    post = get

    def _ended(self, answer):
        self.status = answer.status
        self.address = answer.url.removeprefix(self.site)
        self.headers = answer.headers
        self.text = answer.read().decode()
