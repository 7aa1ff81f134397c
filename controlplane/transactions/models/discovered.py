"""What is seen in traffic, by types of events and their fields: names and kinds of values, never a value."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from controlplane.inventory.models import Interface
from controlplane.people.models import Person


class SeenType(models.Model):
    """A type of event at an interface. ``samples`` are the events that were looked at, up to ``hour``.

    ``ignored_reason`` is why nobody needs to hear of it.
    """

    interface = models.ForeignKey(Interface, models.CASCADE, related_name="seen_types")
    event_type = models.TextField()
    samples = models.PositiveIntegerField(default=0)
    hour = models.DateTimeField()
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    ignored_reason = models.TextField(blank=True)
    ignored_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["interface", "event_type"], name="one_seen_type")]

    def __str__(self) -> str:
        return self.event_type


class SeenField(models.Model):
    """A field of such events, by its JSON Pointer, ``*`` for every element; ``seen`` in so many samples."""

    seen_type = models.ForeignKey(SeenType, models.CASCADE, related_name="fields")
    pointer = models.TextField()
    kinds = ArrayField(models.CharField(max_length=8))
    seen = models.PositiveIntegerField(default=0)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    ignored_reason = models.TextField(blank=True)
    ignored_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["seen_type", "pointer"], name="one_seen_field")]

    def __str__(self) -> str:
        return self.pointer
