"""Canonical records, and what every system calls them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from controlplane.inventory.models.entities import EntityKind
from controlplane.inventory.models.systems import Instance


class Identity(models.Model):
    """One canonical record; its ids in every system are its aliases."""

    id = models.UUIDField(primary_key=True)
    kind = models.ForeignKey(EntityKind, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)


class IdentityAlias(models.Model):
    """What one system calls an identity, for as long as it did."""

    id = models.BigAutoField(primary_key=True)
    identity = models.ForeignKey(Identity, models.CASCADE, related_name="aliases")
    kind = models.ForeignKey(EntityKind, models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, models.PROTECT, related_name="+")
    value = models.CharField(max_length=200)
    valid = DateTimeRangeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "instance", "value"], condition=models.Q(valid__upper_inf=True), name="one_live_alias"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "value"])]

    def __str__(self) -> str:
        return self.value
