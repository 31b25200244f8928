"""Migrations run beside the site of the release before: see `docs/releases.md`."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import AddField
from django.db.migrations.loader import MigrationLoader

SINCE = 23
"""Before it there was no site to run beside."""
SMALL = {
    *("programme", "country", "place", "consultation", "passage", "meeting", "privacynotice"),
    *("questionnaire", "version", "section", "question", "option", "item", "condition"),
    *("questionnaireupload", "organisationlist", "user_groups", "user_user_permissions"),
    *("codingframe", "codingframe_coders", "code", "codechange", "codechange_codes", "target"),
    *("release", "releasedtable", "releaserequest", "opendataversion", "opendatafile", "tallied"),
    *("reporttext", "reportedition", "reportfile", "reply", "replychange", "announcement"),
    *("export", "quotation", "softlock", "retentionrun", "subjectrequest"),
}
"""What staff write, or a run at a time. All other tables grow with those who answer."""
HOLDS = {
    "a rule that all rows are held against at once": r"ADD CONSTRAINT .*CHECK(?!.*NOT VALID)",
    "a key that all rows are held against at once": r"ADD CONSTRAINT .*FOREIGN KEY(?!.*NOT VALID)",
    "a column of another type": r"ALTER COLUMN \S+ TYPE",
    "a column that may be empty no more": r"ALTER COLUMN \S+ SET NOT NULL",
    "an index made while nobody may write": r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)",
    "a column that the release before still reads": r"DROP COLUMN",
    "another name": r"RENAME",
}
NOT_FILLED = "a column that the release before does not fill"
MADE = re.compile(r'CREATE TABLE "?(\w+)')
CHANGED = re.compile(r'(?:ALTER TABLE|\bON) "?(\w+)')
ADDED = re.compile(r'ADD COLUMN "?(\w+)"?(.*)')
WITHOUT_DEFAULT = re.compile(r'ALTER COLUMN "?(\w+)"? DROP DEFAULT')


@pytest.fixture(scope="module")
def graph():
    """All migrations; which of them were done is nothing that these tests ask."""
    return MigrationLoader(None, replace_migrations=False)


@pytest.fixture(scope="module")
def models_of_today(graph):
    state = graph.project_state()
    # The models are made of it once, for all tests.
    assert state.apps
    return state


@pytest.fixture
def loader(django_db_setup, django_db_blocker, graph, monkeypatch):
    """In no transaction, as an index that is made beside others' work has to be; writes nothing."""
    monkeypatch.setattr(graph, "connection", connection)
    with django_db_blocker.unblock():
        yield graph


def statements(loader):
    """By name of the migration, what it does."""
    newest = [key for key in loader.graph.nodes if key[0] == "surveys" and int(key[1][:4]) >= SINCE]
    return {
        key[1]: split(loader.collect_sql([(loader.graph.nodes[key], False)]))
        for key in sorted(newest)
    }


def split(lines):
    return [" ".join(statement.split()) for statement in "\n".join(lines).split(";")]


def faults_of(statements):
    """What a migration must not do to tables that were there before it."""
    found, made, added = [], set(), {}
    for statement in statements:
        made |= set(MADE.findall(statement))
        table = next(iter(CHANGED.findall(statement)), None)
        if not table or table in made:
            continue
        if is_big(table):
            found += [told for told, form in HOLDS.items() if re.search(form, statement)]
        if fills := ADDED.search(statement):
            added[table, fills[1]] = fills[2]
        if is_not_filled(statement, table, added):
            found.append(NOT_FILLED)
    return found


def is_big(table):
    """For how long it is held matters: as long as it takes to go through it."""
    return table.startswith("surveys_") and table.removeprefix("surveys_") not in SMALL


