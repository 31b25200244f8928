"""PostgreSQL ends, fills up, is held up or is lost, while people answer."""

import random
import subprocess
import time
from contextlib import suppress

import psutil
import psycopg

from consultation.embedded import USER
from consultation.embedded.server import ServerError
from tests.faults.fault import FORGETS, Fault
from tests.faults.stage import Setting
from tests.servers import wait_until


def backends_killed(stage):
    """One connection's process, which makes PostgreSQL drop all of them and recover."""
    for _time in range(3):
        time.sleep(2)
        wait_until(lambda: _connections(stage.primary), "a connection")
        random.choice(_connections(stage.primary)).kill()


def _connections(postgres):
    """The processes that serve the site's connections."""
    return [each for each in postgres.processes() if USER in _title(each).split()]


def _title(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def database_killed(stage):
    """All processes of PostgreSQL at once; it is started again a second later."""
    time.sleep(2)
    stage.primary.kill()
    time.sleep(1)
    _start_again(stage.primary)


def database_restarted(stage):
    """As for an update: everybody is thrown out."""
    for mode in ("fast", "immediate"):
        time.sleep(1.5)
        stage.primary.stop(mode)
        _start_again(stage.primary)


def disk_filled(stage):
    """Where the data are: PostgreSQL refuses to write, and stays up."""
    time.sleep(1)
    with Ballast(stage.disk):
        time.sleep(8)


def wal_disk_filled(stage):
    """Where the log of changes is: PostgreSQL stops, and its supervisor starts it until it runs."""
    time.sleep(1)
    with Ballast(stage.disk):
        # More than is left in the segment that is being written.
        with suppress(psycopg.Error):
            for _piece in range(100):
                stage.primary.ask(
                    "SELECT count(pg_logical_emit_message(true, 'x', repeat('x', 1000000)))"
                )
        time.sleep(4)
    _start_again(stage.primary)


def connections_exhausted(stage):
    """Others take all the connections that the server gives, the site's own first."""
    held = []
    stage.primary.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    try:
        until = time.monotonic() + 8
        while time.monotonic() < until:
            try:
                held.append(psycopg.connect(stage.primary.url, connect_timeout=2))
            except psycopg.OperationalError:
                time.sleep(0.1)
    finally:
        for each in held:
            each.close()


def table_locked(stage):
    """Somebody at a console who does not come back for a minute."""
    time.sleep(1)
    with psycopg.connect(stage.primary.url) as one:
        one.execute("LOCK TABLE surveys_response IN ACCESS EXCLUSIVE MODE")
        time.sleep(60)


def primary_lost(stage):
    """The primary's link to its standby goes, then the primary; the standby takes over."""
    time.sleep(3)
    for process in stage.primary.processes():
        if "walsender" in _title(process):
            process.suspend()
    time.sleep(2)
    stage.primary.kill()
    stage.standby.promote()
    stage.primary = stage.standby


def primary_killed(stage):
    """The primary goes at once; the standby takes over."""
    time.sleep(3)
    stage.primary.kill()
    stage.standby.promote()
    stage.primary = stage.standby


class Ballast:
    """A file that leaves no room, for as long as a `with` lasts."""

    def __init__(self, disk):
        self.file = disk / "ballast"

    def __enter__(self):
        subprocess.run(
            ["dd", "if=/dev/zero", f"of={self.file}", "bs=64k", "status=none"],
            check=False,
            stderr=subprocess.DEVNULL,
        )

    def __exit__(self, *failure):
        self.file.unlink()


def _start_again(postgres):
    """What a supervisor does with a server that has ended: start it until it runs."""

    def runs():
        try:
            postgres.ask("SELECT 1")
        except psycopg.OperationalError:
            with suppress(ServerError):
                postgres.start()
            return False
        return True

    wait_until(runs, "a start", patience=30)


FAULTS = [
    Fault(
        "a connection's process killed",
        "gap at most 3 s",
        backends_killed,
        longest_gap=3,
        twin=FORGETS,
    ),
    Fault(
        "PostgreSQL killed",
        "taken again at most 5 s after its start",
        database_killed,
        longest_gap=5,
        twin=Setting(postgres=("synchronous_commit=off", "wal_writer_delay=200ms")),
        counts_from_the_end=True,
        is_short=True,
    ),
    Fault(
        "PostgreSQL restarted",
        "gap at most 5 s",
        database_restarted,
        longest_gap=5,
        twin=FORGETS,
    ),
    Fault(
        "disk of the data full",
        "taken again at most 5 s after there is room",
        disk_filled,
        longest_gap=5,
        setting=Setting(small_disk="data"),
        twin=Setting(small_disk="data", sabotage="early"),
        counts_from_the_end=True,
    ),
    Fault(
        "disk of the log full",
        "taken again at most 30 s after there is room",
        wal_disk_filled,
        longest_gap=30,
        setting=Setting(small_disk="wal"),
        twin=Setting(small_disk="wal", sabotage="early"),
        counts_from_the_end=True,
    ),
    Fault(
        "connections exhausted",
        "told so in at most 5 s",
        connections_exhausted,
        longest_gap=5,
        slowest=5,
        setting=Setting(postgres=("max_connections=24",)),
        twin=Setting(postgres=("max_connections=24",), sabotage="early"),
        counts_from_the_end=True,
    ),
    Fault(
        "a table locked for a minute",
        "told so in at most 9 s",
        table_locked,
        longest_gap=5,
        twin=Setting(sabotage="keys", environment=(("LOCK_TIMEOUT_SECONDS", "0"),)),
        counts_from_the_end=True,
    ),
    Fault(
        "the primary lost, the standby promoted",
        "taken again at most 5 s after it",
        primary_killed,
        longest_gap=5,
        setting=Setting(standby="sync"),
        twin=Setting(standby="async", sabotage="early"),
    ),
    Fault(
        "the primary cut off, then lost",
        "taken again at most 5 s after it",
        primary_lost,
        longest_gap=5,
        setting=Setting(standby="sync"),
        twin=Setting(standby="async"),
        counts_from_the_end=True,
        is_short=True,
    ),
]
