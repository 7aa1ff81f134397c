"""Contracts and their versions.

A contract version is immutable once published: the database refuses to change it. Transactions and
flow versions point at the version they were judged by, so that a trace can be read years later.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from django.db import models
from django.db.models.functions import Lower

from controlplane.contracts.canary.judging import Tally
from controlplane.contracts.rules.rule import Side
from controlplane.governance.models import ChangeRequest, Revision
from controlplane.inventory.models import Integration
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


class Sunset(models.Model):
    """When a version goes: announced by a decision, carried out on the day, held while anybody still works by it.

    ``held`` names who does, as of the last look; with ``in_any_case`` it goes all the same.
    """

    version = models.OneToOneField(ContractVersion, models.PROTECT, related_name="sunset")
    on = models.DateField()
    in_any_case = models.BooleanField(default=False)
    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="+", db_index=False)
    announced_at = models.DateTimeField(auto_now_add=True)
    held = models.TextField(blank=True, default="")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["on"], condition=models.Q(retired_at__isnull=True), name="contract_sunset_due")
        ]

    def __str__(self) -> str:
        return f"{self.version} goes on {self.on:%-d %b %Y}"


class CanaryState(models.TextChoices):
    """How it goes with one."""

    RUNNING = "running", "Running"
    HALTED = "halted", "Halted"
    PUBLISHED = "published", "Published to all"


class Canary(models.Model):
    """A version that judges a share of keys first; the others are judged by ``instead_of``, as before.

    ``key`` is the kind of business key by which it is chosen, empty for the record. ``seen`` and ``set_aside`` are
    counted by whoever judges, in the transaction in which an event becomes one, and ``dead`` now and then.
    Halted by itself it stops judging at once; ``settled_at`` is when that was written down.
    """

    version = models.OneToOneField(ContractVersion, models.PROTECT, related_name="canary")
    instead_of = models.ForeignKey(ContractVersion, models.PROTECT, related_name="+", db_index=False)
    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="+", db_index=False)
    share = models.PositiveSmallIntegerField(help_text="of a hundred keys")
    points = models.PositiveSmallIntegerField(help_text="so many more of a hundred events that end badly halt it")
    key = models.CharField(max_length=50, blank=True, default="")
    state = models.CharField(max_length=10, choices=CanaryState.choices, default=CanaryState.RUNNING)
    began_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    seen = models.PositiveBigIntegerField(default=0)
    set_aside = models.PositiveBigIntegerField(default=0)
    dead = models.PositiveBigIntegerField(default=0)
    seen_others = models.PositiveBigIntegerField(default=0)
    set_aside_others = models.PositiveBigIntegerField(default=0)
    dead_others = models.PositiveBigIntegerField(default=0)
    why = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(settled_at__isnull=True), name="contract_canary_unsettled")
        ]

    def __str__(self) -> str:
        return f"{self.version} for {self.share} %"

    @property
    def mine(self) -> Tally:
        """What became of its events."""
        return Tally(self.seen, self.set_aside + self.dead)

    @property
    def others(self) -> Tally:
        """What became of the others."""
        return Tally(self.seen_others, self.set_aside_others + self.dead_others)


_UNSAID: Final = models.Q(oldest=None) | models.Q(newest=None)


class Dependency(models.Model):
    """Who is said to consume a contract: an integration, or by its name what works outside our sight.

    ``fields`` are JSON Pointers into a record; none: nobody said, so all of them count. ``oldest`` and ``newest`` are
    the versions that it works with, ``cadence`` how often it reads or writes; None where nobody said. For what is
    outside ``team`` answers; for an integration its own team does. ``confirmed_at`` is when that team last stood by it.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="dependencies")
    integration = models.ForeignKey(Integration, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120, blank=True, default="")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    contact = models.CharField(max_length=200, blank=True, default="")
    fields = models.JSONField(default=list, blank=True)
    oldest = models.PositiveIntegerField(null=True, blank=True)
    newest = models.PositiveIntegerField(null=True, blank=True)
    cadence = models.DurationField(null=True, blank=True)
    reads = models.BooleanField(default=True)
    writes = models.BooleanField(default=False)
    note = models.TextField(blank=True, default="")
    declared_at = models.DateTimeField(auto_now_add=True)
    declared_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    withdrawn_why = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="dependency_within_or_outside",
                condition=models.Q(integration__isnull=False, name="", team=None)
                | (models.Q(integration=None, team__isnull=False) & ~models.Q(name="")),
            ),
            models.CheckConstraint(
                name="dependency_reads_or_writes", condition=models.Q(reads=True) | models.Q(writes=True)
            ),
            models.CheckConstraint(
                name="dependency_oldest_first", condition=models.Q(oldest__lte=models.F("newest")) | _UNSAID
            ),
            models.UniqueConstraint(
                fields=["contract", "integration"],
                condition=models.Q(withdrawn_at=None),
                name="dependency_each_integration_once",
            ),
            models.UniqueConstraint(
                "contract",
                Lower("name"),
                condition=models.Q(withdrawn_at=None, integration=None),
                name="dependency_each_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.integration.name if self.integration else self.name

    @property
    def answers(self) -> Team | None:
        """The team that answers for it."""
        return self.integration.team if self.integration else self.team


class Standing(models.TextChoices):
    """How it stands with one consumer that was asked."""

    WAITING = "waiting", "Asked"
    STALE = "stale", "Presumed stale"
    CONFIRMED = "confirmed", "Has confirmed"
    REFUSED = "refused", "Refuses"
    OVERRIDDEN = "overridden", "Goes ahead without it"
    RELEASED = "released", "Not concerned any more"


class Confirmation(models.Model):
    """One consumer asked whether it can live with one revision of a change, bound to that revision's hash.

    ``integration`` or ``dependency`` says who; ``name`` and ``team`` are as they were then. ``findings`` are the first
    of what touches it, in words. Who has not answered at ``due_at`` is presumed stale from ``stale_at`` on.
    """

    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+", db_index=False)
    integration = models.ForeignKey(Integration, models.PROTECT, null=True, blank=True, related_name="+")
    dependency = models.ForeignKey(Dependency, models.PROTECT, null=True, blank=True, related_name="confirmations")
    name = models.CharField(max_length=120)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    findings = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=Standing.choices, default=Standing.WAITING)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stale_at = models.DateTimeField(null=True, blank=True)
    released_why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="confirmation_of_somebody",
                condition=models.Q(integration__isnull=False) | models.Q(dependency__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["revision", "integration"],
                condition=models.Q(integration__isnull=False),
                name="confirmation_integration_once",
            ),
            models.UniqueConstraint(
                fields=["revision", "dependency"],
                condition=models.Q(integration=None),
                name="confirmation_outsider_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="confirmation_due")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_state_display()}"


class Said(models.TextChoices):
    """What a person says for a consumer, or of one."""

    CONFIRMED = "confirmed", "Confirms"
    REFUSED = "refused", "Refuses"
    OVERRIDDEN = "overridden", "Goes ahead without it"


class Answer(models.Model):
    """A person's word; never changed, never taken away. The last one of a confirmation counts.

    The database refuses what may not be said (``migrations/0005_consumers.py``): by whoever wrote the change, and of
    another content than the revision's.
    """

    confirmation = models.ForeignKey(Confirmation, models.PROTECT, related_name="answers")
    content_hash = models.CharField(max_length=64)
    said = models.CharField(max_length=10, choices=Said.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    account = models.UUIDField()
    words = models.TextField(blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="answer_says_why", condition=models.Q(said="confirmed") | ~models.Q(words=""))
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.said}"
