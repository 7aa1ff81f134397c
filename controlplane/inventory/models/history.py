"""What became of every field: who changed it, when, and why. Only ever added to (migration 0003)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.people.models import Person


class FieldChange(models.Model):
    """One field of one object of the inventory, before and after.

    ``kind`` and ``object_id`` name the object as the audit does (a kind's word and the row's key), so that its history
    outlives it. Values are in the words of an estate document. ``by_label`` is who it was, also where it was no person.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    field = models.CharField(max_length=80)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_label = models.TextField(blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "object_id", "-id"], name="inventory_history")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.field}"
