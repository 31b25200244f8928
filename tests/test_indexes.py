"""Every sending keeps up every index of what it writes, so none is there that nobody needs."""

import pytest
from django.db import connection

from surveys.models import Attempts, Commitment, Response, Untallied

INDEXES = """
    SELECT indexrelid::regclass::text, indisunique, array(
        SELECT pg_get_indexdef(indexrelid, position, true)
        FROM generate_series(1, indnkeyatts) position
    )
    FROM pg_index WHERE indrelid = %s::regclass AND indpred IS NULL
"""
LIKE = "SELECT indexname FROM pg_indexes WHERE tablename = %s AND indexdef LIKE '%%pattern_ops%%'"


@pytest.fixture(params=[Response, Commitment, Untallied, Attempts])
def table(request, db):
    return request.param._meta.db_table


def fetch(statement, table):
    with connection.cursor() as cursor:
        cursor.execute(statement, [table])
        return cursor.fetchall()


def test_no_index_is_the_beginning_of_another(table):
    indexes = fetch(INDEXES, table)

    assert [
        (name, other)
        for name, is_unique, columns in indexes
        for other, _is_unique, longer in indexes
        if name != other and not is_unique and longer[: len(columns)] == columns
    ] == []


def test_no_column_is_in_an_index_of_patterns_besides_its_own(table):
    assert fetch(LIKE, table) == []
