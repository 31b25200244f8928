"""Probes for whoever watches the process; they keep nothing of the visitor."""

import logging
from threading import Event

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)

# Migrations are applied under a running process, never taken back under it: one look that finds
# them all is enough.
_all_migrations_seen = Event()


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Does this process answer?"""
    return _answer("live", 200)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Can this process do its work: does its database answer, and has it every table?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        migrated = _is_migrated()
    except DatabaseError as error:
        log.warning("Not ready: %s", error)
        return _answer("database away", 503)
    return _answer("ready", 200) if migrated else _answer("migrations missing", 503)


def _is_migrated() -> bool:
    if not _all_migrations_seen.is_set():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _all_migrations_seen.set()
    return True


def _answer(word: str, status: int) -> HttpResponse:
    return HttpResponse(f"{word}\n", "text/plain", status, headers={"Cache-Control": "no-store"})
