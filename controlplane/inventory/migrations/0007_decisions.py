"""Decisions by guides, kept for good."""

import django.db.models.deletion
from django.db import migrations, models

#: The function is that of the history of fields (0003).
ONLY_ADDED_TO = """
create trigger inventory_decision_only_added_to before update or delete on inventory_decision
  for each row execute function inventory_only_added_to();
create trigger inventory_decision_never_emptied before truncate on inventory_decision
  for each statement execute function inventory_only_added_to();
"""
NO_LONGER = """
drop trigger inventory_decision_only_added_to on inventory_decision;
drop trigger inventory_decision_never_emptied on inventory_decision;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0006_ownership"),
        ("people", "0005_looks_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("guide", models.CharField(max_length=40)),
                ("edition", models.CharField(max_length=64)),
                ("answers", models.JSONField()),
                ("recommended", models.CharField(max_length=40)),
                ("chosen", models.CharField(max_length=40)),
                ("need", models.TextField(blank=True)),
                ("deviation", models.TextField(blank=True)),
                ("by_label", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "integration",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="decisions",
                        to="inventory.integration",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["integration", "guide", "-id"], name="inventory_newest_decision")],
            },
        ),
        migrations.RunSQL(ONLY_ADDED_TO, NO_LONGER),
    ]
