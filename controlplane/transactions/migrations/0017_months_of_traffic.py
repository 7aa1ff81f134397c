"""A month of an integration's traffic is summed up from an index."""

import django.db.models.deletion
from django.db import migrations, models

from controlplane.foundation.expanding import Expand

MADE = """
create index concurrently if not exists traffic_hour_of on traffic_hour (integration_id, hour) include (received)
"""
#: The new one answers whatever the one that Django had made for the foreign key did.
GONE = "drop index concurrently if exists traffic_hour_integration_id_b8779114"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inventory", "0008_identity_history"), ("transactions", "0016_discovered")]
    operations = [
        Expand(
            MADE,
            index="traffic_hour_of",
            state_operations=[
                migrations.AddIndex(
                    "traffichour",
                    models.Index(fields=["integration", "hour"], include=("received",), name="traffic_hour_of"),
                )
            ],
        ),
        Expand(
            GONE,
            state_operations=[
                migrations.AlterField(
                    "traffichour",
                    "integration",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="inventory.integration",
                    ),
                )
            ],
        ),
    ]
