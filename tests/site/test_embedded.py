"""The embedded PostgreSQL serves whoever needs it and goes with the last of them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from consultation import embedded
from consultation.embedded import server

ROOT = Path(__file__).resolve().parent.parent.parent
USER = """
import sys
from pathlib import Path
from consultation.embedded import server

with server.running(Path(sys.argv[1])):
    print("there", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def var(tmp_path):
    yield tmp_path
    # Whatever a test left running goes with this visitor.
    with server.running(tmp_path):
        pass


class User:
    """Another process that needs the server until it is told to leave, or killed."""

    def __init__(self, var):
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(var)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout.readline() == b"there\n"

    def leave(self):
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0

    def kill(self):
        self.process.kill()
        self.process.communicate()


def connect(var):
    settings = embedded.database(var)
    return psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], user=settings["USER"], dbname=settings["NAME"]
    )


def answers(var):
    try:
        connect(var).close()
    except psycopg.OperationalError:
        return False
    return True


def postmaster_pid(var):
    return int((var / "postgres" / "postmaster.pid").read_text().split()[0])


def test_asking_for_the_settings_starts_nothing(tmp_path):
    settings = embedded.database(tmp_path)

    assert settings["HOST"] == f"{tmp_path}/postgres"
    assert list(tmp_path.iterdir()) == []


def test_it_runs_for_its_user_and_no_longer(var):
    with server.running(var):
        assert answers(var)

    assert not answers(var)


def test_it_keeps_its_data(var):
    with server.running(var), connect(var) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'ș' AS letter")

    with server.running(var), connect(var) as connection:
        assert connection.execute("SELECT upper(letter) FROM kept").fetchone() == ("Ș",)


def test_it_listens_on_its_socket_alone_and_writes_durably(var):
    names = ("listen_addresses", "unix_socket_permissions", "fsync", "synchronous_commit")

    with server.running(var), connect(var) as connection:
        values = [connection.execute(f"SHOW {name}").fetchone()[0] for name in names]

    assert values == ["", "0700", "on", "on"]


def test_the_last_of_several_users_stops_it(var):
    first, second = User(var), User(var)

    first.leave()
    assert answers(var)
    second.leave()

    assert not answers(var)


def test_a_killed_user_does_not_keep_it_for_ever(var):
    killed = User(var)
    killed.kill()

    User(var).leave()

    assert not answers(var)


def test_a_user_that_was_there_before_is_not_disturbed_by_a_killed_one(var):
    first, killed = User(var), User(var)
    killed.kill()

    User(var).leave()

    assert answers(var)
    first.leave()


def test_it_starts_after_a_crash(var):
    user = User(var)
    os.kill(postmaster_pid(var), 9)
    user.kill()

    with server.running(var):
        assert answers(var)


def test_it_starts_although_another_program_has_the_crashed_servers_pid(var):
    with server.running(var):
        pid_file = var / "postgres" / "postmaster.pid"
        crashed = pid_file.read_text()
    pid_file.write_text(crashed.replace(crashed.split()[0], str(os.getpid()), 1))

    with server.running(var):
        assert answers(var)


def test_an_initialisation_broken_off_is_made_again(var):
    (var / "postgres.unfinished").mkdir()
    (var / "postgres.unfinished" / "PG_VERSION").write_text("18\n")

    with server.running(var):
        assert answers(var)


def test_a_forked_child_does_not_stop_it(var):
    code = f"""
import os
from pathlib import Path
from consultation.embedded import server

var = Path({str(var)!r})
with server.running(var):
    if child := os.fork():
        os.waitpid(child, 0)
        print(server._is_alive(var / "postgres"))
    else:
        raise SystemExit
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "True\n"


@pytest.mark.parametrize("name", ["with spaces", "with, comma", "long" * 30])
def test_any_path_will_do(tmp_path, name):
    var = tmp_path / name

    with server.running(var):
        assert answers(var)


def test_a_folder_that_is_not_a_database_is_told(var):
    (var / "postgres").mkdir()
    (var / "postgres" / "letter.txt").touch()

    with pytest.raises(server.ServerError) as told:
        server.acquire(var)

    assert str(told.value) == f"{var}/postgres is not empty and holds no database."
    (var / "postgres" / "letter.txt").unlink()


def test_it_says_why_it_does_not_start(var, monkeypatch):
    monkeypatch.setattr(server, "PATIENCE", 0)
    with server.running(var):
        pass
    (var / "postgres" / "postgresql.auto.conf").write_text("work_mem = 'much'\n")

    began = time.monotonic()
    with pytest.raises(server.ServerError) as told:
        server.acquire(var)

    assert "server.log" in str(told.value)
    assert time.monotonic() - began < 5
    (var / "postgres" / "postgresql.auto.conf").write_text("")
