"""The governed unit, and where it is in its life."""

from __future__ import annotations

from django.db import models

from controlplane.inventory.models.environments import Company, Environment
from controlplane.inventory.models.systems import Interface
from controlplane.people.models import Team


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
