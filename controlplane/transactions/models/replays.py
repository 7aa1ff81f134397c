"""Replays: governed batches of re-deliveries, frozen when they are asked for."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from controlplane.inventory.models import Integration
from controlplane.people.access import ALL, Access, Action
from controlplane.people.models import Person, Team
from controlplane.people.scoping import ScopedQuerySet


class ReplayState(models.TextChoices):
    """Where a replay is."""

    PLANNED = "planned", "Waits for approval"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"
    DECLINED = "declined", "Declined"


class ReplayQuerySet(ScopedQuerySet["Replay"]):
    """Replays of the person's teams, and those that have deliveries of theirs: one may be over several teams."""

    team_path: ClassVar[str] = "team_id"

    def visible_to(self, access: Access, action: Action | None = None) -> Self:
        """Those of whose items this person sees one; which those are, ``selectors.replays.items`` says."""
        teams = access.teams_that(action or self.needs)
        if teams is ALL:
            return self.all()
        items = Replay.integrations.through.objects.filter(integration__team_id__in=teams)
        return self.filter(Q(team_id__in=teams) | Q(pk__in=items.values("replay_id")))


class Replay(models.Model):
    """One batch: who asked, why, and the selection as it was at that moment.

    ``team`` is that of its first delivery, ``integrations`` are those of all: whoever sees one of them, sees it.
    ``token`` is of the form that this person asked with: sent twice, it is one replay. One that ``needs_approval``
    waits until a board has decided (``replay.governed``); ``decision`` is what its last vote said.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="replays")
    integrations = models.ManyToManyField(Integration, related_name="+")
    requested_by = models.ForeignKey(Person, models.PROTECT, related_name="replays")
    requested_at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField()
    query = models.TextField(default="", blank=True)
    total = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=ReplayState.choices, default=ReplayState.RUNNING)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    needs_approval = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    decision = models.TextField(default="", blank=True)

    objects = ReplayQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["requested_at"], condition=models.Q(state=ReplayState.PLANNED), name="replay_undecided"
            ),
            models.Index(fields=["requested_by", "-finished_at"], name="replay_of_person"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["requested_by", "token"], name="replay_of_form"),
            models.CheckConstraint(
                name="nobody_approves_their_own_replay",
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("requested_by")),
            ),
            models.CheckConstraint(
                name="no_large_replay_without_approval",
                condition=models.Q(needs_approval=False)
                | models.Q(approved_by__isnull=False)
                | models.Q(state__in=["planned", "stopped", "declined"]),
            ),
        ]

    def __str__(self) -> str:
        return f"replay {self.pk}"


class ReplayItemState(models.IntegerChoices):
    """What became of one item."""

    WAITING = 0, "Waiting"
    QUEUED = 1, "Queued"
    SUCCEEDED = 2, "Succeeded"
    FAILED = 3, "Failed again"
    SKIPPED = 4, "Not replayed"


class ReplayItem(models.Model):
    """One step run of the frozen selection and its result.

    ``attempts`` and ``revision`` are the step run's as they were when it was frozen: one that has been tried or
    edited since is not the one that was agreed to.
    """

    pk = models.CompositePrimaryKey("replay_id", "step_run_id")
    replay = models.ForeignKey(Replay, models.CASCADE, related_name="items")
    step_run_id = models.UUIDField()
    transaction_id = models.UUIDField()
    ordinal = models.PositiveIntegerField()
    attempts = models.PositiveSmallIntegerField(null=True)
    revision = models.PositiveSmallIntegerField(null=True)
    state = models.PositiveSmallIntegerField(choices=ReplayItemState.choices, default=ReplayItemState.WAITING)
    result = models.TextField(default="")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["step_run_id"], name="replay_by_step")]

    def __str__(self) -> str:
        return f"{self.replay_id}/{self.ordinal}"
