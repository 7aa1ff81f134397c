"""The products that we integrate with, where they answer, and through which doors they speak."""

from __future__ import annotations

from django.db import models

from controlplane.inventory.models.environments import Environment


class System(models.Model):
    """A product that we integrate with. ``connector`` is the folder below ``connectors/`` that speaks it."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    connector = models.CharField(max_length=40)
    monogram = models.CharField(max_length=2)
    hue = models.PositiveSmallIntegerField(default=262, help_text="degrees, for its tile")

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

    def __str__(self) -> str:
        return self.name
