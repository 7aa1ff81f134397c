"""Scorecards: how integrations, teams and processes stand by their policies, and how they stood before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q

from controlplane.foundation import clock
from controlplane.governance.models import Finding, ScoreDay
from controlplane.governance.rules.scores import Score
from controlplane.governance.rules.verdicts import SEVERITIES, Severity, Verdict

#: What is scored, with the column that says where a finding belongs.
COLUMNS: Final = {"integration": "integration", "team": "team__slug", "process": "process"}
TREND: Final = timedelta(days=30)
#: From the worst.
_ORDER: Final = (Verdict.FAIL, Verdict.UNJUDGED, Verdict.WAIVED, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """How one stands, and how it stood day by day, the oldest first: (day, 0 to 100 or None)."""

    of: str
    slug: str
    score: Score
    days: Sequence[ScoreDay] = field(default_factory=tuple)

    @property
    def change(self) -> int | None:
        """By how much the number is other than on the first day of the trend; None where one of them is not known."""
        first = next((day.value for day in self.days if day.value is not None), None)
        return None if first is None or self.score.value is None else self.score.value - first


def scores(of: str, slugs: Iterable[str] | None = None) -> Mapping[str, Score]:
    """The scores of those (or all) integrations, teams or processes, by slug; one statement."""
    column = COLUMNS[of]
    rows = Finding.objects.now().exclude(**{f"{column}__isnull": True}).exclude(**{column: ""})
    if slugs is not None:
        rows = rows.filter(**{f"{column}__in": list(slugs)})
    found: dict[str, Counter[tuple[Severity, Verdict]]] = defaultdict(Counter)
    for slug, severity, verdict, count in rows.values_list(column, "severity", "verdict_now").annotate(Count("pk")):
        found[slug][Severity(severity), Verdict(verdict)] = count
    return {slug: Score(counts) for slug, counts in found.items()}


def fails(slug: str) -> Exists:
    """Whether an integration fails a policy, by the column of its slug in a statement about integrations."""
    return Exists(Finding.objects.now().filter(Q(verdict_now=Verdict.FAIL), integration=OuterRef(slug)))


def scorecards(of: str) -> list[Scorecard]:
    """Every scorecard of a sort with its trend, the worst first; two statements."""
    found = scores(of)
    days: dict[str, list[ScoreDay]] = defaultdict(list)
    for day in ScoreDay.objects.filter(of=of, day__gte=clock.now().date() - TREND).order_by("day"):
        days[day.slug].append(day)
    cards = [Scorecard(of, slug, score, days[slug]) for slug, score in found.items()]
    return sorted(cards, key=lambda card: (_worst_first(card.score), card.slug))


def scorecard(of: str, slug: str) -> Scorecard:
    """The scorecard of one, with its trend."""
    days = ScoreDay.objects.filter(of=of, slug=slug, day__gte=clock.now().date() - TREND).order_by("day")
    return Scorecard(of, slug, scores(of, [slug]).get(slug, Score()), list(days))


def findings_of(integration: str) -> list[Finding]:
    """What was found of an integration and of what belongs to it: what fails first, what blocks before the rest."""
    rows = Finding.objects.now().filter(integration=integration).select_related("policy", "version")
    return sorted(rows.annotate(title=F("version__title")), key=_place)


def _place(finding: Finding) -> tuple[int, int, str]:
    verdict = Verdict(finding.verdict_now)
    return _ORDER.index(verdict), -SEVERITIES.index(Severity(finding.severity)), finding.version.title


def _worst_first(score: Score) -> tuple[int, int]:
    """What blocks and fails counts first, then the number; what has none comes last."""
    value = 101 if score.value is None else score.value
    return -score.of(Verdict.FAIL, Severity.BLOCK), value
