"""Policies and findings as pages, the API and commands list them; open to everyone who is signed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from controlplane.governance.models import Finding, Policy, PolicyRun, Waiver
from controlplane.governance.rules.verdicts import SEVERITIES, Severity, Verdict


@dataclass(frozen=True, slots=True)
class Row:
    """A policy with how many subjects have which verdict."""

    policy: Policy
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What it asks for."""
        return self.policy.current.title if self.policy.current else self.policy.slug

    @property
    def severity(self) -> str:
        """What it does, where no exception says otherwise."""
        return self.policy.current.severity if self.policy.current else ""

    @property
    def failed(self) -> int:
        """How many fail."""
        return self.counts[Verdict.FAIL.value]

    @property
    def passed(self) -> int:
        """How many pass."""
        return self.counts[Verdict.PASS.value]

    @property
    def waived(self) -> int:
        """How many are waived."""
        return self.counts[Verdict.WAIVED.value]

    @property
    def unjudged(self) -> int:
        """How many could not be judged."""
        return self.counts[Verdict.UNJUDGED.value]


def policies(*, severity: str = "", about: str = "", team: str = "", text: str = "") -> list[Row]:
    """Policies, those that block first, then those with most failures; counted in one statement.

    ``team`` counts what belongs to that team alone, and leaves out what was not found of it.
    """
    rows = Policy.objects.filter(current__isnull=False).select_related("current")
    if severity:
        rows = rows.filter(current__severity=severity)
    if about:
        rows = rows.filter(about=about)
    for word in text.split():
        rows = rows.filter(
            Q(slug__icontains=word) | Q(current__title__icontains=word) | Q(current__remediation__icontains=word)
        )
    found = counted(Finding.objects.filter(team__slug=team) if team else Finding.objects.all())
    nothing = dict.fromkeys(Verdict.values, 0)
    listed = [Row(one, found.get(one.pk, nothing)) for one in rows if not team or one.pk in found]
    return sorted(listed, key=lambda row: (-SEVERITIES.index(Severity(row.severity)), -row.failed, row.policy.slug))


def counted(of: QuerySet[Finding]) -> dict[int, dict[str, int]]:
    """How many findings have which verdict at this moment, by policy."""
    found: dict[int, dict[str, int]] = {}
    rows = Finding.objects.now().filter(pk__in=of.order_by().values("pk"))
    columns = ("policy_id", "verdict_now")
    for policy, verdict, count in rows.values_list(*columns).annotate(Count("pk")):
        found.setdefault(policy, dict.fromkeys(Verdict.values, 0))[verdict] = count
    return found


def findings(
    *,
    policy: str = "",
    verdict: str = "",
    severity: str = "",
    kind: str = "",
    subject: str = "",
    team: str = "",
    integration: str = "",
) -> QuerySet[Finding]:
    """Findings as they are now, by their number."""
    rows = Finding.objects.now().select_related("policy", "version", "team").order_by("pk")
    given = {
        "policy__slug": policy,
        "verdict_now": verdict,
        "severity": severity,
        "subject_kind": kind,
        "subject": subject,
        "team__slug": team,
        "integration": integration,
    }
    return rows.filter(**{name: value for name, value in given.items() if value})


def last_run() -> PolicyRun | None:
    """When the whole estate was judged last; None where it never was."""
    return PolicyRun.objects.order_by("-at").first()


def waivers(policy: Policy | None = None) -> QuerySet[Waiver]:
    """Waivers, those that wait for a decision first, then the newest."""
    rows = Waiver.objects.select_related("policy__current", "owner", "asked_by", "decided_by", "ended_by")
    return (rows if policy is None else rows.filter(policy=policy)).order_by("-pk")


def waiting(rows: Sequence[Waiver]) -> list[Waiver]:
    """Those that somebody has to decide on."""
    return [one for one in rows if one.state == "asked"]
