from django.db import migrations

BEFORE, NOW = 'National Authority in Serbia', 'National Authority'


def rename(apps, old, new):
    """Whoever was in the group stays in it."""
    groups = apps.get_model('auth', 'Group').objects
    if not groups.filter(name=new).exists():
        groups.filter(name=old).update(name=new)


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0032_languages_of_the_site'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RunPython(
            lambda apps, _schema: rename(apps, BEFORE, NOW),
            lambda apps, _schema: rename(apps, NOW, BEFORE),
        ),
    ]
