import django.db.models.deletion
from django.db import migrations, models

import surveys.translated


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0002_rules_across_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attempts',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bucket', models.CharField(max_length=64)),
                ('since', models.DateTimeField()),
                ('count', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('answers', models.JSONField(default=dict, verbose_name='answers')),
                ('language', models.CharField(choices=[('en', 'English'), ('ro', 'Romanian'), ('sr-latn', 'Serbian, Latin script'), ('sr', 'Serbian, Cyrillic script')], max_length=10, verbose_name='language')),
                ('publication', models.CharField(blank=True, choices=[('named', 'Yes, with the name'), ('anonymous', 'Yes, but without the name'), ('totals', 'No, use it only in the totals')], default='', max_length=10, verbose_name='publication')),
                ('said_since', models.DateTimeField(verbose_name='said since')),
                ('replaced_at', models.DateTimeField(verbose_name='replaced')),
            ],
            options={
                'verbose_name': 'revision',
                'verbose_name_plural': 'revisions',
                'ordering': ['response', 'number'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='response',
            name='a_form_is_sent_once',
        ),
        migrations.RenameField(
            model_name='response',
            old_name='submission_key',
            new_name='secret_hash',
        ),
        migrations.AddField(
            model_name='consultation',
            name='extended_from',
            field=models.DateTimeField(blank=True, help_text='When it was to close before the deadline was extended.', null=True, verbose_name='extended from'),
        ),
        migrations.AddField(
            model_name='programme',
            name='postal_address',
            field=surveys.translated.TranslatedField(blank=True, default=surveys.translated.Text, verbose_name='postal address'),
        ),
        migrations.AddField(
            model_name='response',
            name='unfinished',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddConstraint(
            model_name='consultation',
            constraint=models.CheckConstraint(condition=models.Q(('extended_from__isnull', True), ('closes_at__gt', models.F('extended_from')), _connector='OR'), name='consultation_is_extended_to_a_later_time', violation_error_message='A deadline is extended to a later time.'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.UniqueConstraint(fields=('secret_hash',), name='a_form_is_sent_once'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('answers', {}), _connector='OR'), name='withdrawn_response_keeps_no_answers'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('unfinished', {}), _connector='OR'), name='only_a_draft_has_unfinished_answers'),
        ),
        migrations.AddConstraint(
            model_name='attempts',
            constraint=models.UniqueConstraint(fields=('bucket', 'since'), name='tries_are_counted_once'),
        ),
        migrations.AddField(
            model_name='revision',
            name='response',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='surveys.response'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('response', 'number'), name='revision_number_is_unique_in_its_response'),
        ),
        # What was a key in clear becomes its hash. Last, for a table with changed rows waiting
        # cannot be altered in the same transaction.
        migrations.RunSQL(
            "UPDATE surveys_response SET secret_hash = "
            "encode(sha256(convert_to(secret_hash, 'UTF8')), 'hex') WHERE secret_hash IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
