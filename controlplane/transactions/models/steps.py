"""Hot tables of what is done: step runs, their attempts, the queue, and what they left behind."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.inventory.models import Instance, Integration
from controlplane.people.models import Person, Team
from controlplane.people.scoping import ScopedQuerySet
from controlplane.transactions.models.endpoints import Endpoint
from controlplane.transactions.models.flows import Destination, FlowVersion
from controlplane.transactions.rules.breaker import BreakerState
from controlplane.transactions.rules.states import Lane, Outcome, StepKind, StepState


class StepRun(models.Model):
    """One queued step of one transaction.

    ``revision`` counts edits of its body: with ``id`` it makes the idempotency key. ``request_id`` is
    the payload last sent, ``response_id`` the answer kept. ``error_class`` is the attempt's outcome
    code, with the vendor's own word behind it where it has one (``rejected.tax_id_invalid``).
    """

    id = models.UUIDField(primary_key=True)
    transaction_id = models.UUIDField()
    flow_version = models.ForeignKey(FlowVersion, models.DO_NOTHING, related_name="+", db_constraint=False)
    ordinal = models.PositiveSmallIntegerField()
    name = models.TextField()
    kind = models.PositiveSmallIntegerField(choices=StepKind.choices)
    required = models.BooleanField()
    destination = models.ForeignKey(Destination, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    state = models.PositiveSmallIntegerField(choices=StepState.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveSmallIntegerField(default=0)
    retention = models.PositiveSmallIntegerField()
    request_id = models.UUIDField(null=True)
    response_id = models.UUIDField(null=True)
    external_id = models.TextField(default="")
    result = models.JSONField(null=True)
    error_class = models.TextField(default="")
    reason = models.TextField(default="")
    replay_id = models.BigIntegerField(null=True)
    queued_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "step_run"

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """One try of a step run; append-only. ``lease_token`` ties it to the claim that made it."""

    id = models.UUIDField(primary_key=True)
    step_run_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    ms = models.PositiveIntegerField(default=0)
    outcome = models.PositiveSmallIntegerField(choices=Outcome.choices)
    status = models.PositiveSmallIntegerField(null=True)
    calls = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveSmallIntegerField(default=0)
    detail = models.TextField(default="")
    worker = models.TextField(default="")
    lease_token = models.UUIDField(null=True)

    class Meta:
        db_table = "attempt"

    def __str__(self) -> str:
        return f"{self.number}: {self.get_outcome_display()}"


class StepQueue(models.Model):
    """The small hot table that workers claim from. ``due_at`` is due time and lease in one.

    ``resource`` is what kind of record it is about to write, so that an event that our own write
    causes is not judged before that write's outcome is known (invariant 13). With an ``ordering_key``,
    ``event_id`` is its place in that order and ``endpoint`` where the event came from: earlier events
    from there go first, also those that are not processed yet. Of a question, ``expires_at`` is its deadline, and
    ``waits_for`` the identity that it waits for (``kind/issuer/value``).
    """

    step_run_id = models.UUIDField(primary_key=True)
    transaction_id = models.UUIDField()
    destination = models.ForeignKey(Destination, models.DO_NOTHING, related_name="+", db_constraint=False)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices, default=Lane.NORMAL)
    ordering_key = models.BigIntegerField(null=True)
    event_id = models.UUIDField(null=True)
    endpoint = models.ForeignKey(Endpoint, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    resource = models.TextField(default="")
    due_at = models.DateTimeField()
    lease_token = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    waits_for = models.TextField(null=True)

    class Meta:
        db_table = "step_queue"

    def __str__(self) -> str:
        return str(self.step_run_id)


class LookUpAnswer(models.Model):
    """What a look-up was answered a short while ago, for all workers; ``fields`` null: there was no such record.

    ``key`` is a digest of the question and the destination's settings. The table is not logged: a crash empties it.
    """

    key = models.UUIDField(primary_key=True)
    external_id = models.TextField()
    fields = models.JSONField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "look_up_answer"

    def __str__(self) -> str:
        return str(self.key)


class DestinationState(models.Model):
    """What changes about a destination while it is written to: fairness, caps, pause, breaker.

    ``low`` is the low-water mark under the queue (``pipeline.statements``); ``tat`` when the next call may
    begin (``rules.rate``); ``failures``, ``openings`` and ``probes`` are the breaker's (``rules.breaker``).
    ``troubled_since`` is when the breaker opened first, or when it answered that it is gone; None once that is over.
    """

    destination = models.OneToOneField(Destination, models.CASCADE, primary_key=True, related_name="hot")
    max_in_flight = models.PositiveIntegerField(default=64)
    rate_per_second = models.FloatField(null=True)
    tat = models.DateTimeField(null=True)
    paused_until = models.DateTimeField()
    pause_reason = models.TextField(default="")
    claimed_at = models.DateTimeField()
    low = models.DateTimeField()
    breaker = models.PositiveSmallIntegerField(choices=BreakerState.choices, default=BreakerState.CLOSED)
    breaker_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    openings = models.PositiveSmallIntegerField(default=0)
    probes = models.PositiveSmallIntegerField(default=0)
    troubled_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "destination_state"

    def __str__(self) -> str:
        return f"state of {self.destination_id}"


class DeadLetterQuerySet(ScopedQuerySet["DeadLetter"]):
    """Dead letters of the person's teams."""

    team_path: ClassVar[str] = "integration__team_id"
    environment_path: ClassVar[str] = "integration__environment_id"


