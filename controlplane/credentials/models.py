"""A credential is a name for what proves us to one instance; the proof itself stays in the vault."""

from __future__ import annotations

from django.db import models

from controlplane.inventory.models import Instance
from controlplane.people.models import Team


class Credential(models.Model):
    """References by the connector's secret names: ``{"password": "file://tryton-password"}``."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    instance = models.ForeignKey(Instance, models.PROTECT, related_name="credentials")
    team = models.ForeignKey(Team, models.PROTECT, related_name="credentials")
    references = models.JSONField(default=dict)
    expires_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
