"""Policies in versions, the exceptions to them, and waivers. All of it is open to everyone who is signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from controlplane.foundation import clock
from controlplane.governance.rules.policy import Content
from controlplane.governance.rules.verdicts import Reach, Severity
from controlplane.governance.rules.waiving import LONGEST
from controlplane.people.models import Person


class Policy(models.Model):
    """A rule about one kind of subject, for the company or a part of it. What it says is its ``current`` version.

    ``shipped`` is one that came with Interlock. ``scope`` is the slug of the domain, team or integration of ``reach``.
    """

    slug = models.SlugField(max_length=80, unique=True)
    about = models.CharField(max_length=40)
    reach = models.CharField(max_length=12, choices=Reach.choices, default=Reach.COMPANY)
    scope = models.CharField(max_length=80, blank=True, default="")
    shipped = models.BooleanField(default=False)
    current = models.ForeignKey("governance.PolicyVersion", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "policies"
        ordering: ClassVar = ["slug"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="governance_a_part_has_a_name",
                condition=(Q(reach=Reach.COMPANY) & Q(scope="")) | (~Q(reach=Reach.COMPANY) & ~Q(scope="")),
            )
        ]

    def __str__(self) -> str:
        return self.slug


class PolicyVersion(models.Model):
    """One immutable revision (the database refuses to change it). ``shipped`` is one that came with Interlock.

    ``expression`` must be true of every subject for which ``applies_when`` is; both are CEL over the subject's facts.
    ``passes`` and ``fails`` are example objects: its own tests.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    severity = models.CharField(max_length=6, choices=Severity.choices)
    expression = models.TextField()
    applies_when = models.TextField(blank=True, default="")
    remediation = models.TextField()
    passes = models.JSONField(default=list)
    fails = models.JSONField(default=list)
    shipped = models.BooleanField(default=False)
    content_hash = models.CharField(max_length=64)
    author = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "number"], name="governance_one_policy_number")
        ]

    def __str__(self) -> str:
        return f"{self.title}, v{self.number}"

    def content(self, about: str) -> Content:
        """What it says, as rules read it; ``about`` is the kind of its policy's subjects."""
        return Content(
            about=about,
            title=self.title,
            severity=self.severity,
            expression=self.expression,
            remediation=self.remediation,
            applies_when=self.applies_when,
            passes=self.passes,
            fails=self.fails,
        )


class PolicyOverride(models.Model):
    """A policy is stricter in a part of the company, or ``off``, with the reason. The narrowest one holds."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="overrides")
    reach = models.CharField(max_length=12, choices=Reach.choices)
    scope = models.CharField(max_length=80, blank=True, default="")
    severity = models.CharField(max_length=6, choices=[*Severity.choices, ("off", "Off")])
    reason = models.TextField()
    by_label = models.TextField(blank=True, default="")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "reach", "scope"], name="governance_one_exception_each"),
            models.CheckConstraint(name="governance_exceptions_have_reasons", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.policy} for {self.reach} {self.scope}: {self.severity}"


class WaiverState(models.TextChoices):
    """Asked for, then decided by somebody else; a granted one ends by its date, or is ended before."""

    ASKED = "asked", "Asked for"
    GRANTED = "granted", "Granted"
    DECLINED = "declined", "Declined"
    ENDED = "ended", "Ended early"


class Waiver(models.Model):
    """One policy is not held against exactly one subject, until a date.

    ``subject_kind`` and ``subject`` are its kind and slug. ``owner`` answers for it; ``asked_by`` never decides on it
    (a constraint). What was asked for is not changed afterwards (a trigger).
    """

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="waivers")
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    reason = models.TextField()
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=WaiverState.choices, default=WaiverState.ASKED)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(blank=True, default="", help_text="of whoever decided or ended it last")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="governance_waivers_have_reasons", condition=~Q(reason="")),
            models.CheckConstraint(
                name="governance_nobody_grants_their_own_waiver",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="governance_waivers_are_decided_by_somebody",
                condition=Q(state=WaiverState.ASKED, decided_by=None)
                | (~Q(state=WaiverState.ASKED) & ~Q(decided_by=None)),
            ),
            models.CheckConstraint(
                name="governance_waivers_end",
                condition=Q(
                    expires_at__gt=F("asked_at"),
                    expires_at__lte=F("asked_at") + models.Value(LONGEST + timedelta(days=1)),
                ),
            ),
            models.UniqueConstraint(
                name="governance_one_waiver_asked_for",
                fields=["policy", "subject_kind", "subject"],
                condition=Q(state=WaiverState.ASKED),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "expires_at"], name="governance_waivers_in_force")]

    def __str__(self) -> str:
        return f"{self.policy} for {self.subject_kind} {self.subject}"

    @property
    def is_over(self) -> bool:
        """Whether its end has passed."""
        return self.expires_at <= clock.now()
