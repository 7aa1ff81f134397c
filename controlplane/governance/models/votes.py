"""Votes, the conditions they are bound to, and the decisions they come to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce

from controlplane.governance.models.boards import Meeting
from controlplane.governance.models.changes import ChangeRequest, Revision
from controlplane.people.models import Person


class Choice(models.TextChoices):
    """What a vote says."""

    APPROVE = "approve", "For"
    REJECT = "reject", "Against"
    ABSTAIN = "abstain", "Abstains"


class Vote(models.Model):
    """One person's word on one revision, bound to its hash; never changed, never taken away.

    ``on_behalf_of`` is the member in whose place a deputy votes. ``role`` is the seat's on the board at that moment,
    filled in by the database, which refuses every vote that may not be (``migrations/_change_guards.py``).
    """

    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="votes")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="votes")
    content_hash = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    account = models.UUIDField()
    on_behalf_of = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=40, blank=True, default="")
    choice = models.CharField(max_length=8, choices=Choice.choices)
    words = models.TextField(blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="governance_one_vote_a_person", fields=["revision", "person"]),
            models.UniqueConstraint("revision", Coalesce("on_behalf_of", "person"), name="governance_one_vote_a_seat"),
            models.CheckConstraint(
                name="governance_against_says_why", condition=~models.Q(choice="reject") | ~models.Q(words="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.choice}"


class Condition(models.Model):
    """What an approval asks for. ``before``: it is met before the change is applied; otherwise afterwards, by ``due``.

    Nobody who wrote the change says that it is met.
    """

    vote = models.ForeignKey(Vote, models.PROTECT, related_name="conditions")
    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="conditions")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="conditions")
    text = models.TextField()
    before = models.BooleanField(default=True)
    due = models.DateTimeField(null=True, blank=True)
    evidence = models.TextField(blank=True, default="")
    met_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="governance_met_with_evidence",
                condition=models.Q(met_at=None, met_by=None)
                | (models.Q(met_at__isnull=False, met_by__isnull=False) & ~models.Q(evidence="")),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Outcome(models.TextChoices):
    """How a decision came out."""

    APPROVED = "approved", "Approved"
    CONDITION = "condition", "With a condition"
    REJECTED = "rejected", "Rejected"
    EXPIRED = "expired", "Expired"


class Decision(models.Model):
    """One line of the decision log: what was decided on which revision, with how many votes."""

    change = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="decisions")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    votes_for = models.PositiveSmallIntegerField()
    votes_against = models.PositiveSmallIntegerField()
    abstained = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True, default="")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="decisions")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """Its number in the log: D-121."""
        return f"D-{self.pk}"
