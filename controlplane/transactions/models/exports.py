"""Exports: what a search found, as a file that one person asked for."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models

from controlplane.foundation.ids import uuid7
from controlplane.people.models import Account, Person


class ExportState(models.TextChoices):
    """Where an export is."""

    WAITING = "waiting", "Waiting for a worker"
    RUNNING = "running", "Being written"
    DONE = "done", "Ready"
    FAILED = "failed", "Failed"


class ExportFormat(models.TextChoices):
    """What the file is."""

    CSV = "csv", "CSV"
    JSON = "json", "JSON"


class ExportQuerySet(models.QuerySet["Export"]):
    """Exports are nobody's but the person's who asked: not their team's, not an operator's."""

    def of(self, person_id: str) -> ExportQuerySet:
        """Those that this person asked for."""
        return self.filter(requested_by_id=UUID(person_id)) if person_id else self.none()


class Export(models.Model):
    """One file: ``query`` as it was asked at ``asked_at`` in ``zone``, for ``account``.

    That is what ``today`` meant then and there; without a zone, in the installation's. ``due_at`` is the lease of who
    writes it; ``reach`` the fingerprint of what ``account`` might do meanwhile. ``complete`` is false where it ends at
    the limit, or where the search could not go on. Row and file are gone a day after they were ready.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    requested_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    query = models.TextField(blank=True)
    format = models.CharField(max_length=4, choices=ExportFormat.choices, db_default="csv", default=ExportFormat.CSV)
    asked_at = models.DateTimeField()
    zone = models.CharField(max_length=60, db_default="", default="", blank=True)
    state = models.CharField(max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    complete = models.BooleanField(default=True)
    reason = models.TextField(default="", blank=True)
    due_at = models.DateTimeField()
    reach = models.CharField(max_length=64, default="", db_default="", blank=True)
    lease_token = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(state__in=["waiting", "running"]), name="export_due"),
            models.Index(fields=["requested_by", "-id"], name="export_of_person"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"
