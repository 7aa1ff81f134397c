"""How integrations stand by their policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from controlplane.console.integrations.health import Health
from controlplane.console.policies import parts
from controlplane.governance.policies import scorecards
from controlplane.governance.rules.scores import Score
from controlplane.governance.rules.verdicts import Severity, Verdict
from controlplane.inventory.models import Integration

#: By slug: the score, and its colour.
Scores: TypeAlias = Mapping[str, tuple[Score, str]]
#: Findings on the page of an integration; the rest are on the pages of the policies.
MOST = 40


def of(integrations: Iterable[Integration]) -> Scores:
    """The scores of these; one statement."""
    slugs = [one.slug for one in integrations]
    found = scorecards.scores("integration", slugs)
    scores = {slug: found.get(slug, Score()) for slug in slugs}
    return {slug: (score, parts.tone(score)) for slug, score in scores.items()}


def worst_first(shown: Sequence[Health], scores: Scores) -> list[Health]:
    """Those with the lowest score first; what has none comes last."""

    def place(one: Health) -> tuple[int, int, str]:
        score = scores[one.integration.slug][0]
        value = 101 if score.value is None else score.value
        return value, -score.of(Verdict.FAIL, Severity.BLOCK), one.integration.name

    return sorted(shown, key=place)


def card(slug: str) -> dict[str, Any]:
    """The scorecard of one: its number, what it consists of, and what was found, the worst first."""
    found = scorecards.scorecard("integration", slug)
    rows = scorecards.findings_of(slug)
    listed = [parts.shown(row) for row in rows[:MOST]]
    return {
        "score": found.score,
        "tone": parts.tone(found.score),
        "numbers": parts.numbers(found.score),
        "change": found.change,
        "amiss": [row for row in listed if row["verdict"] is not Verdict.PASS],
        "passes": [row for row in listed if row["verdict"] is Verdict.PASS],
        "left": max(len(rows) - MOST, 0),
    }
