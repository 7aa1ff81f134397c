"""Business processes and their steps: what the integrations are for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.people.models import Person, Team


class Process(models.Model):
    """A business process, such as order-to-cash: ``slug`` is how searches and documents call it."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    purpose = models.TextField(blank=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="processes")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "processes"

    def __str__(self) -> str:
        return self.name


class ProcessStep(models.Model):
    """A step of a process, in its order from 1; ``integrations`` (a field of theirs below) carry it."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["process", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["process", "slug"], name="inventory_each_step_once"),
            models.UniqueConstraint(
                fields=["process", "number"], name="inventory_steps_in_order", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return self.name
