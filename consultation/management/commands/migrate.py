"""Django's migrate, for a site that goes on answering."""

import time
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

PAUSE = 2.0
"""Seconds in which those get their turn who waited for the migration while it waited itself."""
TRIES = 150


class Command(migrate.Command):
    """A change of a table waits for whoever reads it, and everybody else waits for the change.

    So a migration gives up after half a second and is tried again, for about six minutes. Each is
    a transaction of its own: those that were done stay done.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        for _try in range(TRIES):
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '500ms'")
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
                self.stderr.write("A table is in use for long; trying again.")
            else:
                return
            finally:
                # Whoever has this connection next waits as the settings say.
                with connection.cursor() as cursor:
                    cursor.execute("RESET lock_timeout")
            connection.close()
            time.sleep(PAUSE)
        raise CommandError("A table that a migration changes was in use for minutes")
