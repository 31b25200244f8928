"""A database in which all migrations are done. It is kept: those of the tests are copies of it."""

import fcntl
import hashlib
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "test_migrated_"
UNFINISHED = "test_migrated"
MADE_OF = (
    "requirements.txt",
    *("surveys/migrations/*.py", "surveys/models/*.py"),
    *("surveys/identifiers.py", "surveys/translated.py"),
)
"""The migrations, also of what is installed, and what they take from elsewhere."""


def copy_migrated(connection: BaseDatabaseWrapper) -> None:
    """Let the database of the tests be made as a copy, in a tenth of the time.

    `migrate` runs there still, and finds nothing to do.
    """
    name = f"{PREFIX}{fingerprint(ROOT)}"
    with _one_at_a_time():
        if not _exists(connection, name):
            _make(connection, name)
    connection.settings_dict["TEST"]["TEMPLATE"] = name


def fingerprint(folder: Path) -> str:
    """Another one as soon as one of the files is."""
    found = hashlib.sha256()
    for path in sorted(path for pattern in MADE_OF for path in folder.glob(pattern)):
        content = path.read_bytes()
        found.update(f"{path.relative_to(folder)} {len(content)}\n".encode() + content)
    return found.hexdigest()[:16]


@contextmanager
def _one_at_a_time():
    settings.VAR_DIR.mkdir(exist_ok=True)
    with (settings.VAR_DIR / "migrated.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _exists(connection, name):
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return bool(cursor.rowcount)


def _make(connection, name):
    """Under another name until it is done, and in the place of those of other migrations."""
    own, of_the_tests = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = UNFINISHED
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.creation.destroy_test_db(own, verbosity=0, keepdb=True)
    connection.close_pool()
    connection.settings_dict["TEST"]["NAME"] = of_the_tests
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        for (old,) in cursor.fetchall():
            cursor.execute(f'DROP DATABASE "{old}"')
        cursor.execute(f'ALTER DATABASE "{UNFINISHED}" RENAME TO "{name}"')
