"""Events let out of quarantine together: who asked, why, and what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.contracts.models import ContractVersion
from controlplane.people.models import Person, Team
from controlplane.people.scoping import ScopedQuerySet


class ReleaseState(models.TextChoices):
    """Where a release is."""

    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"


class ReleaseQuerySet(ScopedQuerySet["Release"]):
    """Releases of the person's teams."""

    team_path: ClassVar[str] = "team_id"


class Release(models.Model):
    """One batch, frozen when it was asked for. ``version`` is the one that had set all of them aside, if it was so.

    ``token`` is of the form that this person asked with: sent twice, it is still one release.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField()
    version = models.ForeignKey(ContractVersion, models.PROTECT, null=True, related_name="+")
    total = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=ReleaseState.choices, default=ReleaseState.RUNNING)
    finished_at = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(state=ReleaseState.RUNNING), name="release_running")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["requested_by", "token"], name="release_of_form"),
        ]

    def __str__(self) -> str:
        return f"release {self.pk}"


class ReleaseItemState(models.IntegerChoices):
    """What became of one event."""

    WAITING = 0, "Waiting"
    RELEASED = 1, "Judged again"
    PASSED = 2, "Let through"
    ASIDE = 3, "Set aside again"
    SKIPPED = 4, "Not released"


class ReleaseItem(models.Model):
    """One event of it. ``body_id`` is the edited body by which it is judged; null: as it was received."""

    pk = models.CompositePrimaryKey("release_id", "transaction_id")
    release = models.ForeignKey(Release, models.CASCADE, related_name="items")
    transaction_id = models.UUIDField()
    body_id = models.UUIDField(null=True)
    state = models.PositiveSmallIntegerField(choices=ReleaseItemState.choices, default=ReleaseItemState.WAITING)
    result = models.TextField(default="")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["transaction_id"], name="release_of_transaction")]

    def __str__(self) -> str:
        return f"{self.release_id}/{self.transaction_id}"
