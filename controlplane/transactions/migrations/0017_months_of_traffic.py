"""A month of an integration's traffic is summed up from an index."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0008_identity_history"),
        ("transactions", "0016_discovered"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="traffichour",
            index=models.Index(fields=["integration", "hour"], include=("received",), name="traffic_hour_of"),
        ),
        migrations.AlterField(
            model_name="traffichour",
            name="integration",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="inventory.integration",
            ),
        ),
    ]
