"""`bytes`: what a response takes in the database, over the text of its answers as they were sent.

Counted is all of the table of responses, what was moved out of its rows and every index on it,
freshly written. Not counted are the commitment of each response in the public record, which has a
table of its own, and the note that it is not in the tallies yet, which is soon gone.
"""

from django.db import connection

from bench.figures import Figure

SIZES = """
    SELECT count(*), avg(octet_length(answers::text)), pg_relation_size('surveys_response'),
    pg_table_size('surveys_response'), pg_indexes_size('surveys_response')
    FROM surveys_response
"""
INDEXES = """
    SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes
    WHERE relname = 'surveys_response' ORDER BY 2 DESC
"""


def prepare() -> None:
    """What the other parts prepare is enough."""


def compare(few: str, many: str) -> list[Figure]:
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        number, answers, rows, table, indexes = cursor.fetchone()
        cursor.execute(INDEXES)
        for name, size in cursor.fetchall():
            print(f"  {size / number:6.1f} bytes of a response in {name}")
    print(f"  {rows / number:6.1f} in its row, {(table - rows) / number:.1f} beside it")
    print(f"  {indexes / number:6.1f} in all indexes; answers {float(answers):.1f}")
    return [
        Figure("bytes: stored per response", (table + indexes) / number, "B", float(answers), 1.6),
        Figure("bytes: without indexes", table / number, "B", float(answers), 1.6),
    ]
