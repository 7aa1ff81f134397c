"""What people decide and say about dead letters: one row a cause, and what was done about it, in order."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.inventory.models import Integration
from controlplane.people.models import Person, Team
from controlplane.people.scoping import ScopedQuerySet


class CauseQuerySet(ScopedQuerySet["Cause"]):
    """Causes of the person's teams."""

    team_path: ClassVar[str] = "integration__team_id"
    environment_path: ClassVar[str] = "integration__environment_id"


class Cause(models.Model):
    """Who has a cause in hand, and until when nobody wants to see it. It is there once somebody decided something.

    A fingerprint belongs to one integration. What is decided here holds for letters that come later, too:
    they are counted from ``acknowledged_at`` and ``snoozed_at`` on, so that the page can say that there are some.
    """

    fingerprint = models.UUIDField(primary_key=True)
    integration = models.ForeignKey(Integration, models.PROTECT, related_name="+")
    assignee = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="+")
    acknowledged_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    snoozed_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)

    objects = CauseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_person_or_a_team", condition=models.Q(assignee=None) | models.Q(team=None))
        ]

    def __str__(self) -> str:
        return str(self.fingerprint)


class Deed(models.TextChoices):
    """What somebody did."""

    NOTED = "noted", "Note"
    ASSIGNED = "assigned", "Assigned"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    SNOOZED = "snoozed", "Snoozed"
    WOKEN = "woken", "Snooze ended"
    DROPPED = "dropped", "Closed without sending"
    REPLAYED = "replayed", "Replay asked for"
    EDITED = "edited", "Body edited"


class DeedEntryQuerySet(ScopedQuerySet["DeedEntry"]):
    """What was done about dead letters of the person's teams."""

    team_path: ClassVar[str] = "integration__team_id"
    environment_path: ClassVar[str] = "integration__environment_id"


class DeedEntry(models.Model):
    """One thing that somebody did or said; append-only. ``step_run_id`` is None where it was about the whole cause."""

    id = models.BigAutoField(primary_key=True)
    fingerprint = models.UUIDField()
    step_run_id = models.UUIDField(null=True)
    integration = models.ForeignKey(Integration, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    deed = models.CharField(max_length=12, choices=Deed.choices)
    text = models.TextField(default="")

    objects = DeedEntryQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["fingerprint", "-id"], name="deeds_of_cause"),
            models.Index(
                fields=["step_run_id", "-id"], name="deeds_of_letter", condition=models.Q(step_run_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_deed_display()}: {self.text}"
