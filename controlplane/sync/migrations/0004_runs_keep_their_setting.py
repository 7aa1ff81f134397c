from django.db import migrations, models


class Migration(migrations.Migration):
    """Runs that were planned before have none, and go by the job's as they did."""

    dependencies = [
        ("sync", "0003_runs_of_the_day"),
    ]

    operations = [
        migrations.AddField(
            model_name="syncrun",
            name="deletions",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ignored", "They are not looked for"),
                    ("full", "After everything was read"),
                    ("each", "After each run, by a list of all ids"),
                ],
                db_default="",
                default="",
                help_text="the job's, then",
                max_length=7,
            ),
        ),
    ]