class DeadLetter(models.Model):
    """A step run that ended without success and waits for a person. It pins its own payload.

    ``fingerprint`` groups by cause; ``resolution`` says how it ended (succeeded, superseded, dropped).
    ``superseded_by`` is the transaction of a newer event of the same record that was delivered by the same
    ``step``; the record is that of ``source_id``, ``resource`` and ``external_id``.
    """

    step_run_id = models.UUIDField(primary_key=True)
    transaction_id = models.UUIDField()
    integration = models.ForeignKey(Integration, models.DO_NOTHING, related_name="+", db_constraint=False)
    destination = models.ForeignKey(Destination, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    fingerprint = models.UUIDField()
    error_class = models.TextField()
    reason = models.TextField()
    required = models.BooleanField()
    died_at = models.DateTimeField()
    payload_id = models.UUIDField(null=True)
    assignee = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    note = models.TextField(default="")
    snoozed_until = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.TextField(default="")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="+", db_index=False)
    superseded_by = models.UUIDField(null=True)
    step = models.TextField(default="")
    source_id = models.BigIntegerField(null=True)
    resource = models.TextField(default="")
    external_id = models.TextField(default="")
    source_version = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField(null=True)

    objects = DeadLetterQuerySet.as_manager()

    class Meta:
        db_table = "dead_letter"
        indexes: ClassVar = [
            models.Index(fields=["integration", "-died_at"], condition=models.Q(resolved_at=None), name="open_dead"),
            models.Index(fields=["fingerprint"], name="dead_by_cause"),
            models.Index(fields=["transaction_id"], name="dead_by_transaction"),
            models.Index(
                fields=["external_id", "destination"], condition=models.Q(resolved_at=None), name="dead_by_record"
            ),
            models.Index(
                fields=["fingerprint", "-died_at", "-step_run_id"],
                condition=models.Q(resolved_at=None),
                name="dead_in_order",
            ),
            models.Index(
                fields=["resolved_at"], condition=models.Q(resolved_at__isnull=False), name="dead_by_resolution"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class Written(models.Model):
    """What we last wrote to a record elsewhere, to know our own echo and refuse older versions.

    ``fingerprint`` is of the record after the write and ``version`` the target's; the ``source``
    fields say which version of which system's record it came from.
    """

    pk = models.CompositePrimaryKey("instance_id", "resource", "external_id")
    instance = models.ForeignKey(Instance, models.CASCADE, related_name="+")
    resource = models.TextField()
    external_id = models.TextField()
    fingerprint = models.UUIDField()
    version = models.BigIntegerField(null=True)
    source = models.ForeignKey(Instance, models.CASCADE, null=True, related_name="+")
    source_resource = models.TextField(default="")
    source_external_id = models.TextField(default="")
    source_version = models.BigIntegerField(null=True)
    step_run_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "written"

    def __str__(self) -> str:
        return f"{self.resource} {self.external_id}"
