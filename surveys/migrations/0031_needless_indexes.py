"""Indexes that every sending kept up and nobody read: about 150 bytes of a response."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

FOREIGN_KEY = models.ForeignKey
PROTECT = django.db.models.deletion.PROTECT


def make(model, index):
    """Anew where a try that was given up has left a part of it."""
    return [
        migrations.RunSQL(f'DROP INDEX CONCURRENTLY IF EXISTS "{index.name}"', migrations.RunSQL.noop),
        AddIndexConcurrently(model, index),
    ]


def drop(name, table, columns, *state):
    """Django's own statements would hold the table, and its keys would be held against all rows."""
    return migrations.RunSQL(
        f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"',
        f'CREATE INDEX CONCURRENTLY IF NOT EXISTS "{name}" ON "{table}" ({columns})',
        state_operations=state,
    )


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('surveys', '0030_loaded_passages'),
    ]

    operations = [
        *make('response', models.Index(
            fields=['organisation'],
            condition=Q(organisation__isnull=False),
            name='responses_of_organisations',
        )),
        *make('response', models.Index(
            fields=['moved_from'],
            condition=Q(moved_from__isnull=False),
            name='moved_drafts',
        )),
        *make('message', models.Index(
            fields=['next_try_at', 'id'],
            condition=Q(state='waiting'),
            name='messages_by_turn',
        )),
        drop(
            'surveys_response_organisation_id_bf7fcc2f', 'surveys_response', 'organisation_id',
            migrations.AlterField('response', 'organisation', FOREIGN_KEY(
                blank=True, db_index=False, null=True, on_delete=PROTECT,
                to='surveys.organisation', verbose_name='organisation',
            )),
        ),
        drop(
            'surveys_response_moved_from_id_8734fdc6', 'surveys_response', 'moved_from_id',
            migrations.AlterField('response', 'moved_from', FOREIGN_KEY(
                db_index=False, editable=False, null=True,
                on_delete=django.db.models.deletion.SET_NULL, related_name='+',
                to='surveys.version',
            )),
        ),
        drop(
            'surveys_response_questionnaire_id_2d700892', 'surveys_response', 'questionnaire_id',
            migrations.AlterField('response', 'questionnaire', FOREIGN_KEY(
                db_index=False, on_delete=PROTECT, related_name='responses',
                to='surveys.questionnaire', verbose_name='questionnaire',
            )),
        ),
        drop(
            'surveys_commitment_consultation_id_c4188b0f', 'surveys_commitment', 'consultation_id',
            migrations.AlterField('commitment', 'consultation', FOREIGN_KEY(
                db_index=False, on_delete=PROTECT, related_name='commitments',
                to='surveys.consultation',
            )),
        ),
        drop(
            'surveys_commitment_digest_109fb0f5_like', 'surveys_commitment',
            'digest varchar_pattern_ops',
        ),
        RemoveIndexConcurrently('message', 'messages_to_send'),
    ]
