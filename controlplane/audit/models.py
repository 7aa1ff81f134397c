"""The chain of audit records, its head, and what the last checks of it found.

The audit knows actors and subjects as opaque ids only, so that it stands below every other app and
outlives what it names. Triggers (migration 0002) refuse UPDATE, DELETE and TRUNCATE.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models


class Via(models.TextChoices):
    """Through which door an act came."""

    PAGE = "page", "Page"
    API = "api", "API"
    COMMAND = "command", "Command line"
    SYSTEM = "system", "The system itself"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person's id, the id of the account they used, and the name that is shown."""

    person: str = ""
    account: str = ""
    label: str = ""


#: Nobody in particular: the control plane acted by itself.
SYSTEM = Actor(label="Interlock")


@dataclass(frozen=True, slots=True)
class Subject:
    """What was acted on: ``Subject("transaction", "0193f…")``."""

    kind: str = ""
    id: str = ""


class AuditRecord(models.Model):
    """One act. Its hash covers every other column and the hash of the record before it."""

    id = models.BigIntegerField(primary_key=True, help_text="place in the chain, from 1 and without gaps")
    at = models.DateTimeField(help_text="the database's clock, when the place was taken")
    actor_person = models.TextField(blank=True)
    actor_account = models.TextField(blank=True)
    actor_label = models.TextField(blank=True)
    via = models.CharField(max_length=10, choices=Via.choices)
    action = models.CharField(max_length=80, help_text="dotted word: replay.requested")
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True, help_text="plain values, never secrets, no fractions")
    correlation_id = models.UUIDField(null=True, blank=True)
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.id} {self.action}"

    @property
    def subject(self) -> Subject:
        """What was acted on."""
        return Subject(self.subject_kind, self.subject_id)

    @property
    def named_details(self) -> list[tuple[str, Any]]:
        """The details as (name, value). For templates: there ``details.items`` is the detail called "items", if any."""
        return list(self.details.items())


class ChainHead(models.Model):
    """The end of the chain: one row, locked by whoever appends. Moves one step forward at a time."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last_id = models.BigIntegerField()
    last_hash = models.BinaryField()

    class Meta:
        constraints = (models.CheckConstraint(name="audit_one_head", condition=models.Q(id=1)),)

    def __str__(self) -> str:
        return f"head at {self.last_id}"


class ChainCheck(models.Model):
    """What one walk along the chain found; the newest is shown with its age, never as 'now'."""

    at = models.DateTimeField(auto_now_add=True)
    by_label = models.TextField()
    records = models.BigIntegerField(help_text="how many were looked at, from the first on")
    complete = models.BooleanField(help_text="false: the time was up before the end was reached")
    head_hash = models.BinaryField(help_text="of the last record looked at")
    broken_at = models.BigIntegerField(null=True, help_text="the first record that does not fit")
    finding = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.finding or f"{self.records} records fit"
