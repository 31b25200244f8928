"""The servers of one run: a primary, perhaps a standby, gunicorn, and nginx in front."""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psutil

from consultation.embedded import USER, server
from tests.servers import (
    PREPARE,
    ROOT,
    Postgres,
    free_port,
    gunicorn,
    nginx,
    wait_for,
    wait_until,
)


def production(url, **more):
    """The environment of the site as it is deployed, except that it is asked over http."""
    return os.environ | {
        "DATABASE_URL": url,
        "DEBUG": "0",
        "SECRET_KEY": "of the fault suite, with which nobody else signs",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        # Who is refused sends again five times a second here, which no person does.
        "SENT_PER_NETWORK": "0",
        **more,
    }


def manage(environment, *command):
    """What it prints on the way is no news."""
    subprocess.run(
        [sys.executable, "manage.py", *command],
        **{"cwd": ROOT, "env": environment, "check": True, "stdout": subprocess.DEVNULL},
    )


@dataclass(frozen=True)
class Setting:
    """What a fault needs, or its twin lacks."""

    sabotage: str = ""
    postgres: tuple[str, ...] = ()
    """Options of the server, as in postgresql.conf."""
    standby: str = ""
    """`sync` or `async`, where there shall be one."""
    environment: tuple[tuple[str, str], ...] = ()
    has_front: bool = True
    archives: bool = False
    """Whether the primary keeps its log of changes beside it, for a restore."""
    small_disk: str = ""
    """`data` or `wal`: which of them shall be on a disk that a fault can fill."""
    clocks: tuple[tuple[str, int], ...] = ()
    """By how many seconds the clocks of instances are ahead."""


class Stage:
    """Everything up; respondents knock at `port`."""

    def __init__(self, folder, setting, stack):
        self.folder, self.setting, self._stack = folder, setting, stack
        self.archive = folder / "archive"
        keeps = f"archive_command=cp %p {self.archive}/%f"
        archiving = ("archive_mode=on", keeps) if setting.archives else ()
        self.primary = Postgres(folder / "primary", *setting.postgres, *archiving)
        self.standby = Postgres(folder / "standby", *setting.postgres) if setting.standby else None
        self.web = {"web1": free_port(), "web2": free_port()}
        self.port = free_port() if setting.has_front else self.web["web1"]
        self.instances = {}
        self.heard = None
        self.disk = folder / "disk"
        self._log = stack.enter_context((folder / "gunicorn.log").open("a"))

    @property
    def url(self):
        """Both servers, where there are two: whichever takes writes is connected to."""
        if not self.standby:
            return self.primary.url
        return (
            f"postgres://{USER}@/consultation?host=127.0.0.1,127.0.0.1"
            f"&port={self.primary.port},{self.standby.port}&target_session_attrs=read-write"
        )

    def environment(self):
        return production(
            self.url,
            BEHIND_PROXY="1" if self.setting.has_front else "0",
            PORT=str(self.port),
            WEB_CONCURRENCY="1",
            SABOTAGE=self.setting.sabotage,
            **dict(self.setting.environment),
        )

    def serve(self, name):
        """Start an instance, again where it was killed: what a supervisor does."""
        is_ours = self.setting.sabotage or self.setting.clocks
        application = "tests.faults.sabotage" if is_ours else "consultation.wsgi"
        environment = self.environment() | {"CLOCK": str(dict(self.setting.clocks).get(name, 0))}
        serving = gunicorn(application, self.web[name], env=environment, stderr=self._log)
        self.instances[name] = serving.__enter__()
        self._stack.callback(serving.__exit__, None, None, None)
        wait_for(self.instances[name])

    def kill(self, name):
        """An instance with all of its workers."""
        master = psutil.Process(self.instances[name].pid)
        for process in [master, *master.children(recursive=True)]:
            process.kill()
        self.instances[name].wait()

    def workers(self):
        masters = [psutil.Process(each.pid) for each in self.instances.values()]
        return [worker for master in masters for worker in master.children()]

    def follow(self):
        """Start the standby, and let the primary wait for it where it is `sync`."""
        self.standby.follow(self.primary)
        self.standby.start("synchronous_standby_names=")
        state = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
        wait_until(lambda: self.primary.ask(state) == [(1,)], "replication")
        if self.setting.standby == "sync":
            self.primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
            self.primary.ask("SELECT pg_reload_conf()")
            waits = "SELECT sync_state FROM pg_stat_replication"
            wait_until(lambda: self.primary.ask(waits) == [("sync",)], "a synchronous standby")

    def stored(self):
        """How many rows there are of each text that was sent."""
        rows = self.primary.ask(
            "SELECT answers->>'C5', count(*) FROM surveys_response WHERE state = 'sent' GROUP BY 1"
        )
        return dict(rows)


class Template:
    """A database that is ready to answer in, made once and copied for each run."""

    def __init__(self, folder):
        self.folder = folder / "template"
        made = Postgres(self.folder)
        made.initialise("--data-checksums")
        made.create()
        try:
            manage(os.environ | {"DATABASE_URL": made.url}, "shell", "--no-imports", "-c", PREPARE)
            manage(production(made.url), "collectstatic", "--noinput", "--verbosity", "0")
            made.ask("CHECKPOINT")
        finally:
            made.stop()

    def copy_to(self, stage):
        """With the data or the log of changes on the small disk, where there is one."""
        usual = stage.primary.data
        data, wal = {
            "": (usual, None),
            "data": (stage.disk / "data", usual.with_name("pg_wal")),
            "wal": (usual, stage.disk / "pg_wal"),
        }[stage.setting.small_disk]
        shutil.copytree(self.folder / "data", data, symlinks=True)
        stage.primary.data = data
        if wal:
            shutil.move(data / "pg_wal", wal)
            (data / "pg_wal").symlink_to(wal)
            _give(wal)
        _give(data)


def _give(folder):
    """To the user that the server runs as."""
    if user := server._ordinary_user():
        subprocess.run(["chown", "-R", f"{user['user']}:{user['group']}", folder], check=True)
        folder.chmod(0o700)


@contextmanager
def stage(folder, template, setting):
    folder.mkdir()
    with ExitStack() as stack:
        made = Stage(folder, setting, stack)
        if setting.small_disk:
            stack.enter_context(_disk(made.disk))
        server._make_private(made.archive)
        template.copy_to(made)
        stack.callback(made.primary.stop, "immediate")
        made.primary.start()
        if made.standby:
            stack.callback(made.standby.stop, "immediate")
            made.follow()
        for name in made.web:
            made.serve(name)
        if setting.has_front:
            front = nginx(folder / "nginx", made.port, made.web)
            wait_for(stack.enter_context(front))
        yield made


@contextmanager
def _disk(folder, size="300m"):
    """A file system of its own, which only root may make."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    server._let_pass(folder / "data")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
