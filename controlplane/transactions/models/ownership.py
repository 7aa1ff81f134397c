"""What was written without the right to it, and what was kept from it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.inventory.models import EntityKind, Integration, System
from controlplane.people.scoping import ScopedQuerySet
from controlplane.transactions.models.flows import Destination


class OwnershipBreachQuerySet(ScopedQuerySet["OwnershipBreach"]):
    """Those in transactions of the person's teams."""

    team_path: ClassVar[str] = "integration__team_id"
    environment_path: ClassVar[str] = "integration__environment_id"


class OwnershipBreach(models.Model):
    """One attribute in one delivery whose source does not own it; only ever added to, and forgotten after 90 days.

    ``system`` is who wrote, or would have, ``record`` whose it is. ``blocked``: nothing was sent.
    """

    id = models.UUIDField(primary_key=True)
    entity = models.ForeignKey(EntityKind, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    path = models.TextField()
    system = models.ForeignKey(System, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    record = models.ForeignKey(System, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    transaction_id = models.UUIDField()
    step_run_id = models.UUIDField()
    integration = models.ForeignKey(
        Integration, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    destination = models.ForeignKey(
        Destination, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    blocked = models.BooleanField()

    objects = OwnershipBreachQuerySet.as_manager()

    class Meta:
        db_table = "ownership_breach"
        indexes: ClassVar = [
            models.Index(fields=["entity", "path", "system", "id"], name="breach_by_attribute"),
            models.Index(fields=["transaction_id"], name="breach_by_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.path}"
