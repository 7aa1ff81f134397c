"""Who decides about which attribute: its system of record, its people, and the systems that may read and write it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from controlplane.inventory.models.entities import EntityAttribute, EntityKind
from controlplane.inventory.models.systems import System
from controlplane.people.models import Person


class Survivorship(models.TextChoices):
    """Which value stays where systems disagree."""

    RECORD = "record", "The system of record"
    RECENT = "recent", "The most recent"
    TRUSTED = "trusted", "The most trusted"
    LONGEST = "longest", "The longest"
    MANUAL = "manual", "A person decides"


class Ownership(models.Model):
    """What was decided for one attribute, or for all of an entity that have no row of their own (``attribute`` null).

    ``trusted`` are systems by their slugs, the most trusted first, where that decides which value survives.
    """

    entity = models.ForeignKey(EntityKind, models.CASCADE, related_name="ownerships")
    attribute = models.ForeignKey(EntityAttribute, models.CASCADE, null=True, blank=True, related_name="ownerships")
    record = models.ForeignKey(System, models.PROTECT, null=True, blank=True, related_name="+")
    steward = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    deputy = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    survivorship = models.CharField(max_length=8, choices=Survivorship.choices, blank=True)
    trusted = models.JSONField(default=list, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["attribute"], condition=models.Q(attribute__isnull=False), name="one_owner_of_an_attribute"
            ),
            models.UniqueConstraint(
                fields=["entity"], condition=models.Q(attribute__isnull=True), name="one_owner_of_an_entity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity.slug}.{self.attribute.path}" if self.attribute else self.entity.slug


class Right(models.TextChoices):
    """What a system beside the record does with an attribute."""

    READS = "reads", "Reads"
    WRITES = "writes", "May write"


class OwnershipRight(models.Model):
    """A system that reads an attribute, or may write it beside the system of record."""

    ownership = models.ForeignKey(Ownership, models.CASCADE, related_name="rights")
    system = models.ForeignKey(System, models.PROTECT, related_name="+")
    right = models.CharField(max_length=6, choices=Right.choices)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ownership", "system"], name="one_right_each")]

    def __str__(self) -> str:
        return f"{self.system} {self.get_right_display().lower()}"


class OwnershipStamp(models.Model):
    """One row that changes with every change of the model or the matrix (triggers of migration 0006)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    stamp = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.stamp)
