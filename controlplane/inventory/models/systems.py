"""The products that we integrate with, where they answer, and through which doors they speak."""

from __future__ import annotations

from django.db import models

from controlplane.inventory.models.environments import Environment
from controlplane.people.models import Person, Team


class SystemStage(models.TextChoices):
    """Where a system is in its life with us."""

    PLANNED = "planned", "Planned"
    LIVE = "live", "Live"
    RETIRING = "retiring", "Being retired"
    RETIRED = "retired", "Retired"


class System(models.Model):
    """A product that we integrate with. ``connector`` is the folder below ``connectors/`` that speaks it."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    connector = models.CharField(max_length=40)
    monogram = models.CharField(max_length=2)
    hue = models.PositiveSmallIntegerField(default=262, help_text="degrees, for its tile")
    purpose = models.TextField(blank=True)
    vendor = models.CharField(max_length=120, blank=True)
    domain = models.CharField(max_length=80, blank=True, help_text="the part of the business it serves")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="systems")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    stage = models.CharField(max_length=8, choices=SystemStage.choices, default=SystemStage.LIVE)

    def __str__(self) -> str:
        return self.name


class Instance(models.Model):
    """A system in one environment and region: where it answers and what is peculiar to it there."""

    slug = models.SlugField(unique=True)
    system = models.ForeignKey(System, models.PROTECT, related_name="instances")
    environment = models.ForeignKey(Environment, models.PROTECT, related_name="+")
    region = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=120)
    base_url = models.CharField(max_length=500, blank=True)
    settings = models.JSONField(default=dict, blank=True, help_text="plain values for the connector, never secrets")

    def __str__(self) -> str:
        return self.name


class InterfaceKind(models.TextChoices):
    """What sort of door it is."""

    REST = "rest", "REST API"
    WEBHOOK = "webhook", "Webhook"
    TOPIC = "topic", "Event topic"
    FILES = "files", "File drop"
    DATABASE = "database", "Database"


class Interface(models.Model):
    """A door of an instance: its REST API, its webhooks, a topic, a file drop."""

    slug = models.SlugField(unique=True)
    instance = models.ForeignKey(Instance, models.PROTECT, related_name="interfaces")
    kind = models.CharField(max_length=10, choices=InterfaceKind.choices)
    name = models.CharField(max_length=120)
    purpose = models.TextField(blank=True)
    version = models.CharField(max_length=40, blank=True, help_text="in its vendor's words")
    documentation = models.URLField(max_length=500, blank=True, help_text="where it is described")

    def __str__(self) -> str:
        return self.name
