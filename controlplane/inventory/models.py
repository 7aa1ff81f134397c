"""The estate: which systems there are, through which doors they speak, and who owns what.

The catalogue (these rows) is open to every signed-in person; what flows through it is scoped.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from controlplane.people.models import Team


class Environment(models.Model):
    """Production, staging, sandbox: kept apart; a transaction belongs to exactly one."""

    id = models.SmallAutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Company(models.Model):
    """A legal entity whose business an integration serves."""

    id = models.SmallAutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


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


class Stage(models.TextChoices):
    """Where an integration is in its life."""

    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    LIVE = "live", "Live"
    DEPRECATED = "deprecated", "Deprecated"
    RETIRED = "retired", "Retired"


class Criticality(models.TextChoices):
    """What its standstill costs."""

    CRITICAL = "critical", "Critical"
    NORMAL = "normal", "Normal"
    LOW = "low", "Low"


class Integration(models.Model):
    """The governed unit: from a source to its targets, owned by a team, part of a business process."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    purpose = models.TextField(blank=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="integrations")
    process = models.CharField(max_length=80, blank=True, help_text="the business process it is part of")
    environment = models.ForeignKey(Environment, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.ForeignKey(Interface, models.PROTECT, null=True, blank=True, related_name="integrations")
    criticality = models.CharField(max_length=8, choices=Criticality.choices, default=Criticality.NORMAL)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.LIVE)

    def __str__(self) -> str:
        return self.name


class EntityKind(models.Model):
    """A kind of business key: customer, order, invoice. Its small id is stored with every key."""

    id = models.SmallAutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    personal = models.BooleanField(default=False, help_text="names a person: payloads are found by it for erasure")

    def __str__(self) -> str:
        return self.name


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
