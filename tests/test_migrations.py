"""Migrations run beside the site of the release before: see `docs/releases.md`."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

SINCE = 23
"""Before it there was no site to run beside."""
BIG = ("surveys_response", "surveys_revision", "surveys_commitment", "surveys_attempts")
HOLDS = {
    "a rule that all rows are held against at once": r"ADD CONSTRAINT .*CHECK(?!.*NOT VALID)",
    "a key that all rows are held against at once": r"ADD CONSTRAINT .*FOREIGN KEY(?!.*NOT VALID)",
    "a column of another type": r"ALTER COLUMN \S+ TYPE",
    "a column that may be empty no more": r"ALTER COLUMN \S+ SET NOT NULL",
    "an index made while nobody may write": r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)",
    "a column that the release before does not fill": r"ADD COLUMN (?!.*DEFAULT).*NOT NULL",
    "a column that the release before still reads": r"DROP COLUMN",
    "another name": r"RENAME",
}


@pytest.fixture
def loader(db):
    return MigrationLoader(connection, replace_migrations=False)


def statements(loader):
    """Name of the migration, and one statement of it."""
    newest = [key for key in loader.graph.nodes if key[0] == "surveys" and int(key[1][:4]) >= SINCE]
    for key in sorted(newest):
        plan = [(loader.graph.nodes[key], False)]
        for statement in "\n".join(loader.collect_sql(plan)).split(";"):
            yield key[1], " ".join(statement.split())


def faults_of(statement):
    """In which ways it holds one of the big tables for as long as these are big."""
    if not any(f'"{table}"' in statement for table in BIG):
        return []
    return [told for told, form in HOLDS.items() if re.search(form, statement)]


def test_one_migration_follows_the_other(loader):
    assert loader.detect_conflicts() == {}
    assert len(loader.graph.leaf_nodes("surveys")) == 1


def test_no_change_of_the_models_lacks_its_migration(db, capsys):
    call_command("makemigrations", check=True, dry_run=True)

    assert capsys.readouterr().out == "No changes detected\n"


def test_no_migration_holds_up_those_who_answer(loader):
    found = [(name, told) for name, each in statements(loader) for told in faults_of(each)]

    assert found == []


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ('ALTER TABLE "surveys_response" ADD CONSTRAINT "x" CHECK (state > 1)', 1),
        ('ALTER TABLE "surveys_response" ADD CONSTRAINT "x" CHECK (state > 1) NOT VALID', 0),
        ('ALTER TABLE "surveys_response" VALIDATE CONSTRAINT "x"', 0),
        ('ALTER TABLE "surveys_response" ADD COLUMN "later" text NULL', 0),
        ('ALTER TABLE "surveys_response" ADD COLUMN "later" text NOT NULL', 1),
        ('CREATE INDEX "x" ON "surveys_response" ("state")', 1),
        ('CREATE INDEX CONCURRENTLY "x" ON "surveys_response" ("state")', 0),
        ('ALTER TABLE "surveys_place" DROP COLUMN "x"', 0),
    ],
)
def test_what_holds_a_table_is_known(statement, count):
    assert len(faults_of(statement)) == count


def test_whoever_comes_after_a_migration_is_as_patient_as_before(db):
    call_command("migrate", verbosity=0)

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        # As in tests/conftest.py.
        assert cursor.fetchone() == ("1min",)
