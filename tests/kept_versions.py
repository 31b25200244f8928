"""What is published of the consultation's content, read for all tests once.

The site itself reads it once a second. A test reads it anew after each statement that may have
changed it.
"""

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic

from django.db import connection

from surveys.answering import versions
from surveys.models import Questionnaire
from tests.content import TABLES

UNDERSTOOD = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE|SAVEPOINT|RELEASE|SET)\b")
WRITTEN = re.compile(r'\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO)\s+"?(\w+)')
CONTENT = frozenset(TABLES)
FOR_A_TEST = 3600.0
_of_all_tests: dict = {}


@contextmanager
def published_is_kept(monkeypatch):
    """For a test that finds the content as it was loaded, and writes through this connection."""
    from_database = versions._from_database

    def read(answered_by, version_id):
        version = from_database(answered_by, version_id)
        # The moment when all of it was read: no form was opened after that. On this clock a test
        # does not move.
        version.asked_at = datetime.now(UTC)
        return version

    monkeypatch.setattr(versions, "_from_database", read)
    monkeypatch.setattr(versions, "READ_FOR", FOR_A_TEST)
    if not _of_all_tests:
        _read_all(read)
    monkeypatch.setattr(versions, "_versions", _of_all_tests.copy())

    def look(execute, statement, *arguments):
        if may_change_content(statement):
            versions._versions.clear()
        return execute(statement, *arguments)

    with connection.execute_wrapper(look):
        yield


def _read_all(read):
    for answered_by in Questionnaire.AnsweredBy.values:
        version = read(answered_by, None)
        kept = versions._Read(version, monotonic())
        _of_all_tests.update({(answered_by, None): kept, (answered_by, version.pk): kept})


def may_change_content(statement):
    """Also where it is not known what a statement does, as of what undoes others."""
    if not isinstance(statement, str) or not UNDERSTOOD.match(statement):
        return True
    return not CONTENT.isdisjoint(WRITTEN.findall(statement))
