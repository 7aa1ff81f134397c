"""What happens with an event: how it becomes canonical, which flows it starts, what their steps do."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.contracts.models import ContractVersion, Enforcement, VersionState
from controlplane.credentials.models import Credential
from controlplane.inventory.models import Instance, Integration, Interface
from controlplane.people.models import Person

#: A flow is live for every event or for none.
_STATES = [(value, label) for value, label in VersionState.choices if value != VersionState.CANARY]


class Mapping(models.Model):
    """A named table of target ← expression, in versions."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    integration = models.ForeignKey(Integration, models.PROTECT, related_name="mappings")

    def __str__(self) -> str:
        return self.name


class MappingVersion(models.Model):
    """One immutable revision: ``lines`` is ``[{"target": "customer.email", "expression": "event.email"}]``."""

    mapping = models.ForeignKey(Mapping, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    lines = models.JSONField()
    source = models.ForeignKey(ContractVersion, models.PROTECT, null=True, blank=True, related_name="+")
    target = models.ForeignKey(ContractVersion, models.PROTECT, null=True, blank=True, related_name="+")
    content_hash = models.CharField(max_length=64)
    author = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["mapping", "number"], name="one_mapping_number")]

    def __str__(self) -> str:
        return f"{self.mapping} v{self.number}"


class Normalisation(models.Model):
    """How one type of event at one interface becomes canonical: its contract, mapping and new type.

    ``enforcement`` is what becomes of one that breaks the contract at just this interface; empty: as
    its version says.
    """

    interface = models.ForeignKey(Interface, models.PROTECT, related_name="normalisations")
    event_type = models.CharField(max_length=120, help_text="the vendor's word, such as invoice.paid")
    canonical_type = models.CharField(max_length=120, help_text="ours, such as invoice.paid.v1")
    contract_version = models.ForeignKey(ContractVersion, models.PROTECT, null=True, blank=True, related_name="+")
    mapping_version = models.ForeignKey(MappingVersion, models.PROTECT, null=True, blank=True, related_name="+")
    enforcement = models.CharField(max_length=10, choices=Enforcement.choices, default="", db_default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["interface", "event_type"], name="one_normalisation"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} → {self.canonical_type}"


class Destination(models.Model):
    """An instance that steps write to, with the credential and the limits that hold for it."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    instance = models.ForeignKey(Instance, models.PROTECT, related_name="destinations")
    credential = models.ForeignKey(Credential, models.PROTECT, null=True, blank=True, related_name="destinations")
    deadline = models.FloatField(default=30.0, help_text="seconds, for one call in all")
    retry_delays = models.JSONField(
        default=list, blank=True, help_text="seconds before each retry; empty: the default schedule of 76 hours"
    )
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Flow(models.Model):
    """An integration's steps, in versions; at most one version is live."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    integration = models.ForeignKey(Integration, models.PROTECT, related_name="flows")

    def __str__(self) -> str:
        return self.name


class FlowVersion(models.Model):
    """One immutable, governed revision of a flow.

    ``steps`` is a list in order, each as ``rules.flow.Step`` reads it. The database refuses to change
    a version that has been published. ``findings`` are what it would write without the right to it, and what its
    entities do not allow, as the ownership matrix was when it was written (``flows.findings``).
    """

    flow = models.ForeignKey(Flow, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    steps = models.JSONField()
    ordering = models.CharField(max_length=500, blank=True, help_text="CEL: events of one value keep their order")
    source_contract = models.ForeignKey(ContractVersion, models.PROTECT, null=True, blank=True, related_name="+")
    target_contract = models.ForeignKey(ContractVersion, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=_STATES, default=VersionState.DRAFT)
    content_hash = models.CharField(max_length=64)
    findings = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    author = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["flow", "number"], name="one_flow_number"),
            models.UniqueConstraint(
                fields=["flow"], condition=models.Q(state=VersionState.PUBLISHED), name="one_live_flow_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow} v{self.number}"


class Route(models.Model):
    """Canonical type and filter that start a flow. ``interface`` narrows it to one source."""

    flow = models.ForeignKey(Flow, models.PROTECT, related_name="routes")
    event_type = models.CharField(max_length=120, db_index=True)
    interface = models.ForeignKey(Interface, models.PROTECT, null=True, blank=True, related_name="+")
    condition = models.CharField(max_length=2000, blank=True, help_text="CEL over event; empty: always")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.event_type} → {self.flow}"
