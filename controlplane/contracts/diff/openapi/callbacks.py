"""Webhooks and callbacks: here the interface calls, and those who are called read the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from controlplane.contracts.diff.facts import What
from controlplane.contracts.diff.openapi.walk import Spot, Walk, refers


def compare_webhooks(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    """Facts of all webhooks; ``spot.way`` is which way their requests go."""
    # An operation has callbacks, which have operations: one of the two has to come later.
    from controlplane.contracts.diff.openapi.paths import compare_items

    for name in [*old, *(one for one in new if one not in old)]:
        if name not in new:
            walk.found(What.WEBHOOK_REMOVED, spot.at(f"webhook {name}").both, name=name)
        elif name not in old:
            walk.found(What.WEBHOOK_ADDED, spot.at(f"webhook {name}").both, name=name)
        else:
            compare_items(walk, ("", old[name]), ("", new[name]), spot, f"webhook {name}")


def compare(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    """Facts of all callbacks of an operation; ``spot.way`` is which way their requests go."""
    for name in [*old, *(one for one in new if one not in old)]:
        here = spot.at(f"callback {name}")
        if name not in new:
            walk.found(What.CALLBACK_REMOVED, here.both, name=name)
        elif name not in old:
            walk.found(What.CALLBACK_ADDED, here.both, name=name)
        else:
            _callback(walk, old[name], new[name], here)


def _callback(walk: Walk, old: Any, new: Any, spot: Spot) -> None:
    from controlplane.contracts.diff.openapi.paths import compare_items

    parts = walk.resolved(old, new, spot)
    if parts is None or ((refers(old) or refers(new)) and not walk.once(*parts, spot, "callback")):
        return
    before, after = ({key: one for key, one in part.items() if not str(key).startswith("x-")} for part in parts)
    pairs = _addresses(before, after)
    for was, now in pairs.items():
        if was != now:
            walk.found(What.CALLBACK_ADDRESS, spot.both, was, now)
        compare_items(walk, (was, before[was]), (now, after[now]), spot)
    for address in before:
        if address not in pairs:
            walk.found(What.CALLBACK_REMOVED, spot.at(address).both, name=address)
    for address in after:
        if address not in pairs.values():
            walk.found(What.CALLBACK_ADDED, spot.at(address).both, name=address)


def _addresses(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """Which of the new addresses is which of the old; one left on each side is the same, called elsewhere."""
    pairs = {address: address for address in old if address in new}
    gone, come = ([one for one in some if one not in pairs] for some in (old, new))
    if len(gone) == len(come) == 1:
        pairs[gone[0]] = come[0]
    return pairs
