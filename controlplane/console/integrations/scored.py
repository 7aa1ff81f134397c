"""How integrations stand by their policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from controlplane.console.integrations.listing import Listed
from controlplane.console.policies import parts
from controlplane.governance.policies import scorecards
from controlplane.governance.rules.scores import Score
from controlplane.governance.rules.verdicts import Severity, Verdict

#: Findings on the page of an integration; the rest are on the pages of the policies.
MOST = 40
#: Of what no policy has judged yet.
NONE = Score()


def of(slugs: Iterable[str] | None = None) -> Mapping[str, Score]:
    """The scores of these integrations, or of all; what no policy has judged is not there. One statement."""
    return scorecards.scores("integration", slugs)


def worst_first(listed: Iterable[Listed], scores: Mapping[str, Score]) -> list[Listed]:
    """Those with the lowest score first; what has none comes last."""

    def place(one: Listed) -> tuple[int, int, str, str]:
        score = scores.get(one.slug, NONE)
        value = 101 if score.value is None else score.value
        return value, -score.of(Verdict.FAIL, Severity.BLOCK), one.name, one.slug

    return sorted(listed, key=place)


def toned(slug: str, scores: Mapping[str, Score]) -> tuple[Score, str]:
    """The score of one, and its colour."""
    score = scores.get(slug, NONE)
    return score, parts.tone(score)


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
