
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import surveys.translated
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0015_tallies'),
    ]

    operations = [
        migrations.AddField(
            model_name='consultation',
            name='opinions_published_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='opinions published'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='opinions_while_open',
            field=models.BooleanField(default=False, editable=False, verbose_name='show opinions while open'),
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('made_at', models.DateTimeField(verbose_name='released')),
                ('note', surveys.translated.TranslatedField(blank=True, default=surveys.translated.Text, verbose_name='what changed')),
                ('counts', models.JSONField(default=dict, verbose_name='responses')),
                ('tables', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('held_back', models.JSONField(default=dict, verbose_name='stood still')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='surveys.consultation', verbose_name='consultation')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='released by')),
            ],
            options={
                'verbose_name': 'release',
                'verbose_name_plural': 'releases',
                'ordering': ['consultation', '-number'],
                'permissions': [('publish_results', 'Can publish results')],
            },
        ),
        migrations.CreateModel(
            name='ReleasedTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=80, verbose_name='question')),
                ('dimension', models.CharField(blank=True, max_length=80, verbose_name='dimension')),
                ('groups', models.JSONField(default=list)),
                ('counted_at', models.DateTimeField(verbose_name='counted')),
                ('questionnaire', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='released_tables', to='surveys.questionnaire')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='new_tables', to='surveys.release')),
            ],
            options={
                'verbose_name': 'released table',
                'verbose_name_plural': 'released tables',
                'ordering': ['id'],
            },
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('consultation', 'number'), name='release_number_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='releases_are_numbered_from_1'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='a_release_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."consultation_id" IS DISTINCT FROM (NEW."consultation_id") OR OLD."counts" IS DISTINCT FROM (NEW."counts") OR OLD."held_back" IS DISTINCT FROM (NEW."held_back") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."tables" IS DISTINCT FROM (NEW."tables"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='cf78b87899ea7a1b10e49af759885e777688788f', operation='UPDATE', pgid='pgtrigger_a_release_is_never_changed_d224f', table='surveys_release', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='a_release_is_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='66c3f06a8076967926741692d4d9c00939a42d18', operation='DELETE', pgid='pgtrigger_a_release_is_never_deleted_f16f1', table='surveys_release', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='releasedtable',
            constraint=models.UniqueConstraint(fields=('release', 'questionnaire', 'question', 'dimension'), name='a_table_is_released_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='releasedtable',
            trigger=pgtrigger.compiler.Trigger(name='what_was_released_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='33243a4949608ba8f4ea58f6ea392290e47b3577', operation='UPDATE OR DELETE', pgid='pgtrigger_what_was_released_stays_a026f', table='surveys_releasedtable', when='BEFORE')),
        ),
    ]
