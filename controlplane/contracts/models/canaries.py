"""How a version comes to some before all: what it judged, and how that fared beside the others."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.contracts.canary.judging import Tally
from controlplane.contracts.models.versions import ContractVersion
from controlplane.governance.models import ChangeRequest


class CanaryState(models.TextChoices):
    """How it goes with one."""

    RUNNING = "running", "Running"
    HALTED = "halted", "Halted"
    PUBLISHED = "published", "Published to all"


class Canary(models.Model):
    """A version that judges a share of keys first; the others are judged by ``instead_of``, as before.

    ``key`` is the kind of business key by which it is chosen, empty for the record. ``seen`` and ``set_aside`` are
    counted by whoever judges, in the transaction in which an event becomes one, and ``dead`` now and then.
    Halted by itself it stops judging at once; ``settled_at`` is when that was written down.
    """

    version = models.OneToOneField(ContractVersion, models.PROTECT, related_name="canary")
    instead_of = models.ForeignKey(ContractVersion, models.PROTECT, related_name="+", db_index=False)
    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="+", db_index=False)
    share = models.PositiveSmallIntegerField(help_text="of a hundred keys")
    points = models.PositiveSmallIntegerField(help_text="so many more of a hundred events that end badly halt it")
    key = models.CharField(max_length=50, blank=True, default="")
    state = models.CharField(max_length=10, choices=CanaryState.choices, default=CanaryState.RUNNING)
    began_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    seen = models.PositiveBigIntegerField(default=0)
    set_aside = models.PositiveBigIntegerField(default=0)
    dead = models.PositiveBigIntegerField(default=0)
    seen_others = models.PositiveBigIntegerField(default=0)
    set_aside_others = models.PositiveBigIntegerField(default=0)
    dead_others = models.PositiveBigIntegerField(default=0)
    why = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(settled_at__isnull=True), name="contract_canary_unsettled")
        ]

    def __str__(self) -> str:
        return f"{self.version} for {self.share} %"

    @property
    def mine(self) -> Tally:
        """What became of its events."""
        return Tally(self.seen, self.set_aside + self.dead)

    @property
    def others(self) -> Tally:
        """What became of the others."""
        return Tally(self.seen_others, self.set_aside_others + self.dead_others)
