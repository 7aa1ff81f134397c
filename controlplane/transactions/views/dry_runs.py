"""A dry run in words: what it will do outside, target by target, and what is left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from controlplane.people.access import Access, Action
from controlplane.transactions.replay.plan import PlannedItem, Repeats
from controlplane.transactions.replay.request import approval_needed
from controlplane.transactions.views.addresses import transaction_url

#: What repeating does: shape, words, and why.
EFFECTS = {
    Repeats.OVERWRITES: ("ok", "Overwrites", "with the same values: repeating changes nothing more"),
    Repeats.KEYED: ("ok", "Once, by its key", "the target knows the key of the first time"),
    Repeats.LOOKED_UP: ("warn", "Looked up first", "written only if it is not there yet"),
    Repeats.AGAIN: ("warn", "Sent again", "the target may not know its key any more, and nobody can look first"),
    Repeats.ASKED: ("ok", "Asks again", "nothing is written"),
    Repeats.UNSAFE: ("warn", "Nobody can say", "the connector does not say what repeating this does"),
}
#: So many items of a dry run are listed one by one.
LISTED = 100


def dry_run(plan: Sequence[PlannedItem], access: Access) -> dict[str, Any]:
    """The template's words for a plan; of other teams' deliveries without links to them."""
    allowed = [item for item in plan if item.allowed]
    by_target = Counter((item.destination, item.title, item.repeats, item.holds) for item in allowed)
    refused = Counter(item.why_not for item in plan if not item.allowed)
    older = Counter(item.older_flow for item in allowed if item.older_flow)
    left_out = len(plan) - len(allowed)
    return {
        "listed": [(item, _url(item, access)) for item in plan[:LISTED]],
        "total": len(plan),
        "allowed": len(allowed),
        "left_out": left_out,
        "submit": f"Replay {len(allowed):,}",
        "approval": approval_needed(plan),
        "sentence": f"{len(allowed)} will be sent again, {left_out} left out",
        "parts": [{"count": len(allowed), "tone": "ok"}, {"count": left_out, "tone": "off"}],
        "targets": [
            {"destination": destination, "title": title, "count": count, "effect": EFFECTS[repeats], "holds": holds}
            for (destination, title, repeats, holds), count in by_target.most_common()
        ],
        "refused": refused.most_common(),
        "older": older.most_common(),
        "edited": sum(item.revision > 0 for item in allowed),
    }


def _url(item: PlannedItem, access: Access) -> str:
    return transaction_url(item.transaction_id) if access.may(Action.SEE_TRANSACTIONS, item.team_id) else ""
