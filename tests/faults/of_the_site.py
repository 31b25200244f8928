"""Processes of the site end, and releases come, while people answer."""

import random
import subprocess
import sys
import time

import psycopg

from tests.faults.fault import DOUBLES, Fault
from tests.faults.stage import Setting, production
from tests.servers import ROOT


def workers_killed(stage):
    """A worker every second, as by the kernel where memory runs out."""
    for _time in range(10):
        time.sleep(1)
        random.choice(stage.workers()).kill()


def gunicorn_killed(stage):
    """The master and all workers; the supervisor starts it again."""
    for _time in range(2):
        time.sleep(1)
        stage.kill("web1")
        stage.serve("web1")


def instances_renewed(stage):
    """A release: one instance after the other finishes what it is at, and a new one starts."""
    for name in stage.web:
        time.sleep(2)
        stage.instances[name].terminate()
        stage.instances[name].wait()
        stage.serve(name)


def instances_cut_off(stage):
    """The same without letting anything finish, and both at once."""
    time.sleep(2)
    for name in stage.web:
        stage.kill(name)
    for name in stage.web:
        stage.serve(name)


def migrated(stage):
    """A migration changes the table of responses while a long report reads it."""
    time.sleep(1)
    migrate = [sys.executable, "-m", "django", "migrate", "release", "--verbosity", "0"]
    settings = {"DJANGO_SETTINGS_MODULE": "tests.faults.release.settings"}
    with psycopg.connect(stage.primary.url) as report:
        report.execute("SELECT count(*) FROM surveys_response")
        environment = production(stage.primary.url, **settings)
        migration = subprocess.Popen(migrate, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        time.sleep(8)
    assert migration.wait(timeout=60) == 0
    stage.primary.ask("SELECT later FROM surveys_response LIMIT 1")


def migrated_unguarded(stage):
    """The same by a statement that waits for as long as it takes."""
    time.sleep(1)
    with psycopg.connect(stage.primary.url) as report:
        report.execute("SELECT count(*) FROM surveys_response")
        change = [sys.executable, "-c", UNGUARDED, stage.primary.url]
        migration = subprocess.Popen(change)
        time.sleep(8)
    assert migration.wait(timeout=60) == 0


def open_for_less(stage):
    """The consultation opened and closes within the hour by which the clocks are wrong."""
    stage.primary.ask(
        "UPDATE surveys_consultation SET opens_at = now() - interval '20 minutes',"
        " closes_at = now() + interval '20 minutes'"
    )
    time.sleep(10)


UNGUARDED = """
import sys, psycopg
with psycopg.connect(sys.argv[1]) as one:
    one.execute("ALTER TABLE surveys_response ADD COLUMN later text")
"""


def no_error(heard, _told):
    counted = {"refused": heard.refused, "broken": heard.broken}
    return [f"{number} requests were {what}" for what, number in counted.items() if number]


AN_HOUR_OFF = (("web1", 3_600), ("web2", -3_600))
FAULTS = [
    Fault(
        "a worker killed each second",
        "gap at most 2 s",
        workers_killed,
        longest_gap=2,
        twin=DOUBLES,
        is_short=True,
    ),
    Fault(
        "an instance killed twice",
        "gap at most 2 s",
        gunicorn_killed,
        longest_gap=2,
        twin=DOUBLES,
    ),
    Fault(
        "a release, one instance after the other",
        "no error at all",
        instances_renewed,
        longest_gap=2,
        unmet=no_error,
        twin=Setting(),
        twin_inflict=instances_cut_off,
    ),
    Fault(
        "a migration behind a long report",
        "gap at most 2 s, no error at all",
        migrated,
        longest_gap=2,
        unmet=no_error,
        twin=Setting(environment=(("LOCK_TIMEOUT_SECONDS", "0"),)),
        twin_inflict=migrated_unguarded,
    ),
    Fault(
        "clocks an hour fast and an hour slow",
        "gap at most 2 s, no error at all",
        open_for_less,
        longest_gap=2,
        unmet=no_error,
        setting=Setting(clocks=AN_HOUR_OFF),
        twin=Setting(clocks=AN_HOUR_OFF, sabotage="clock"),
    ),
]
