"""A site of its own to look at, on a database that is empty at first and gone afterwards."""

from contextlib import contextmanager

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.db import connection
from django.test.testcases import LiveServerThread
from django.test.utils import (
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)

from consultation import catalogs
from consultation.settings import LOCALE_PATHS
from surveys.answering import kept, versions

# A database is not dropped while a browser that is still open keeps a connection to it.
OTHERS_LEAVE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@contextmanager
def started_site():
    """Gives the address where it listens. In production's manner: DEBUG is off."""
    for folder in LOCALE_PATHS:
        list(catalogs.compile_stale(folder))
    # What is changed for the next look is to be seen at once.
    kept.KEPT_FOR = versions.READ_FOR = 0
    # Beside the database of the tests, which may be running.
    connection.settings_dict["TEST"]["NAME"] = "accessibility"
    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False)
    # Its table is no model's.
    cache.clear()
    server = LiveServerThread("127.0.0.1", static_handler=StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    try:
        if server.error:
            raise server.error
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.terminate()
        with connection.cursor() as cursor:
            cursor.execute(OTHERS_LEAVE)
        teardown_databases(databases, verbosity=0)
        teardown_test_environment()
