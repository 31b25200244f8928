from django.db import migrations

SEARCHED = """
    INSERT INTO surveys_campaignsearch (questionnaire_id, question, at)
    SELECT questionnaire_id, question, max(found_at)
    FROM surveys_campaign
    GROUP BY questionnaire_id, question
"""


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0028_campaign_searches'),
    ]

    operations = [
        # Where there is a group, somebody has looked for it.
        migrations.RunSQL(SEARCHED, migrations.RunSQL.noop),
    ]
