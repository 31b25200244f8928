from django.db import migrations, models

PUBLISHED = models.Q(("is_current", True), ("verdict__in", ["publish", "hide"]))


class Migration(migrations.Migration):
    dependencies = [("surveys", "0019_replies")]

    operations = [
        migrations.AddIndex(
            "decision",
            models.Index(condition=PUBLISHED, fields=["-id"], name="decisions_that_publish"),
        ),
        migrations.AddIndex(
            "decision",
            models.Index(
                condition=PUBLISHED, fields=["question", "-id"], name="published_of_a_question"
            ),
        ),
    ]
