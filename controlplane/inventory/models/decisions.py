"""What was decided about an integration by a guide, and why. Only ever added to (migration 0007); the newest counts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.inventory.models.integrations import Integration
from controlplane.people.models import Person


class Decision(models.Model):
    """The answers to one guide, what they recommended, and what was decided.

    ``guide`` is the guide's name and ``edition`` the digest of what it asked then, so that a decision can be read by
    what it was made of. ``need`` is why it has to be so even where it was recommended (what is real time);
    ``deviation`` why something else than the recommendation was decided, empty where it was followed.
    """

    id = models.BigAutoField(primary_key=True)
    # Without a constraint: what was decided outlives what it was decided about, as its history does.
    integration = models.ForeignKey(Integration, models.DO_NOTHING, db_constraint=False, related_name="decisions")
    guide = models.CharField(max_length=40)
    edition = models.CharField(max_length=64)
    answers = models.JSONField()
    recommended = models.CharField(max_length=40)
    chosen = models.CharField(max_length=40)
    need = models.TextField(blank=True)
    deviation = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_label = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["integration", "guide", "-id"], name="inventory_newest_decision")]

    def __str__(self) -> str:
        return f"{self.guide}: {self.chosen}"
