"""Exports are CSV or JSON, and for whoever may still do what they might when it was written."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Those that are kept are CSV, and are asked for again."""

    dependencies: ClassVar = [("transactions", "0019_records_in_order")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="export",
            name="format",
            field=models.CharField(
                choices=[("csv", "CSV"), ("json", "JSON")], db_default="csv", default="csv", max_length=4
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="reach",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
