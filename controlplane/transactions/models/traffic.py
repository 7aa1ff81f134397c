"""What went through in an hour: counted once from the transactions, kept when they are gone."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from controlplane.inventory.models import Integration


class TrafficHour(models.Model):
    """One integration's transactions of one hour (UTC), by how they stand; ``took`` counts the succeeded by duration.

    ``took`` has one place more than ``rules.durations.BOUNDS``: the last is for what took longer.
    """

    pk = models.CompositePrimaryKey("hour", "integration_id")
    hour = models.DateTimeField()
    integration = models.ForeignKey(
        Integration, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    received = models.PositiveIntegerField()
    succeeded = models.PositiveIntegerField()
    partial = models.PositiveIntegerField()
    dead = models.PositiveIntegerField()
    quarantined = models.PositiveIntegerField()
    cancelled = models.PositiveIntegerField()
    ignored = models.PositiveIntegerField()
    under_way = models.PositiveIntegerField()
    took = ArrayField(models.PositiveIntegerField())
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "traffic_hour"
        indexes = (
            # A month of a few integrations is summed up without their rows, which lie as far apart as the hours.
            models.Index(fields=["integration", "hour"], include=["received"], name="traffic_hour_of"),
        )

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H} {self.integration_id}"
