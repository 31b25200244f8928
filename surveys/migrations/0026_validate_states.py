from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0025_privacy_notices'),
    ]

    operations = [
        ValidateConstraint(
            model_name='response',
            name='response_has_a_sending_time_unless_it_is_a_draft',
        ),
    ]
