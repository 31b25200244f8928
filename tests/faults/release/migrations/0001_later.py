from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]
    operations = [
        migrations.RunSQL("ALTER TABLE surveys_response ADD COLUMN later text"),
    ]
