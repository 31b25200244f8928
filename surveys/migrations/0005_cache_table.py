"""The table of Django's database cache, in which tries to sign in are counted."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", "cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0004_organisations_answer_together")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
