"""How a version goes: announced for a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.contracts.models.versions import ContractVersion
from controlplane.governance.models import ChangeRequest


class Sunset(models.Model):
    """When a version goes: announced by a decision, carried out on the day, held while anybody still works by it.

    ``held`` names who does, as of the last look; with ``in_any_case`` it goes all the same.
    """

    version = models.OneToOneField(ContractVersion, models.PROTECT, related_name="sunset")
    on = models.DateField()
    in_any_case = models.BooleanField(default=False)
    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="+", db_index=False)
    announced_at = models.DateTimeField(auto_now_add=True)
    held = models.TextField(blank=True, default="")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["on"], condition=models.Q(retired_at__isnull=True), name="contract_sunset_due")
        ]

    def __str__(self) -> str:
        return f"{self.version} goes on {self.on:%-d %b %Y}"
