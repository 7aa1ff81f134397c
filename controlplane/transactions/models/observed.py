"""Events that broke their contract and were let in, because it is only observed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.contracts.models import ContractVersion
from controlplane.inventory.models import Integration
from controlplane.people.scoping import ScopedQuerySet


class ObservedBreakQuerySet(ScopedQuerySet["ObservedBreak"]):
    """Those in transactions of the person's teams."""

    team_path: ClassVar[str] = "integration__team_id"
    environment_path: ClassVar[str] = "integration__environment_id"


class ObservedBreak(models.Model):
    """One event and the version that it broke; only ever added to, and forgotten after 90 days.

    ``place`` is the first break as a pointer and a keyword, ``/currency enum``: no value is kept here.
    """

    id = models.UUIDField(primary_key=True)
    transaction_id = models.UUIDField()
    contract_version = models.ForeignKey(
        ContractVersion, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    integration = models.ForeignKey(
        Integration, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    place = models.TextField()

    objects = ObservedBreakQuerySet.as_manager()

    class Meta:
        db_table = "observed_break"
        indexes: ClassVar = [
            models.Index(fields=["contract_version", "id"], name="observed_by_version"),
            models.Index(fields=["transaction_id"], name="observed_by_transaction"),
        ]

    def __str__(self) -> str:
        return self.place
