"""Contracts and their versions.

A contract version is immutable once published: the database refuses to change it. Transactions and
flow versions point at the version they were judged by, so that a trace can be read years later.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from controlplane.contracts.rules.rule import Side
from controlplane.governance.models import ChangeRequest
from controlplane.people.models import Person, Team


class Format(models.TextChoices):
    """What a contract is written in. The first two are judged in full; of the others every change is risky."""

    JSON_SCHEMA = "json-schema", "JSON Schema"
    OPENAPI = "openapi", "OpenAPI"
    ASYNCAPI = "asyncapi", "AsyncAPI"
    AVRO = "avro", "Avro"

    @property
    def is_judged(self) -> bool:
        """Whether rules say what follows from a change."""
        return self in {Format.JSON_SCHEMA, Format.OPENAPI}


class Compatibility(models.TextChoices):
    """Who must not notice a new version: those who write, those who read, or both.

    The words are those of Confluent's registry
    (https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html): backward, what was
    written by the old is read by the new. Transitive: not the last version only, but every one published.
    """

    NONE = "none", "Nobody is promised anything"
    BACKWARD = "backward", "Backward: who writes may stay with the last version"
    FORWARD = "forward", "Forward: who reads may stay with the last version"
    FULL = "full", "Full: both may stay with the last version"
    BACKWARD_TRANSITIVE = "backward-transitive", "Backward, transitive: who writes may stay with any version"
    FORWARD_TRANSITIVE = "forward-transitive", "Forward, transitive: who reads may stay with any version"
    FULL_TRANSITIVE = "full-transitive", "Full, transitive: both may stay with any version"

    @property
    def is_transitive(self) -> bool:
        """Whether every published version counts."""
        return self.value.endswith("-transitive")

    @property
    def protects(self) -> frozenset[Side]:
        """Who must not be broken."""
        word = self.value.removesuffix("-transitive")
        return {
            "backward": frozenset({Side.WRITERS}),
            "forward": frozenset({Side.READERS}),
            "full": frozenset(Side),
        }.get(word, frozenset())


class Contract(models.Model):
    """An agreed schema of one kind of event or record, or the description of an interface, owned by a team."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    team = models.ForeignKey(Team, models.PROTECT, related_name="contracts")
    format = models.CharField(
        max_length=12, choices=Format.choices, default=Format.JSON_SCHEMA, db_default=Format.JSON_SCHEMA.value
    )
    compatibility = models.CharField(
        max_length=20, choices=Compatibility.choices, default=Compatibility.FULL, db_default=Compatibility.FULL.value
    )

    def __str__(self) -> str:
        return self.name


class VersionState(models.TextChoices):
    """Draft until published, to some first or to all; from then on it never changes, only retires."""

    DRAFT = "draft", "Draft"
    CANARY = "canary", "Canary"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


class Enforcement(models.TextChoices):
    """What happens to an event that breaks the contract."""

    QUARANTINE = "quarantine", "Quarantined"
    OBSERVE = "observe", "Observed only"


class ContractVersion(models.Model):
    """One immutable revision. ``schema`` is JSON Schema over the vendor's record, or the document of its format.

    ``keys`` are the business keys to extract: ``[{"kind": "customer", "value": "<CEL over record>"}]``.
    ``links`` are ids that name one thing: what ``issuer`` (an instance; empty: where it came from) calls ``key`` is
    what ``target`` calls ``value``; without a target, the issuer's id is learnt by itself.
    ``personal`` and ``secret`` are JSON Pointers of fields to mask by role and to drop before keeping.
    ``examples`` are records that it lets in, each ``{"name": …, "value": …}``. ``downgrade`` makes a published message
    of it one of the version before: ``[{"target": "data.total", "expression": "record.amount"}]``. ``change`` is the
    decision that it came by, if a board decided.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    schema = models.JSONField(default=dict)
    keys = models.JSONField(default=list, blank=True)
    links = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    personal = models.JSONField(default=list, blank=True)
    secret = models.JSONField(default=list, blank=True)
    examples = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    downgrade = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    enforcement = models.CharField(max_length=10, choices=Enforcement.choices, default=Enforcement.QUARANTINE)
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    content_hash = models.CharField(max_length=64)
    author = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    change = models.ForeignKey(ChangeRequest, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["contract", "number"], name="one_contract_number")]

    def __str__(self) -> str:
        return f"{self.contract} v{self.number}"

    @property
    def published_at(self) -> datetime:
        """Since when it holds: a board's decision may publish what was drafted long before."""
        applied = self.change.applied_at if self.change is not None else None
        return applied or self.created_at
