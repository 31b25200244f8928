"""What tests share of the content is read anew as soon as it may have changed."""

import pytest
from django.db import connection, transaction
from psycopg import sql

from surveys.answering import versions
from surveys.models import Consultation, Option, Questionnaire
from tests.kept_versions import may_change_content

ANYONE = Questionnaire.AnsweredBy.ANYONE


def first_option():
    return versions.get_version(ANYONE, None).sections.all()[0].questions.all()[0].options.all()[0]


def closing():
    return versions.get_version(ANYONE, None).questionnaire.consultation.closes_at


def test_what_is_published_is_read_for_all_tests_once(listens, django_assert_num_queries):
    with django_assert_num_queries(0):
        version = versions.get_version(ANYONE, None)
        assert versions.get_version(ANYONE, version.pk).questionnaire.slug == "citizens"


def test_a_test_that_is_about_reading_reads(versions_are_read, listens):
    with transaction.atomic(), connection.execute_wrapper(refuse), pytest.raises(AssertionError):
        versions.get_version(ANYONE, None)


def refuse(*_arguments):
    raise AssertionError("asked")


def test_what_is_written_is_read(listens):
    before, moved = closing(), listens.opens_at.replace(year=2099)
    Consultation.objects.update(closes_at=moved)

    assert (before != moved, closing()) == (True, moved)


def test_what_is_undone_is_read(listens):
    before = closing()
    with transaction.atomic():
        Consultation.objects.update(closes_at=listens.opens_at.replace(year=2099))
        closing()
        transaction.set_rollback(True)

    assert closing() == before


def test_what_a_statement_of_ones_own_writes_is_read(listens):
    option = first_option()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"UPDATE {Option._meta.db_table} SET code = 'x' WHERE id = {option.pk}")  # noqa: S608

    assert first_option().code == "x"


@pytest.mark.parametrize(
    ("statement", "may"),
    [
        ('SELECT "surveys_version"."id" FROM "surveys_version" FOR UPDATE', False),
        ('INSERT INTO "surveys_response" ("version_id") VALUES (1)', False),
        ("\n    WITH own AS (SELECT 1) INSERT INTO surveys_attempts VALUES (1)", False),
        ("WITH gone AS (DELETE FROM surveys_place RETURNING id) SELECT * FROM gone", True),
        ('UPDATE "surveys_consultation" SET "closes_at" = now()', True),
        ('SAVEPOINT "a"', False),
        ('ROLLBACK TO SAVEPOINT "a"', True),
        ("TRUNCATE surveys_version", True),
        (sql.SQL("SELECT 1"), True),
    ],
)
def test_it_is_known_which_statements_may_change_content(statement, may):
    assert may_change_content(statement) is may
