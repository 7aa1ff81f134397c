"""The sections of the page of a change, as the tabs above it: each with its number where there is one."""

from __future__ import annotations

from typing import Any

from controlplane.governance.views.reviewing import LINES_AT, Document
from controlplane.governance.views.showing import Shown


def sections(here: Shown, document: Document | None) -> list[dict[str, Any]]:
    """From what is reviewed first to what is kept; those that this change has."""
    impact = here.revision.impact
    panels = [_section(panel.title, panel.slug, panel.count) for panel in here.panels]
    return [
        _section("Review", "main") | {"current": True},
        # On a telephone what is decided on stands long before the form.
        *([_section("Decide", "decision")] if here.is_current and not here.why_no_vote else []),
        *([_section("Document", LINES_AT)] if document else []),
        _section("Affected", "affected", len(impact.get("affected", ()))),
        *panels,
        _section("Checks", "checks", len(here.checks)) | {"hot": bool(here.failing)},
        _section("Discussion", "discussion", len(here.talk.remarks)),
        _section("Record", "record", len(here.revisions)),
    ]


def _section(label: str, at: str, count: int = 0) -> dict[str, Any]:
    return {"label": label, "url": f"#{at}", "count": count or "", "current": False}
