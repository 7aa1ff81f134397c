"""A report as pages show it: what changes for others, the worst first."""

from __future__ import annotations

from typing import Any, Final

from controlplane.contracts.comparison import Report
from controlplane.contracts.lifecycle.kind import told
from controlplane.governance.rules.changed import Level, as_kept
from controlplane.governance.views import findings

#: Findings that a page shows; the API has all.
FINDINGS: Final = 500


def judged(report: Report) -> dict[str, Any]:
    """What the template ``_judged.html`` reads."""
    rows = [
        findings.row_of(as_kept(told(one.finding)), number) for number, one in enumerate(report.findings[:FINDINGS], 1)
    ]
    counts = {level.value: count for level in Level if (count := report.counts[level])}
    return {
        "report": report,
        "differences": {"groups": findings.grouped(rows, counts)},
        "shown": len(rows),
        "total": sum(counts.values()),
        "levels": findings.tags(counts),
        "keeps": report.keeps,
    }
