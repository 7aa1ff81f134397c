"""One run of a job: a claimed slot, its progress, and how it ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from controlplane.people.models import Person
from controlplane.people.scoping import ScopedQuerySet
from controlplane.sync.models.jobs import Deletions, SyncJob
from controlplane.sync.rules.states import ACTIVE, ENDED, Moves, Phase, RunKind, RunState


class SyncRunQuerySet(ScopedQuerySet["SyncRun"]):
    """Runs of the jobs that a person may look into."""

    team_path: ClassVar[str] = "job__integration__team_id"
    environment_path: ClassVar[str] = "job__integration__environment_id"

    def newest_of(self, jobs: list[int]) -> models.QuerySet[SyncRun]:
        """The newest run of each job: its health, which everyone signed in may see."""
        # One step down an index a job, however many runs it had.
        newest = self.model.objects.filter(job=models.OuterRef("pk")).order_by("-pk").values("pk")[:1]
        return self.filter(pk__in=SyncJob.objects.filter(pk__in=jobs).values(newest=models.Subquery(newest)))

    def active(self) -> models.QuerySet[SyncRun]:
        """Those that are not over, at most one of each job: health as well."""
        return self.filter(state__in=ACTIVE)


class SyncRun(models.Model):
    """A run. ``due_at`` is due time and lease in one, as in the queues (invariant 3).

    A worker may claim an active run whose ``due_at`` has passed; it then holds ``lease_token`` and moves
    ``due_at`` ahead with every page. ``missed`` counts the earlier slots that this run stands for.

    Every record read is counted once: ``read = changed + unchanged + deleted + echo + rejected``. ``swept``
    are deletions found at the end, ``died`` the changed records that ended badly on their way.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(SyncJob, models.PROTECT, related_name="runs", db_index=False)
    slot = models.DateTimeField()
    missed = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=9, choices=RunKind.choices)
    moves = models.CharField(max_length=5, choices=Moves.choices, default=Moves.EACH_PAGE)
    full = models.BooleanField(default=False, help_text="reads everything from the start")
    force = models.BooleanField(default=False, help_text="passes on unchanged records too")
    deletions = models.CharField(
        max_length=7, choices=Deletions.choices, blank=True, default="", db_default="", help_text="the job's, then"
    )
    requested_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.TextField(blank=True)

    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.PLANNED)
    phase = models.CharField(max_length=8, choices=Phase.choices, default=Phase.READING)
    note = models.TextField(blank=True, help_text="why it waits, or how it ended, in words")
    error_class = models.CharField(max_length=120, blank=True)
    cursor = models.JSONField(default=dict)
    brake_released = models.BooleanField(default=False)

    due_at = models.DateTimeField(db_default=Now())
    lease_token = models.UUIDField(null=True)
    worker = models.CharField(max_length=120, blank=True)
    claims = models.PositiveSmallIntegerField(default=0, help_text="workers that have had the page at hand")
    failures = models.PositiveSmallIntegerField(default=0, help_text="failed reads in a row")
    takeovers = models.PositiveIntegerField(default=0)

    pages = models.PositiveIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    known = models.PositiveBigIntegerField(null=True, help_text="records known before it deleted any")
    read = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    deleted = models.PositiveBigIntegerField(default=0)
    echo = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    swept = models.PositiveBigIntegerField(default=0)
    died = models.PositiveBigIntegerField(default=0)

    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True, help_text="when the last page was saved and nothing was left")
    finished_at = models.DateTimeField(null=True)
    settled_page = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    settle_due = models.DateTimeField(null=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        db_table = "sync_run"
        verbose_name = "sync run"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "slot"], name="sync_run_one_a_slot"),
            models.UniqueConstraint(fields=["job"], condition=Q(state__in=ACTIVE), name="sync_run_one_active"),
            models.CheckConstraint(
                name="sync_run_adds_up",
                condition=Q(read=F("changed") + F("unchanged") + F("deleted") + F("echo") + F("rejected")),
            ),
            models.CheckConstraint(
                name="sync_run_ended",
                condition=Q(finished_at__isnull=False, state__in=ENDED)
                | Q(finished_at__isnull=True) & ~Q(state__in=ENDED),
            ),
            models.CheckConstraint(
                name="sync_run_leased",
                condition=Q(lease_token=None) | Q(state__in=[RunState.RUNNING, RunState.PAUSED, RunState.CANCELLING]),
            ),
            models.CheckConstraint(name="sync_run_state", condition=Q(state__in=RunState.values)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["job", "-id"], name="sync_run_of_job"),
            models.Index(fields=["due_at"], condition=Q(state__in=ACTIVE), name="sync_run_due"),
            models.Index(fields=["job", "id"], condition=Q(settled_at=None), name="sync_run_open_of_job"),
            models.Index(fields=["created_at"], condition=Q(missed__gt=0), name="sync_run_caught_up"),
            models.Index(fields=["created_at"], name="sync_run_of_day"),
            models.Index(fields=["settle_due"], condition=Q(settle_due__isnull=False), name="sync_run_unsettled"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def is_active(self) -> bool:
        """Whether it reads, or may go on reading."""
        return self.state in ACTIVE

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state in ENDED

    @property
    def dry(self) -> bool:
        """Whether it only counts."""
        return self.kind == RunKind.DRY

    @property
    def bad(self) -> int:
        """Records that did not get through: turned away when read, or ended badly on their way."""
        return self.rejected + self.died

    @property
    def looks(self) -> bool:
        """Whether it was planned to find what is gone. A run that began somewhere in the middle never is.

        It stays so to the end, and notes what it sees, whatever becomes of the job's setting meanwhile.
        """
        if self.kind in {RunKind.DRY, RunKind.BACKFILL}:
            return False
        return self._finds_by(self.deletions or self.job.deletions)

    @property
    def sweeps(self) -> bool:
        """Whether it says at its end what is gone: it noted what it saw from its first page on, and still may."""
        return self.looks and self._finds_by(self.job.deletions)

    def _finds_by(self, setting: str) -> bool:
        return setting == Deletions.AFTER_EACH or (self.full and setting == Deletions.AFTER_FULL)
