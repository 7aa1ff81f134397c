"""Traffic by the hour: what pages and reports say of the past is read from here."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

COUNTS = ("received", "succeeded", "partial", "dead", "quarantined", "cancelled", "ignored", "under_way")


class Migration(migrations.Migration):
    dependencies = [("transactions", "0011_what_it_is_about"), ("inventory", "0002_entities")]
    operations = [
        migrations.CreateModel(
            "TrafficHour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "hour", "integration_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("hour", models.DateTimeField()),
                *((name, models.PositiveIntegerField()) for name in COUNTS),
                (
                    "took",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), size=None),
                ),
                ("counted_at", models.DateTimeField()),
                (
                    "integration",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="inventory.integration",
                    ),
                ),
            ],
            options={"db_table": "traffic_hour"},
        ),
    ]
