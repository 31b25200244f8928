"""Rules Django's constraints cannot say: across two columns of another table, and of JSON."""

from django.db import migrations

RULES = {
    "question_belongs_to_its_sections_version": (
        "surveys_question",
        "FOREIGN KEY (section_id, version_id) REFERENCES surveys_section (id, version_id) "
        "DEFERRABLE INITIALLY DEFERRED",
    ),
    "response_belongs_to_its_versions_questionnaire": (
        "surveys_response",
        "FOREIGN KEY (version_id, questionnaire_id) "
        "REFERENCES surveys_version (id, questionnaire_id) DEFERRABLE INITIALLY DEFERRED",
    ),
    "answers_are_an_object": ("surveys_response", "CHECK (jsonb_typeof(answers) = 'object')"),
}
KEYS = {
    "section_with_version": ("surveys_section", "UNIQUE (id, version_id)"),
    "version_with_questionnaire": ("surveys_version", "UNIQUE (id, questionnaire_id)"),
}


def rule(name: str, table: str, definition: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [rule(name, *rest) for name, rest in (KEYS | RULES).items()]
