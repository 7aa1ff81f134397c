"""What a job knows of each record, and what a run did page by page."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from controlplane.people.scoping import ScopedQuerySet
from controlplane.sync.models.jobs import SyncJob
from controlplane.sync.models.runs import SyncRun
from controlplane.sync.rules.states import Phase


class SyncRecord(models.Model):
    """A record as the job saw it last: a hash over its meaning, never its fields.

    ``last_seen_run`` is the run in which it last changed; a run that looks for deletions sets it for
    every record it sees, whether it could be taken or not. A tombstone stays, so that a record that comes
    back is noticed.
    """

    pk = models.CompositePrimaryKey("job_id", "key")
    job = models.ForeignKey(SyncJob, models.CASCADE, related_name="+", db_index=False)
    key = models.TextField()
    hash = models.UUIDField()
    source_version = models.BigIntegerField(null=True)
    last_seen_run = models.BigIntegerField()
    tombstone = models.BooleanField(default=False)

    class Meta:
        db_table = "sync_record"

    def __str__(self) -> str:
        return self.key


class SyncPage(models.Model):
    """One page that was saved. ``first_event`` and ``last_event`` bound the ids of what it passed on."""

    pk = models.CompositePrimaryKey("run_id", "number")
    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    phase = models.CharField(max_length=8, choices=Phase.choices, default=Phase.READING)
    cursor = models.JSONField()
    read = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    deleted = models.PositiveIntegerField()
    echo = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    first_event = models.UUIDField(null=True)
    last_event = models.UUIDField(null=True)
    ms = models.PositiveIntegerField(help_text="from asking the source to saving it")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "sync_page"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="sync_page_adds_up",
                condition=Q(phase=Phase.SWEEPING)
                | Q(read=F("changed") + F("unchanged") + F("deleted") + F("echo") + F("rejected")),
            ),
            models.CheckConstraint(
                name="sync_page_events",
                condition=Q(first_event=None, last_event=None) | Q(first_event__lte=F("last_event")),
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.number} of run {self.run_id}"


class SyncExceptionQuerySet(ScopedQuerySet["SyncException"]):
    """Exceptions of the runs that a person may look into: they name records."""

    team_path: ClassVar[str] = "run__job__integration__team_id"
    environment_path: ClassVar[str] = "run__job__integration__environment_id"


class SyncException(models.Model):
    """A record that did not get through: turned away when read, or ended badly on its way.

    ``cause`` groups them; ``transaction_id`` is set once it had become a transaction.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="exceptions", db_index=False)
    page = models.PositiveIntegerField()
    key = models.TextField()
    label = models.TextField(blank=True)
    cause = models.CharField(max_length=160)
    detail = models.TextField(blank=True)
    transaction_id = models.UUIDField(null=True)
    at = models.DateTimeField(db_default=Now())

    objects = SyncExceptionQuerySet.as_manager()

    class Meta:
        db_table = "sync_exception"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "transaction_id"], name="sync_exception_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["run", "cause", "id"], name="sync_exception_by_cause")]

    def __str__(self) -> str:
        return f"{self.key}: {self.cause}"
