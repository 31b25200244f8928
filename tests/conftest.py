"""What every test stands on. The database needs nothing: it starts at the first connection."""

import gc
import os
import threading
import urllib.parse
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.template import Template
from django.utils import translation

from consultation import catalogs
from surveys import rate_limits, rehearsing
from surveys.answering import kept, versions
from tests.alone import stay_alone
from tests.migrated import copy_migrated

ROOT = Path(__file__).resolve().parent.parent
READ_FOR = versions.READ_FOR
# Before Django's test environment wraps it.
DRAW = Template._render


def pytest_configure() -> None:
    stay_alone()
    # How long an example takes says more about what else the machine does.
    hypothesis.settings.register_profile("suite", deadline=None)
    hypothesis.settings.load_profile("suite")
    # The rounds that make a stolen password slow to guess make a test slow as well.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Threads of a test may wait for each other longer than a visitor should, on a busy machine; and
    # nothing that a test writes has to outlive a power cut.
    for database in settings.DATABASES.values():
        database["OPTIONS"]["options"] = "-c lock_timeout=60s -c synchronous_commit=off"
    # Everything comes from one address here; the tests of the guard switch it on.
    settings.SENT_PER_NETWORK = settings.SENT_IN_ALL = 0
    # A page of what stood in the database before is no page of a test; see also below.
    settings.CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    # A file is looked for when it is asked for: every client would list all of them first.
    settings.WHITENOISE_AUTOREFRESH = True
    for folder in settings.LOCALE_PATHS:
        list(catalogs.compile_stale(Path(folder)))


def pytest_collection_finish() -> None:
    """What was imported stays to the end: looking for garbage in it again and again finds none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def contexts_are_kept_of_pages_alone(django_test_environment):
    """Django copies the context of every template for its test client, of each input of a form."""
    keep, here = Template._render, threading.local()

    def draw(template, context):
        if getattr(here, "is_drawing", False):
            return DRAW(template, context)
        here.is_drawing = True
        try:
            return keep(template, context)
        finally:
            here.is_drawing = False

    Template._render = draw


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    with django_db_blocker.unblock():
        copy_migrated(connection)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """In the end nobody is connected any more, as a thread may be that waits for a browser."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def english():
    """A page leaves its language behind in the thread; no test is to inherit another's."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch):
    """A page of what stood in the database before is no page of this test."""
    monkeypatch.setattr(kept, "KEPT_FOR", 0)
    monkeypatch.setattr(versions, "READ_FOR", 0)
    monkeypatch.setattr(versions, "_versions", {})
    monkeypatch.setattr(rehearsing, "LOOK_AGAIN", 0)


@pytest.fixture
def versions_are_kept(nothing_is_kept, monkeypatch):
    """As the site keeps them, for tests of very many forms of what stays as it is."""
    monkeypatch.setattr(versions, "READ_FOR", READ_FOR)


@pytest.fixture(autouse=True)
def no_period_ends(monkeypatch):
    """Tries are counted by the hour: a test that begins before the end of one is to count on."""
    begin_of, begun = rate_limits._begin_of, {}
    monkeypatch.setattr(
        rate_limits, "_begin_of", lambda period: begun.setdefault(period, begin_of(period))
    )


@pytest.fixture
def database_of_the_tests(db):
    """The environment in which a process of its own is on the database of the tests."""
    database = connection.settings_dict
    query = {name: database[key] for name, key in (("host", "HOST"), ("port", "PORT"))}
    address = urllib.parse.urlencode({n: v for n, v in query.items() if v})
    user = urllib.parse.quote(database["USER"])
    return os.environ | {"DATABASE_URL": f"postgres://{user}@/{database['NAME']}?{address}"}
