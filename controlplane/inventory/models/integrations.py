"""The governed unit, and where it is in its life."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from controlplane.inventory.models.environments import Company, Environment
from controlplane.inventory.models.processes import Process, ProcessStep
from controlplane.inventory.models.systems import Interface
from controlplane.people.models import Person, Team


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


class Pattern(models.TextChoices):
    """How its systems are joined."""

    DIRECT = "direct", "Direct API"
    MIDDLEWARE = "middleware", "Middleware"
    EVENTS = "events", "Event-driven"
    FILES = "files", "File"


class Layer(models.TextChoices):
    """Where it stands in an API-led estate."""

    SYSTEM = "system", "System"
    PROCESS = "process", "Process"
    EXPERIENCE = "experience", "Experience"


class SyncMode(models.TextChoices):
    """How soon a change on one side is on the other."""

    REAL_TIME = "real-time", "Real time"
    NEAR_REAL_TIME = "near-real-time", "Near real time"
    MICRO_BATCH = "micro-batch", "Micro-batch"
    BATCH = "batch", "Batch"


class Classification(models.TextChoices):
    """How closely what it carries is kept."""

    PUBLIC = "public", "Public"
    INTERNAL = "internal", "Internal"
    CONFIDENTIAL = "confidential", "Confidential"
    RESTRICTED = "restricted", "Restricted"


class Integration(models.Model):
    """The governed unit: from a source to its targets, owned by a team, part of a business process.

    What nobody has said yet is empty, and policies can tell that from what was said. ``targets`` are the doors that it
    is said to write through; where its flows go (``transactions``) is what is seen. ``deputy`` acts for ``owner``.
    Integrations of one ``family`` are the same one in several environments.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    purpose = models.TextField(blank=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="integrations")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    deputy = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    process = models.ForeignKey(
        Process,
        models.PROTECT,
        to_field="slug",
        db_column="process",
        null=True,
        blank=True,
        related_name="integrations",
    )
    steps = models.ManyToManyField(ProcessStep, blank=True, related_name="integrations")
    environment = models.ForeignKey(Environment, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.ForeignKey(Interface, models.PROTECT, null=True, blank=True, related_name="integrations")
    targets = models.ManyToManyField(Interface, blank=True, related_name="written_by")
    criticality = models.CharField(max_length=8, choices=Criticality.choices, default=Criticality.NORMAL)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.LIVE)
    pattern = models.CharField(max_length=10, choices=Pattern.choices, blank=True)
    layer = models.CharField(max_length=10, choices=Layer.choices, blank=True)
    sync_mode = models.CharField(max_length=14, choices=SyncMode.choices, blank=True)
    real_time_need = models.TextField(blank=True, help_text="why later would be too late")
    classification = models.CharField(max_length=12, choices=Classification.choices, blank=True)
    residency = models.CharField(max_length=80, blank=True, help_text="where its data must stay, such as EU")
    latency_seconds = models.FloatField(null=True, blank=True, help_text="from one end to the other, 95 of 100")
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    recovery_point_minutes = models.PositiveIntegerField(null=True, blank=True, help_text="the most that may be lost")
    recovery_time_minutes = models.PositiveIntegerField(null=True, blank=True, help_text="the longest it may stand")
    daily_volume = models.PositiveIntegerField(null=True, blank=True, help_text="transactions a day that are expected")
    runbook = models.URLField(max_length=500, blank=True)
    family = models.SlugField(max_length=80, blank=True, help_text="the same word: the same integration, elsewhere")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["family", "environment"],
                condition=~models.Q(family=""),
                name="inventory_one_of_a_family_in_each_environment",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Check what fields alone cannot: that two people stand for it, where two are named."""
        super().clean()
        if self.deputy_id is not None and self.deputy_id == self.owner_id:
            raise ValidationError({"deputy": "The deputy is the owner; name somebody else, or nobody."})


class FailureMode(models.Model):
    """How an integration is known to fail, how that shows, and what people do by hand meanwhile."""

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="failure_modes")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    sign = models.TextField(blank=True, help_text="how it shows")
    workaround = models.TextField(blank=True, help_text="what is done by hand meanwhile")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["integration", "slug"], name="inventory_each_failure_once")
        ]

    def __str__(self) -> str:
        return self.name
