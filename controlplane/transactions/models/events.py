"""Hot tables of what came in. Their DDL is hand-written (``migrations``); see ``rules.retention``.

Keys are time-ordered UUIDs and references between partitioned tables carry no constraint: a foreign
key to a partitioned parent doubles the cost of a row and forbids dropping a week.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.inventory.models import Company, EntityKind, Environment, Instance, Integration
from controlplane.people.scoping import ScopedQuerySet
from controlplane.transactions.models.endpoints import Endpoint
from controlplane.transactions.models.flows import FlowVersion
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.rules.states import Lane, TransactionState


class TransactionQuerySet(ScopedQuerySet["Transaction"]):
    """Transactions that a person may see: those of their teams' integrations."""

    team_path: ClassVar[str] = "integration__team_id"
    environment_path: ClassVar[str] = "integration__environment_id"


class Transaction(models.Model):
    """One event, or one record of a sync run, in one flow, and everything that followed from it.

    ``event_id`` is the received event's id: the id of the first transaction that came of it, under which
    its body is kept; ``canonical_id`` is the payload of its canonical form. An event that starts several
    flows has one transaction in each. ``source_version`` is the record's version at its source; ``headline``
    one line for lists; ``about`` the first of its contract's business keys, by which people speak of it.
    """

    id = models.UUIDField(primary_key=True)
    event_id = models.UUIDField()
    canonical_id = models.UUIDField(null=True)
    integration = models.ForeignKey(Integration, models.DO_NOTHING, related_name="+", db_constraint=False)
    endpoint = models.ForeignKey(Endpoint, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    sync_run_id = models.BigIntegerField(null=True)
    flow_version = models.ForeignKey(FlowVersion, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    source = models.ForeignKey(Instance, models.DO_NOTHING, related_name="+", db_constraint=False)
    environment = models.ForeignKey(Environment, models.DO_NOTHING, related_name="+", db_constraint=False)
    company = models.ForeignKey(Company, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    event_type = models.TextField()
    resource = models.TextField(default="")
    external_id = models.TextField(default="")
    source_version = models.BigIntegerField(null=True)
    state = models.PositiveSmallIntegerField(choices=TransactionState.choices)
    reason = models.TextField(default="")
    error_class = models.TextField(default="")
    headline = models.TextField(default="")
    about = models.TextField(default="", db_default="")
    ordering_key = models.BigIntegerField(null=True)
    correlation_id = models.UUIDField()
    parent_span = models.TextField(default="")
    replay_of = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="")
    retention = models.PositiveSmallIntegerField(choices=Retention.choices)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices, default=Lane.NORMAL)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = TransactionQuerySet.as_manager()

    class Meta:
        db_table = "transaction"

    def __str__(self) -> str:
        return str(self.id)


class TransactionKey(models.Model):
    """A business key of a transaction: answers "customer C-1042, newest 50" from its primary key."""

    pk = models.CompositePrimaryKey("kind_id", "value", "transaction_id")
    kind = models.ForeignKey(EntityKind, models.DO_NOTHING, related_name="+", db_constraint=False)
    value = models.TextField()
    transaction_id = models.UUIDField()

    class Meta:
        db_table = "transaction_key"

    def __str__(self) -> str:
        return self.value


class PayloadKind(models.IntegerChoices):
    """What a body is."""

    RECEIVED = 0, "As received"
    CANONICAL = 1, "Canonical event"
    REQUEST = 2, "Sent"
    RESPONSE = 3, "Answered"
    EDITED = 4, "Edited by a person"
    CONFLICT = 5, "Same id, another body"


class Payload(models.Model):
    """A body, apart from everything else. The received one has the id of its event.

    ``revision_of`` names the body that a person edited; ``edited_by`` and ``reason`` say who and why.
    """

    id = models.UUIDField(primary_key=True)
    retention = models.PositiveSmallIntegerField(choices=Retention.choices)
    kind = models.PositiveSmallIntegerField(choices=PayloadKind.choices)
    transaction_id = models.UUIDField()
    step_run_id = models.UUIDField(null=True)
    content_type = models.TextField(default="application/json")
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    revision_of = models.UUIDField(null=True)
    edited_by = models.UUIDField(null=True)
    approved_by = models.UUIDField(null=True)
    reason = models.TextField(default="")

    class Meta:
        db_table = "payload"

    def __str__(self) -> str:
        return str(self.id)


class PayloadSubject(models.Model):
    """Which payloads speak of a person, by digest: how erasure finds every copy."""

    pk = models.CompositePrimaryKey("subject", "payload_id")
    subject = models.UUIDField()
    payload_id = models.UUIDField()

    class Meta:
        db_table = "payload_subject"

    def __str__(self) -> str:
        return str(self.payload_id)


class Trace(models.Model):
    """The inline steps of a transaction, as they happened: ``spans`` is a list of plain objects.

    A span is ``{"name", "kind", "at" (epoch ms), "us" (microseconds), …}``; a row holds those of one
    piece of work (processing, the mapping before a delivery).
    """

    id = models.UUIDField(primary_key=True)
    transaction_id = models.UUIDField()
    spans = models.JSONField()

    class Meta:
        db_table = "trace"

    def __str__(self) -> str:
        return str(self.id)


class Dedupe(models.Model):
    """A sender's id, remembered for 90 days: which transaction came of it, and its body's digest."""

    pk = models.CompositePrimaryKey("endpoint_id", "key_digest")
    endpoint = models.ForeignKey(Endpoint, models.DO_NOTHING, related_name="+", db_constraint=False)
    key_digest = models.UUIDField()
    transaction_id = models.UUIDField()
    body_digest = models.UUIDField()

    class Meta:
        db_table = "dedupe"

    def __str__(self) -> str:
        return str(self.key_digest)


class Inbox(models.Model):
    """Accepted, not yet processed. ``due_at`` is the lease: a row is free again when it has passed.

    ``sync`` is null for webhooks; for a record of a sync run it holds what the run knows of it
    (``{"run", "job", "type", "id", "version", …}``). ``body_id`` is the edited body by which it is judged; null for
    the body that was received.
    """

    transaction_id = models.UUIDField(primary_key=True)
    endpoint = models.ForeignKey(Endpoint, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    sync = models.JSONField(null=True)
    retention = models.PositiveSmallIntegerField()
    lane = models.PositiveSmallIntegerField(default=Lane.NORMAL)
    due_at = models.DateTimeField()
    lease_token = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    body_id = models.UUIDField(null=True)

    class Meta:
        db_table = "inbox"

    def __str__(self) -> str:
        return str(self.transaction_id)
