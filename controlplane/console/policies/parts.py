"""What the pages of policies share."""

from __future__ import annotations

from typing import Any, Final

from django.urls import NoReverseMatch, reverse

from controlplane.governance.models import Finding
from controlplane.governance.rules.scores import Score
from controlplane.governance.rules.verdicts import Severity, Verdict
from controlplane.people.access import Access, Action

#: The status shape of each verdict, in the order in which lists show them.
SHAPES: Final = {Verdict.FAIL: "bad", Verdict.UNJUDGED: "wait", Verdict.WAIVED: "pause", Verdict.PASS: "ok"}
#: The tone of each severity's tag.
TONES: Final = {Severity.BLOCK: "bad", Severity.WARN: "warn", Severity.INFORM: ""}
#: Where a kind of subject has a page.
_PAGES: Final = {"integration": "console:integration", "destination": "transactions:destination"}
#: A score from which it is well, and one from which it is at risk.
_WELL, _RISKY = 90, 60


def tabs(current: str, access: Access) -> list[dict[str, Any]]:
    """The views of the area; the audit is for whom it is open to."""
    views = [("policies", "Policies", "console:policies"), ("scorecards", "Scorecards", "console:scorecards")]
    if access.may_everywhere(Action.SEE_AUDIT):
        views.append(("audit", "Audit", "console:audit"))
    return [{"label": label, "url": reverse(url), "current": name == current} for name, label, url in views]


def subject_url(kind: str, slug: str, integration: str = "") -> str:
    """Where a subject is seen: its own page, that of the integration it belongs to, or none."""
    try:
        if kind in _PAGES:
            return reverse(_PAGES[kind], args=[slug])
        return reverse("console:integration", args=[integration]) if integration else ""
    except NoReverseMatch:
        return ""


def shown(finding: Finding) -> dict[str, Any]:
    """A finding as a row."""
    verdict = Verdict(finding.verdict_now)
    return {
        "finding": finding,
        "verdict": verdict,
        "shape": SHAPES[verdict],
        "words": verdict.label,
        "since": finding.since_now,
        "tone": TONES[Severity(finding.severity)],
        "url": subject_url(finding.subject_kind, finding.subject, finding.integration),
        "may_be_waived": verdict is Verdict.FAIL,
    }


def tone(score: Score) -> str:
    """The colour of a score; grey where there is no number."""
    if score.value is None:
        return "off"
    if score.of(Verdict.FAIL, Severity.BLOCK):
        return "bad"
    return "ok" if score.value >= _WELL else "warn" if score.value >= _RISKY else "bad"


def numbers(score: Score) -> list[dict[str, Any]]:
    """What a score consists of, as figures."""
    return [
        {"term": Verdict.PASS.label, "value": score.passed, "note": f"of {score.total}"},
        {"term": Verdict.FAIL.label, "value": score.failed, "note": _blocking(score)},
        {"term": Verdict.WAIVED.label, "value": score.waived, "note": "counts neither way"},
        {"term": Verdict.UNJUDGED.label, "value": score.unjudged, "note": "never taken for a pass"},
    ]


def _blocking(score: Score) -> str:
    blocking = score.of(Verdict.FAIL, Severity.BLOCK)
    return f"{blocking} of them block" if blocking else "none blocks"
