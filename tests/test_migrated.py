"""Tests run in a copy of a database that was migrated before: never before other migrations."""

import pytest
from django.db import connection

from tests.migrated import PREFIX, ROOT, fingerprint

FILES = {
    "requirements.txt": "django==5.2.8",
    "surveys/migrations/0001_initial.py": "operations = []",
    "surveys/models/user.py": "class User: ...",
    "surveys/translated.py": "class TextField: ...",
}


@pytest.fixture
def made_of(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_same_files_are_the_same_database(made_of):
    before = fingerprint(made_of)
    (made_of / "surveys" / "urls.py").write_text("urlpatterns = []")

    assert fingerprint(made_of) == before


@pytest.mark.parametrize("name", [*FILES, "surveys/migrations/0002_more.py"])
def test_whatever_changes_what_migrations_do_makes_another_database(made_of, name):
    before = fingerprint(made_of)
    (made_of / name).write_text("# another")

    assert fingerprint(made_of) != before


def test_a_migration_of_another_name_makes_another_database(made_of):
    before = fingerprint(made_of)
    migration = made_of / "surveys" / "migrations" / "0001_initial.py"
    migration.rename(migration.with_name("0002_initial.py"))

    assert fingerprint(made_of) != before


def test_no_other_than_the_one_of_these_migrations_is_kept(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        assert cursor.fetchall() == [(f"{PREFIX}{fingerprint(ROOT)}",)]