def is_not_filled(statement, table, added):
    """Also where a default fills the rows that are there, and is gone when the next ones come."""
    if column := ADDED.search(statement):
        return "NOT NULL" in column[2] and "DEFAULT" not in column[2]
    if column := WITHOUT_DEFAULT.search(statement):
        return "NOT NULL" in added.get((table, column[1]), "NOT NULL")
    return False


def test_one_migration_follows_the_other(loader):
    assert loader.detect_conflicts() == {}
    assert len(loader.graph.leaf_nodes("surveys")) == 1


def test_no_change_of_the_models_lacks_its_migration(db, capsys):
    call_command("makemigrations", check=True, dry_run=True)

    assert capsys.readouterr().out == "No changes detected\n"


def test_no_migration_holds_up_those_who_answer(loader):
    found = {name: faults_of(each) for name, each in statements(loader).items()}

    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ('ALTER TABLE "surveys_response" ADD CONSTRAINT "x" CHECK (state > 1)', 1),
        ('ALTER TABLE "surveys_response" ADD CONSTRAINT "x" CHECK (state > 1) NOT VALID', 0),
        ('ALTER TABLE "surveys_response" VALIDATE CONSTRAINT "x"', 0),
        ('ALTER TABLE "surveys_response" ADD COLUMN "later" text NULL', 0),
        ('ALTER TABLE "surveys_response" ADD COLUMN "later" text NOT NULL', 1),
        ('ALTER TABLE "surveys_place" ADD COLUMN "later" text NOT NULL', 1),
        ('ALTER TABLE "surveys_place" ADD COLUMN "later" text DEFAULT \'\' NOT NULL', 0),
        ('ALTER TABLE "surveys_place" ALTER COLUMN "code" DROP DEFAULT', 1),
        ('CREATE INDEX "x" ON "surveys_response" ("state")', 1),
        ('CREATE INDEX CONCURRENTLY "x" ON "surveys_response" ("state")', 0),
        ('ALTER TABLE "surveys_place" DROP COLUMN "x"', 0),
        ('CREATE TABLE "surveys_new" ("x" int); CREATE INDEX "y" ON "surveys_new" ("x")', 0),
        ("ALTER TABLE surveys_new RENAME COLUMN x TO y", 1),
    ],
)
def test_what_holds_a_table_is_known(statement, count):
    assert len(faults_of(split([statement]))) == count


@pytest.mark.parametrize("model", ["response", "place"])
@pytest.mark.parametrize(
    ("field", "faults"),
    [
        (models.CharField(max_length=9, default="a"), [NOT_FILLED]),
        (models.CharField(max_length=9, default="a", null=True), []),
        (models.CharField(max_length=9, null=True), []),
        (models.CharField(max_length=9, db_default="a"), []),
        (models.DateTimeField(auto_now_add=True), [NOT_FILLED]),
    ],
)
def test_what_django_writes_for_a_new_field_is_known(db, models_of_today, model, field, faults):
    added = AddField(model, "later", field)
    before = models_of_today
    after = before.clone()
    added.state_forwards("surveys", after)

    with connection.schema_editor(collect_sql=True) as editor:
        added.database_forwards("surveys", editor, before, after)

    assert faults_of(split(editor.collected_sql)) == faults


def test_a_table_is_big_unless_it_is_known_to_be_small():
    tables = {model._meta.db_table for model in apps.get_app_config("surveys").get_models(True)}

    assert {f"surveys_{name}" for name in SMALL} <= tables
    assert {
        *("surveys_response", "surveys_revision", "surveys_commitment", "surveys_attempts"),
        *("surveys_event", "surveys_decision", "surveys_coding", "surveys_uncoded"),
        *("surveys_treenode", "surveys_auditentry", "surveys_campaigntext", "surveys_untallied"),
    } <= {table for table in tables if is_big(table)}


def test_whoever_comes_after_a_migration_is_as_patient_as_before(db):
    call_command("migrate", verbosity=0)

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        # As in tests/conftest.py.
        assert cursor.fetchone() == ("1min",)
