"""Two databases that differ in one thing: the number of their responses.

The second is a copy of the first in which the responses of the first are there again and again,
each time with another key and reference.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from django.db import connection, transaction

from surveys.coding.frames import gather
from surveys.identifiers import reference_from_number, uuid7
from surveys.models import CodingFrame, Response

SUFFIX = "many"
COPIED = (
    "questionnaire_id, version_id, state, channel, language, publication, answers, unfinished,"
    " unread, is_rehearsal, started_at, changed_at, sent_at"
)
COPY = f"""
    INSERT INTO surveys_response (id, reference, secret_hash, {COPIED})
    SELECT fresh.id, fresh.reference,
    encode(sha256(convert_to(fresh.id::text, 'UTF8')), 'hex'), {COPIED}
    FROM (SELECT *, row_number() OVER (ORDER BY id) AS position FROM fresh) fresh
    JOIN (SELECT *, row_number() OVER (ORDER BY id) AS position FROM surveys_response) few
    ON few.position = 1 + (fresh.position - 1) %% %s
    ORDER BY fresh.id
"""  # noqa: S608 - of names above alone
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'surveys_response' AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


@contextmanager
def copy_with(number: int) -> Iterator[tuple[str, str]]:
    """The names of this database and of its copy with `number` responses, while it is there."""
    few = connection.settings_dict["NAME"]
    connection.creation.clone_test_db(SUFFIX, verbosity=0)
    many = connection.creation.get_test_db_clone_settings(SUFFIX)["NAME"]
    try:
        look_at(many)
        began = time.perf_counter()
        _fill(number)
        print(f"  {number:,} responses written in {time.perf_counter() - began:.0f} s")
        yield few, many
    finally:
        look_at(few)
        connection.close()
        connection.creation.destroy_test_db(suffix=SUFFIX, verbosity=0)


def look_at(name: str) -> None:
    """From here on the site's database is the one of this name."""
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name


def tidy() -> None:
    """As the database does by itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _fill(number: int) -> None:
    taken = set(Response.objects.values_list("reference", flat=True))
    few = len(taken)
    free = (name for name in map(reference_from_number, count()) if name not in taken)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE fresh (id uuid, reference text) ON COMMIT DROP")
        with cursor.copy("COPY fresh FROM STDIN") as copy:
            for _row in range(number - few):
                copy.write_row((uuid7(), next(free)))
        cursor.execute("ANALYZE fresh")
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        # The copied rows keep to the rules as the first do, and what triggers do for each of them
        # is done for all at once.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(COPY, [few])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        # To make an index of rows that are there takes a fraction of keeping it up row by row.
        for _name, definition in indexes:
            cursor.execute(definition)
    for frame in CodingFrame.objects.all():
        gather(frame)
    tidy()
