"""A job: what is read from where, when, and within which limits."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from connectors import interface
from controlplane.credentials.models import Credential
from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import Integration, Interface
from controlplane.people.scoping import ScopedQuerySet
from controlplane.sync.rules.limits import Limits
from controlplane.sync.rules.schedule import (
    SHORTEST_INTERVAL,
    Schedule,
    ScheduleKind,
    check_cron,
    zone_called,
)
from controlplane.sync.rules.windows import Window
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.rules.states import Lane


class Mode(models.TextChoices):
    """What a run reads."""

    INCREMENTAL = "incremental", "What changed since the cursor"
    FULL = "full", "Everything, each time"


class Deletions(models.TextChoices):
    """How a job finds records that are gone at the source and left no tombstone."""

    IGNORED = "ignored", "They are not looked for"
    AFTER_FULL = "full", "After everything was read"
    AFTER_EACH = "each", "After each run, by a list of all ids"


class SyncJobQuerySet(ScopedQuerySet["SyncJob"]):
    """Jobs that a person may look into: those of their teams' integrations."""

    team_path: ClassVar[str] = "integration__team_id"
    environment_path: ClassVar[str] = "integration__environment_id"

    def catalogue(self) -> models.QuerySet[SyncJob]:
        """All jobs, for everyone signed in: only their names, schedules and health may be shown."""
        return self.select_related("integration__team", "interface__instance__system")


def _share(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=f"sync_job_{name}", condition=Q(**{f"{name}__range": (0, 1)}))


class SyncJob(models.Model):
    """Reads one stream of an interface and passes on what changed.

    ``event_type`` is what a changed record is routed as (``party.changed``), ``deleted_type`` one that is
    gone; without it a deletion is noted here and passed on to nobody. A record's identity is its
    id at the source; ``key_field`` names the field that people know it by. ``slots_until`` is the last
    slot that has been dealt with: later ones are due. ``read_cursor`` is where the next run begins,
    ``settled_cursor`` how far everything read has also arrived (or ended otherwise) at its targets.
    """

    slug = models.SlugField(unique=True, max_length=80)
    name = models.CharField(max_length=120)
    integration = models.ForeignKey(Integration, models.PROTECT, related_name="jobs")
    interface = models.ForeignKey(Interface, models.PROTECT, related_name="jobs")
    credential = models.ForeignKey(Credential, models.PROTECT, null=True, blank=True, related_name="jobs")
    stream = models.CharField(max_length=120, help_text="the connector's word, such as party")
    event_type = models.CharField(max_length=120, help_text="as routed, such as party.changed")
    deleted_type = models.CharField(max_length=120, blank=True, help_text="party.deleted; empty: only noted")
    key_field = models.CharField(max_length=120, blank=True, help_text="the field people know a record by")

    schedule = models.CharField(max_length=8, choices=ScheduleKind.choices, default=ScheduleKind.MANUAL)
    cron = models.CharField(max_length=120, blank=True, help_text="minute hour day month weekday")
    every_seconds = models.PositiveIntegerField(null=True, blank=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    slots_until = models.DateTimeField(db_default=Now())
    window_start = models.TimeField(null=True, blank=True)
    window_end = models.TimeField(null=True, blank=True)

    mode = models.CharField(max_length=11, choices=Mode.choices, default=Mode.INCREMENTAL)
    deletions = models.CharField(max_length=7, choices=Deletions.choices, default=Deletions.IGNORED)
    page_size = models.PositiveIntegerField(default=200)
    records_per_second = models.FloatField(null=True, blank=True)
    rejected_share = models.FloatField(null=True, blank=True, help_text="0.02: stops itself above 2 %")
    deleted_share = models.FloatField(null=True, blank=True, default=0.05, help_text="above it, a person decides")
    deleted_free = models.PositiveIntegerField(default=5, help_text="so many deletions a run are always allowed")
    lane = models.PositiveSmallIntegerField(choices=Lane.choices, default=Lane.BULK)
    retention = models.PositiveSmallIntegerField(choices=Retention.choices, default=Retention.STANDARD)

    active = models.BooleanField(default=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.CharField(max_length=120, blank=True)
    paused_reason = models.TextField(blank=True)
    read_cursor = models.JSONField(default=dict, blank=True)
    settled_cursor = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = SyncJobQuerySet.as_manager()

    class Meta:
        db_table = "sync_job"
        verbose_name = "sync job"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="sync_job_schedule",
                condition=Q(schedule=ScheduleKind.MANUAL)
                | Q(schedule=ScheduleKind.CRON) & ~Q(cron="")
                | Q(schedule=ScheduleKind.INTERVAL, every_seconds__gte=SHORTEST_INTERVAL),
            ),
            models.CheckConstraint(
                name="sync_job_window",
                condition=Q(window_start=None, window_end=None)
                | Q(window_start__isnull=False, window_end__isnull=False) & ~Q(window_start=F("window_end")),
            ),
            models.CheckConstraint(name="sync_job_page_size", condition=Q(page_size__range=(1, 10_000))),
            models.CheckConstraint(name="sync_job_rate", condition=Q(records_per_second__gt=0)),
            _share("rejected_share"),
            _share("deleted_share"),
            models.CheckConstraint(name="sync_job_words", condition=~Q(stream="") & ~Q(event_type="")),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Check what fields alone cannot: schedule, time zone, credential and stream."""
        super().clean()
        try:
            zone_called(self.time_zone)
            if self.schedule == ScheduleKind.CRON:
                check_cron(self.cron)
        except Invalid as error:
            raise ValidationError({error.field: error.detail}) from None
        if self.credential is not None and self.credential.instance_id != self.interface.instance_id:
            raise ValidationError({"credential": "It belongs to another instance than the interface."})
        self._check_stream()

    def _check_stream(self) -> None:
        """A stream that the connector declares; one that declares none finds out when it reads."""
        kind = self.interface.instance.system.connector
        streams = interface.connector_class(kind).streams if kind in interface.kinds() else ()
        names = [stream.name for stream in streams]
        if names and self.stream not in names:
            raise ValidationError({"stream": f"There is no stream {self.stream!r}; there are: {', '.join(names)}."})

    @property
    def paused(self) -> bool:
        """Whether its schedule is held; by hand it can still be started."""
        return self.paused_at is not None

    @property
    def timetable(self) -> Schedule:
        """Its schedule; raises ``Invalid`` when its cron expression or time zone cannot be read."""
        if self.schedule == ScheduleKind.CRON:
            check_cron(self.cron)
        return Schedule(ScheduleKind(self.schedule), self.cron, self.every_seconds, zone_called(self.time_zone))

    @property
    def window(self) -> Window:
        """The hours in which it may read; raises ``Invalid`` when its time zone does not exist."""
        return Window(self.window_start, self.window_end, zone_called(self.time_zone))

    @property
    def limits(self) -> Limits:
        """What it allows a run."""
        return Limits(self.records_per_second, self.rejected_share, self.deleted_share, self.deleted_free)
