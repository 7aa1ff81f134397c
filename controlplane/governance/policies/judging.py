"""Judging subjects by policies: all that there is to know is read first, in so many statements as there are tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controlplane.governance.facts import Fact, Kind, Only, kinds
from controlplane.governance.models import Policy, PolicyOverride, Waiver, WaiverState
from controlplane.governance.rules import effective as reaching
from controlplane.governance.rules.effective import Override
from controlplane.governance.rules.policy import Content, judge
from controlplane.governance.rules.verdicts import Severity, Verdict
from controlplane.governance.rules.waiving import Target, waived_until, with_waiver


@dataclass(frozen=True, slots=True)
class Standing:
    """A policy with its exceptions."""

    policy: Policy
    content: Content
    overrides: Sequence[Override]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a policy found of one subject, as it is kept."""

    policy: Policy
    kind: str
    fact: Fact
    severity: str
    comes_from: str
    verdict: Verdict
    detail: str
    waived_until: datetime | None = None

    @property
    def is_refused(self) -> bool:
        """Whether it stands in the way of writing the subject."""
        return self.severity == Severity.BLOCK and self.verdict is Verdict.FAIL

    @property
    def remediation(self) -> str:
        """What to do about it."""
        return self.policy.current.remediation if self.policy.current else ""

    @property
    def title(self) -> str:
        """What the policy asks for."""
        return self.policy.current.title if self.policy.current else ""


def standing_policies(slugs: Iterable[str] | None = None) -> list[Standing]:
    """Those policies, or all, with what they say and the exceptions to them; two statements."""
    rows = Policy.objects.select_related("current").filter(current__isnull=False).order_by("slug")
    found = list(rows if slugs is None else rows.filter(slug__in=list(slugs)))
    exceptions = PolicyOverride.objects.filter(policy__in=found)
    overrides = reaching.by_policy(
        (one.policy_id, Override(one.reach, one.scope, one.severity, one.reason)) for one in exceptions
    )
    return [Standing(one, one.current.content(one.about), overrides.get(one.pk, ())) for one in found if one.current]


def waivers_in_force(now: datetime) -> Mapping[Target, datetime]:
    """Until when each waiver that was granted holds, by exactly what it silences."""
    rows = Waiver.objects.filter(state=WaiverState.GRANTED, expires_at__gt=now).order_by("expires_at")
    return {(one.policy_id, one.subject_kind, one.subject): one.expires_at for one in rows}


def judged(
    now: datetime, policies: Sequence[Standing], only: Mapping[str, Only] | None = None
) -> tuple[list[Judgement], int]:
    """What these policies find now of all subjects, or of those (by kind); and how many subjects were looked at."""
    waivers = waivers_in_force(now)
    wanted = {one.policy.about for one in policies}
    found: list[Judgement] = []
    looked_at = 0
    for name, kind in kinds().items():
        if name in wanted and (only is None or name in only):
            facts = kind.facts(None if only is None else only[name])
            looked_at += len(facts)
            found += _of_kind(kind, facts, policies, waivers, now)
    return found, looked_at


def _of_kind(
    kind: Kind, facts: Sequence[Fact], policies: Iterable[Standing], waivers: Mapping[Target, datetime], now: datetime
) -> Iterator[Judgement]:
    for standing in policies:
        if standing.policy.about != kind.name:
            continue
        for fact in facts:
            if (found := _judgement(standing, kind.name, fact, waivers, now)) is not None:
                yield found


def _judgement(
    standing: Standing, kind: str, fact: Fact, waivers: Mapping[Target, datetime], now: datetime
) -> Judgement | None:
    policy, content = standing.policy, standing.content
    holds = reaching.effective(content.severity, policy.reach, policy.scope, standing.overrides, fact.place)
    if holds is None or holds.is_off:
        return None
    found = judge(content, fact.values)
    if found is None:
        return None
    until = waived_until(waivers, (policy.pk, kind, fact.slug), now) if found.verdict is Verdict.FAIL else None
    verdict = with_waiver(found.verdict, until, now)
    return Judgement(policy, kind, fact, holds.severity, holds.comes_from, verdict, found.detail, until)
