"""`manage.py serve`: from nothing to a running site, which is what `make run` is."""

import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from gunicorn.app.base import Application

from consultation.embedded import server
from consultation.sharing import share_counts

# The checks that come before this command import all pages.
share_counts()

CONFIGURATION = settings.BASE_DIR / "consultation" / "gunicorn.conf.py"
BESIDE = (("send_messages",), ("work", "--only", "short"), ("work", "--only", "long"))
"""Commands that work beside the site."""
CONSULTATION = settings.BASE_DIR / "surveys" / "content" / "listens"


class Command(BaseCommand):
    help = "Set up the site with the programme's consultation and serve it on 127.0.0.1:PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        port = int(os.environ.get("PORT", "8000"))
        # Until gunicorn takes them over, both end the set-up in good order.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: sys.exit(0))
        with listen(port) as listener, self.database():
            sign_ins = self.set_up()
            ready = f"Ready: http://127.0.0.1:{port}/"
            beside = [start_beside(*command) for command in BESIDE]
            Server(listener, lambda: self.say(*sign_ins, ready), lambda: end(beside)).run()

    def database(self) -> AbstractContextManager[None]:
        if "VAR_DIR" not in settings.DATABASES["default"]:
            self.say("Using the PostgreSQL of DATABASE_URL…")
            return nullcontext()
        self.say("Starting PostgreSQL…")
        return server.running(settings.VAR_DIR)

    def set_up(self) -> list[str]:
        """Prepare everything a visitor meets; return the demonstration sign-ins."""
        self.say("Migrating the database…")
        call_command("migrate", verbosity=0, interactive=False)
        self.say("Compiling the message catalogs…")
        call_command("compile_catalogs", verbosity=0)
        self.load()
        sign_ins = io.StringIO()
        if settings.DEBUG and settings.MAILBOX:
            sign_ins.write(f"Mailbox: {settings.SITE_URL}/en/mailbox/\n")
        if settings.DEBUG:
            self.say("Making the demonstration accounts…")
            call_command("make_demo_accounts", stdout=sign_ins)
        # A worker must not share a connection with this process.
        default = connections["default"]
        default.close()
        if isinstance(default, DatabaseWrapper):
            default.close_pool()
        return sign_ins.getvalue().splitlines()

    def load(self) -> None:
        """Say as well what of it was left as staff have it."""
        self.say("Loading the consultation…")
        call_command("load_consultation", str(CONSULTATION), stdout=self.stdout)

    def say(self, *lines: str) -> None:
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


class Server(Application):
    """gunicorn in this process, so that stopping it and stopping PostgreSQL are one thing."""

    def __init__(
        self,
        listener: socket.socket,
        when_ready: Callable[[], None],
        on_exit: Callable[[], None],
    ) -> None:
        self.listener = listener
        self.when_ready = when_ready
        self.on_exit = on_exit
        super().__init__()

    def load_config(self) -> None:
        self.load_config_from_file(str(CONFIGURATION))
        # From here on the socket is gunicorn's, to close as well.
        self.cfg.set("bind", f"fd://{self.listener.detach()}")
        self.cfg.set("when_ready", lambda arbiter: self.when_ready())
        self.cfg.set("on_exit", lambda arbiter: self.on_exit())

    def load(self) -> Any:
        return get_wsgi_application()


def start_beside(*command: str) -> "subprocess.Popen[bytes]":
    """What works beside the site. It ends with this process, however that ends."""
    manage = str(settings.BASE_DIR / "manage.py")
    return subprocess.Popen([sys.executable, manage, *command, "--watch", "--with-parent"])


def end(processes: "list[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        process.terminate()


def listen(port: int) -> socket.socket:
    """Take the port before the set-up, so that nobody else can take it meanwhile."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=2048)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise CommandError(f"127.0.0.1:{port} cannot be used: {reason}.") from error
