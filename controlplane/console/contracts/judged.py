"""A report as pages show it: what changes for others, the worst first."""

from __future__ import annotations

from typing import Any, Final

from controlplane.contracts.comparison import Judged, Report
from controlplane.contracts.rules.rule import Side
from controlplane.governance.rules.changed import Level

#: Findings that a page shows; the API has all.
FINDINGS: Final = 500
SHAPES: Final = {Level.BREAKING: ("bad", "Breaking"), Level.RISKY: ("warn", "Risky"), Level.SAFE: ("ok", "Safe")}
_TONES: Final = {Level.BREAKING: "bad", Level.RISKY: "warn", Level.SAFE: "ok"}


def judged(report: Report) -> dict[str, Any]:
    """What the template ``_judged.html`` reads."""
    return {
        "report": report,
        "findings": [_row(one) for one in report.findings[:FINDINGS]],
        "total": sum(report.counts.values()),
        "levels": [(f"{count:,} {level.value}", _TONES[level]) for level in Level if (count := report.counts[level])],
        "keeps": report.keeps,
    }


def _row(one: Judged) -> dict[str, Any]:
    finding = one.finding
    shape, words = SHAPES[finding.level]
    hurt = [side for side in Side if finding.of(side) is not Level.SAFE]
    return {"finding": finding, "shape": shape, "words": words, "hurt": " and ".join(side.value for side in hurt)}
