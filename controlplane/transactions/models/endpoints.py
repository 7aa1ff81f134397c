"""Our own addresses for senders, and what did not become a transaction there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.inventory.models import Integration, Interface
from controlplane.transactions.rules.retention import Retention


class OnBroken(models.TextChoices):
    """What the endpoint does with a verified body that is not what it should be."""

    QUARANTINE = "quarantine", "Keep it in quarantine"
    REFUSE = "refuse", "Refuse it with 400"


class Endpoint(models.Model):
    """One address, ``/in/<slug>``, for one sender.

    ``secrets`` are references, newest first; all are tried, so that keys overlap while a sender
    changes over. ``event_id`` is CEL over ``event`` and ``headers``, for senders without an id. The rates are events
    a second and process, of all together and of one address; the settings' where they are not given.
    """

    slug = models.SlugField(unique=True, max_length=80)
    name = models.CharField(max_length=120)
    integration = models.ForeignKey(Integration, models.PROTECT, related_name="endpoints")
    interface = models.ForeignKey(Interface, models.PROTECT, related_name="endpoints")
    scheme = models.CharField(max_length=40)
    scheme_settings = models.JSONField(default=dict, blank=True)
    secrets = models.JSONField(default=list, blank=True)
    event_id = models.CharField(max_length=500, blank=True)
    max_body = models.PositiveIntegerField(default=1_048_576)
    on_broken = models.CharField(max_length=10, choices=OnBroken.choices, default=OnBroken.QUARANTINE)
    retention = models.PositiveSmallIntegerField(choices=Retention.choices, default=Retention.STANDARD)
    takes_gzip = models.BooleanField(default=False, db_default=False)
    rate_per_second = models.FloatField(null=True, blank=True)
    sender_rate_per_second = models.FloatField(null=True, blank=True)
    drop_fields = models.JSONField(default=list, blank=True, help_text="JSON Pointers dropped before keeping")
    active = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class Refusal(models.Model):
    """A request that an endpoint turned away: its reason and digest, never its body.

    Counted by minute, endpoint and reason, so that a flood of junk costs one row a minute.
    """

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="refusals")
    minute = models.DateTimeField()
    reason = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=1)
    last_digest = models.CharField(max_length=64)
    last_peer = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["endpoint", "minute", "reason"], name="one_refusal")]

    def __str__(self) -> str:
        return f"{self.reason} × {self.count}"


class RepeatKind(models.IntegerChoices):
    """The same id again: with the same body, or with another."""

    DUPLICATE = 0, "Duplicate"
    CONFLICT = 1, "Conflict"


class Repeat(models.Model):
    """A receipt on the first transaction for an id that came again. A conflicting body is kept."""

    id = models.UUIDField(primary_key=True)
    transaction_id = models.UUIDField(db_index=True)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="+")
    kind = models.PositiveSmallIntegerField(choices=RepeatKind.choices)
    at = models.DateTimeField(auto_now_add=True)
    body_digest = models.UUIDField()
    retention = models.PositiveSmallIntegerField(default=Retention.STANDARD)
    payload_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.transaction_id}"
