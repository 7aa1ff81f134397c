"""Servers: those of an operation, else of its path, else of the description; with none, where it lies itself.

Source: https://spec.openapis.org/oas/v3.1.1.html#server-object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from controlplane.contracts.diff.facts import What
from controlplane.contracts.diff.openapi.walk import Spot, Walk
from controlplane.contracts.diff.values import same

if TYPE_CHECKING:
    from controlplane.contracts.diff.openapi.operations import Operation

_ITSELF: Final[Mapping[str, Any]] = {"url": "/"}
_KNOWN: Final = frozenset({"url", "description", "variables", "name"})
_KNOWN_OF_VARIABLES: Final = frozenset({"enum", "default", "description"})


def compare_operations(walk: Walk, old: Operation, new: Operation, spot: Spot) -> None:
    """Facts of where two operations are called."""
    was, now = _own(old), _own(new)
    if not was and not now:
        walk.inherited.add("servers")
        return
    servers = was or _listed(walk.old.root), now or _listed(walk.new.root)
    of_paths = servers[0] is old.item.get("servers") and servers[1] is new.item.get("servers")
    if not of_paths:
        compare(walk, *servers, spot.at("servers"))
    elif walk.once(*servers, spot, "servers"):
        compare(walk, *servers, Spot(f"{new.template}: servers"))


def _own(operation: Operation) -> list[Any]:
    return _listed(operation.parts) or _listed(operation.item)


def _listed(part: Mapping[str, Any]) -> list[Any]:
    found = part.get("servers")
    return found if isinstance(found, list) else []


def compare(walk: Walk, old: list[Any], new: list[Any], spot: Spot) -> None:
    """Facts of two lists of servers."""
    before, after = _by_address(old), _by_address(new)
    for address, server in before.items():
        if address in after:
            _variables(walk, server, after[address], spot.at(address))
        else:
            walk.found(What.SERVER_REMOVED, spot, address, None)
    for address in after:
        if address not in before:
            walk.found(What.SERVER_ADDED, spot, None, address)
    first_old, first_new = next(iter(before)), next(iter(after))
    if first_old != first_new and first_old in after:
        walk.found(What.SERVER_FIRST, spot, first_old, first_new)


def _by_address(listed: list[Any]) -> dict[str, Mapping[str, Any]]:
    """By address, in their order; a slash at its end says nothing."""
    servers = [one for one in listed if isinstance(one, Mapping)] or [_ITSELF]
    return {str(one.get("url", "")).rstrip("/") or "/": one for one in servers}


def _variables(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    before, after = walk.tables(old, new, "variables", spot)
    for name in sorted({*before, *after}):
        here = spot.at(name)
        was, now = walk.tables(before, after, name, here)
        if not same(was.get("default"), now.get("default")):
            walk.found(What.SERVER_DEFAULT, here, was.get("default"), now.get("default"), name=name)
        values_old, values_new = was.get("enum"), now.get("enum")
        if not all(one is None or isinstance(one, list) for one in (values_old, values_new)):
            walk.lists(was, now, "enum", here)
        elif not same(values_old, values_new):
            walk.found(What.SERVER_VALUES, here, values_old, values_new, name=name)
        walk.beside(was, now, _KNOWN_OF_VARIABLES, here)
    walk.beside(old, new, _KNOWN, spot)
