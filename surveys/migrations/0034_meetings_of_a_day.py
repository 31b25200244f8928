from django.db import migrations, models
from django.db.models import Min


def make_one(apps, schema_editor):
    """Of meetings with one name on one day, of which only one can be meant."""
    meetings = apps.get_model('surveys', 'Meeting').objects
    transcripts = apps.get_model('surveys', 'Transcript').objects
    same = meetings.values('consultation', 'name', 'held_on').annotate(kept=Min('pk')).order_by()
    for each in same:
        kept = each.pop('kept')
        others = meetings.filter(**each).exclude(pk=kept)
        transcripts.filter(meeting__in=others).update(meeting=kept)
        others.delete()


class Migration(migrations.Migration):

    # PostgreSQL changes no table whose rows were changed in the same transaction.
    atomic = False

    dependencies = [
        ('surveys', '0033_national_authority'),
    ]

    operations = [
        migrations.RunPython(make_one, migrations.RunPython.noop, atomic=True),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.UniqueConstraint(fields=('consultation', 'name', 'held_on'), name='meeting_is_unique_on_its_day'),
        ),
    ]
