from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0022_open_data")]
    operations = [
        migrations.RunSQL("ALTER TABLE surveys_response ADD COLUMN later text"),
    ]
