"""Who consumes a contract, and what each was asked about a change of it and said."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models.functions import Lower

from controlplane.contracts.models.versions import Contract
from controlplane.governance.models import ChangeRequest, Revision
from controlplane.inventory.models import Integration
from controlplane.people.models import Person, Team

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
