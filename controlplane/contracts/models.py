"""Contracts and their versions.

A contract version is immutable once published: the database refuses to change it. Transactions and
flow versions point at the version they were judged by, so that a trace can be read years later.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.people.models import Person, Team


class Contract(models.Model):
    """An agreed schema of one kind of event or record, owned by a team."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    team = models.ForeignKey(Team, models.PROTECT, related_name="contracts")

    def __str__(self) -> str:
        return self.name


class VersionState(models.TextChoices):
    """Draft until published; then it never changes, only retires."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


class Enforcement(models.TextChoices):
    """What happens to an event that breaks the contract."""

    QUARANTINE = "quarantine", "Quarantined"
    OBSERVE = "observe", "Observed only"


class ContractVersion(models.Model):
    """One immutable revision. ``schema`` is JSON Schema 2020-12 over the vendor's record.

    ``keys`` are the business keys to extract: ``[{"kind": "customer", "value": "<CEL over record>"}]``.
    ``links`` are ids that name one thing: what ``issuer`` (an instance; empty: where it came from) calls ``key`` is
    what ``target`` calls ``value``; without a target, the issuer's id is learnt by itself.
    ``personal`` and ``secret`` are JSON Pointers of fields to mask by role and to drop before keeping.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    schema = models.JSONField(default=dict)
    keys = models.JSONField(default=list, blank=True)
    links = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    personal = models.JSONField(default=list, blank=True)
    secret = models.JSONField(default=list, blank=True)
    enforcement = models.CharField(max_length=10, choices=Enforcement.choices, default=Enforcement.QUARANTINE)
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    content_hash = models.CharField(max_length=64)
    author = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["contract", "number"], name="one_contract_number")]

    def __str__(self) -> str:
        return f"{self.contract} v{self.number}"
