"""What policies found of the estate, when it was last looked through, and how scores were day by day."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from controlplane.governance.models.policies import Policy, PolicyVersion
from controlplane.governance.rules.verdicts import Severity, Verdict
from controlplane.people.models import Team


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings as they are at this moment."""

    def now(self) -> Self:
        """With ``verdict_now`` and ``since_now``: what a waiver silenced is back by itself when that has expired."""
        over = Q(verdict=Verdict.WAIVED, waived_until__lte=Now())
        return self.annotate(
            verdict_now=Case(When(over, then=Value(Verdict.FAIL.value)), default=F("verdict")),
            since_now=Case(When(over, then=F("waived_until")), default=F("since")),
        )


class Finding(models.Model):
    """What one policy found of one subject: the verdict, since when it is that, and why.

    Where the subject belongs is copied here (``team``, ``domain``, ``integration`` and ``process`` by their slugs), so
    that scorecards are counted from one table. ``severity`` is the one that holds there, as ``comes_from`` says.
    """

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="findings")
    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="+")
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    domain = models.CharField(max_length=80, blank=True, default="")
    integration = models.CharField(max_length=80, blank=True, default="")
    process = models.CharField(max_length=80, blank=True, default="")
    environment = models.CharField(max_length=50, blank=True, default="")
    severity = models.CharField(max_length=6, choices=Severity.choices)
    comes_from = models.CharField(max_length=120)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    detail = models.TextField(blank=True, default="")
    since = models.DateTimeField()
    waived_until = models.DateTimeField(null=True, blank=True)
    #: Of rows that are read with ``now()``.
    verdict_now: str
    since_now: datetime

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "subject_kind", "subject"], name="governance_one_finding")
        ]
        indexes: ClassVar = [
            models.Index(fields=["integration"], name="governance_finding_of_one"),
            models.Index(fields=["subject_kind", "subject"], name="governance_finding_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.policy}: {self.subject_kind} {self.subject} {self.verdict}"


class PolicyRun(models.Model):
    """The whole estate was judged: when, how long it took, how many subjects by how many policies."""

    at = models.DateTimeField()
    seconds = models.FloatField()
    policies = models.PositiveIntegerField()
    subjects = models.PositiveIntegerField()
    findings = models.PositiveIntegerField()

    class Meta:
        get_latest_by = "at"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class ScoreDay(models.Model):
    """The score of an integration, a team or a process on one day, as of its last run. None: too little evidence."""

    day = models.DateField()
    of = models.CharField(max_length=12)
    slug = models.CharField(max_length=80)
    value = models.PositiveSmallIntegerField(null=True)
    passed = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    waived = models.PositiveIntegerField()
    unjudged = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "slug", "day"], name="governance_one_score_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.of} {self.slug}, {self.day}: {self.value}"
