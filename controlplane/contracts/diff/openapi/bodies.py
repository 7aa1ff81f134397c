"""Request bodies: whether there is one, whether it may be left out, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from controlplane.contracts.diff.facts import What
from controlplane.contracts.diff.openapi import content
from controlplane.contracts.diff.openapi.walk import Spot, Walk, refers

_KNOWN: Final = frozenset({"description", "content", "required"})


def compare(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    """Facts of the request bodies of two operations."""
    written_old, written_new = old.get("requestBody"), new.get("requestBody")
    if written_old is None and written_new is None:
        return
    bodies = walk.resolved(written_old, written_new, spot)
    if bodies is None:
        return
    before, after = bodies
    was, now = before.get("required") is True, after.get("required") is True
    if written_old is None:
        walk.found(What.BODY_ADDED, spot, None, now)
    elif written_new is None:
        walk.found(What.BODY_REMOVED, spot, was, None)
    elif not (refers(written_old) or refers(written_new)) or walk.once(before, after, spot, "body"):
        if was != now:
            walk.found(What.BODY_REQUIRED, spot, was, now)
        content.compare(walk, *walk.tables(before, after, "content", spot), spot, kind="request")
        walk.said(before, after, spot)
        walk.beside(before, after, _KNOWN, spot)
