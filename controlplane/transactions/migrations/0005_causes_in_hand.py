"""What people decide and say about dead letters."""

import django.db.models.deletion
from django.db import migrations, models

APPEND_ONLY = """
create trigger deed_append_only before update or delete on transactions_deedentry
  for each row execute function refuse_rewriting()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0002_entities"),
        ("people", "0001_initial"),
        ("transactions", "0004_destination_openings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cause",
            fields=[
                ("fingerprint", models.UUIDField(primary_key=True, serialize=False)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("snoozed_at", models.DateTimeField(null=True)),
                ("snoozed_until", models.DateTimeField(null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.person"
                    ),
                ),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.integration"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.team"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="cause",
            constraint=models.CheckConstraint(
                condition=models.Q(("assignee", None), ("team", None), _connector="OR"), name="a_person_or_a_team"
            ),
        ),
        migrations.CreateModel(
            name="DeedEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("fingerprint", models.UUIDField()),
                ("step_run_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "deed",
                    models.CharField(
                        choices=[
                            ("noted", "Note"),
                            ("assigned", "Assigned"),
                            ("acknowledged", "Acknowledged"),
                            ("snoozed", "Snoozed"),
                            ("woken", "Snooze ended"),
                            ("dropped", "Closed without sending"),
                            ("replayed", "Replay asked for"),
                            ("edited", "Body edited"),
                        ],
                        max_length=12,
                    ),
                ),
                ("text", models.TextField(default="")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.integration"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="deedentry", index=models.Index(fields=["fingerprint", "-id"], name="deeds_of_cause")
        ),
        migrations.AddIndex(
            model_name="deedentry",
            index=models.Index(
                condition=models.Q(("step_run_id__isnull", False)),
                fields=["step_run_id", "-id"],
                name="deeds_of_letter",
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, "drop trigger deed_append_only on transactions_deedentry"),
    ]
