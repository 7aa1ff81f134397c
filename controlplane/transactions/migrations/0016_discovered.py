"""Types of events and their fields as traffic shows them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0005_operations"),
        ("people", "0005_looks_at"),
        ("transactions", "0015_ownership"),
    ]

    operations = [
        migrations.CreateModel(
            name="SeenType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_type", models.TextField()),
                ("samples", models.PositiveIntegerField(default=0)),
                ("hour", models.DateTimeField()),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                ("ignored_reason", models.TextField(blank=True)),
                (
                    "ignored_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "interface",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seen_types", to="inventory.interface"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SeenField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pointer", models.TextField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), size=None),
                ),
                ("seen", models.PositiveIntegerField(default=0)),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                ("ignored_reason", models.TextField(blank=True)),
                (
                    "ignored_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "seen_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fields", to="transactions.seentype"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="seentype",
            constraint=models.UniqueConstraint(fields=("interface", "event_type"), name="one_seen_type"),
        ),
        migrations.AddConstraint(
            model_name="seenfield",
            constraint=models.UniqueConstraint(fields=("seen_type", "pointer"), name="one_seen_field"),
        ),
    ]
