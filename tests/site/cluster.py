"""Several web instances, PgBouncer, a primary and a streaming replica, on loopback.

nginx and PgBouncer run with the configuration of `deploy/`; only addresses and folders are others.
"""

import http.cookiejar
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager

from consultation.embedded import USER, server
from tests.servers import (
    NEEDED,
    PREPARE,
    ROOT,
    Postgres,
    free_port,
    gunicorn,
    nginx,
    render,
    running,
    wait_for,
    wait_until,
)

MAX_LAG = 1.5
SERVER = ("fsync=off", "log_statement=all", "hot_standby_feedback=on")


class Cluster:
    """All of it. `manage` runs one of the commands that work beside the web instances."""

    def __init__(self, folder):
        self.folder = folder
        self.primary = Postgres(folder / "primary", *SERVER)
        self.replica = Postgres(folder / "replica", *SERVER)
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
        self.primary.create()
        self.manage("shell", "--no-imports", "-c", PREPARE)
        self.replica.follow(self.primary)
        self.replica.start()

    def bouncer(self):
        """PgBouncer, as the server's own user: it does not run as root."""
        folder = self.folder / "pgbouncer"
        server._make_private(folder)
        users, written = folder / "users.txt", folder / "pgbouncer.ini"
        users.write_text(f'"{USER}" ""\n')
        render(
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
        environment = self.environment(DATABASE_URL=pooled, PGBOUNCER="1")
        with (
            (self.folder / f"{name}.log").open("a") as log,
            gunicorn("consultation.wsgi", self.web[name], env=environment, stderr=log) as process,
        ):
            yield process

    @property
    def access_log(self):
        return self.folder / "nginx" / "access.log"

    def served_by(self):
        """Which web instances have answered so far, one for each request."""
        ports = {f"127.0.0.1:{port}": name for name, port in self.web.items()}
        lines = self.access_log.read_text().splitlines()
        # Where one was away, the other one answered.
        return [ports.get(re.findall(r"127[.]0[.]0[.]1:\d+", line)[-1]) for line in lines]

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
        balancer = stack.enter_context(nginx(folder / "nginx", made.balanced, made.web))
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
