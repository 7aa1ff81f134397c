"""Security schemes that operations ask for, on both sides.

Source: https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from controlplane.contracts.diff.facts import Sense, What
from controlplane.contracts.diff.nodes import Document
from controlplane.contracts.diff.openapi.walk import Spot, Walk, resolved
from controlplane.contracts.diff.values import same

_KNOWN: Final = frozenset(
    {
        *("type", "description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"),
        "deprecated",
    }
)
_KNOWN_OF_FLOWS: Final = frozenset({"authorizationUrl", "tokenUrl", "refreshUrl", "scopes"})
_SAID: Final = frozenset({"description", "bearerFormat"})


def compare(walk: Walk) -> None:
    """Facts of every scheme that is asked for. One that nobody asks for says nothing."""
    names = renamed(walk)
    before, after = _defined(walk.old), _defined(walk.new)
    for name in sorted(walk.asked_old):
        now = names.get(name, name)
        if now in walk.asked_new:
            _compare(walk, before.get(name), after.get(now), Spot(f"security scheme {now}"), now)
    for name in sorted(walk.asked_new - {names.get(one, one) for one in walk.asked_old}):
        if name not in after:
            walk.found(What.UNRESOLVED, Spot(f"security scheme {name}"), None, name, sense=Sense.EITHER)


def renamed(walk: Walk) -> dict[str, str]:
    """Schemes that are called otherwise now, and are what they were."""
    before, after = _defined(walk.old), _defined(walk.new)
    come = {name: one for name, one in after.items() if name not in before}
    found: dict[str, str] = {}
    for name, scheme in before.items():
        if name in after:
            continue
        alike = [one for one, other in come.items() if one not in found.values() and _is(walk, scheme, other)]
        if alike:
            found[name] = alike[0]
    return found


def _is(walk: Walk, old: Any, new: Any) -> bool:
    (was, lost_old), (now, lost_new) = resolved(walk.old, old), resolved(walk.new, new)
    return not lost_old and not lost_new and same(_meant(was), _meant(now))


def _meant(scheme: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: one for name, one in scheme.items() if name not in _SAID and not str(name).startswith("x-")}


def _defined(document: Document) -> Mapping[str, Any]:
    components = document.root.get("components")
    found = components.get("securitySchemes") if isinstance(components, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _compare(walk: Walk, old: Any, new: Any, spot: Spot, name: str) -> None:
    if old is None or new is None:
        lost = [name if one is None else "" for one in (old, new)]
        walk.found(What.UNRESOLVED, spot, *lost, sense=Sense.EITHER)
        return
    parts = walk.resolved(old, new, spot)
    if parts is None:
        return
    before, after = parts
    kinds = [_kind(one) for one in parts]
    if kinds[0] != kinds[1]:
        walk.found(What.SCHEME, spot, *kinds, name=name)
        return
    keys = [(one.get("in"), _key_name(one)) for one in parts]
    if before.get("type") == "apiKey" and keys[0] != keys[1]:
        places = (f"{one.get('in')} {one.get('name')}" for one in parts)
        walk.found(What.SCHEME_KEY, spot, *places, name=name)
    if not same(before.get("openIdConnectUrl"), after.get("openIdConnectUrl")):
        addresses = before.get("openIdConnectUrl"), after.get("openIdConnectUrl")
        walk.found(What.SCHEME_ADDRESS, spot, *addresses, name="openIdConnectUrl")
    _flows(walk, *walk.tables(before, after, "flows", spot), spot)
    walk.said(before, after, spot)
    walk.beside(before, after, _KNOWN, spot)


def _kind(scheme: Mapping[str, Any]) -> str:
    """What it is: for HTTP with how, whose name has no case."""
    kind = str(scheme.get("type", ""))
    return f"{kind} {str(scheme.get('scheme', '')).lower()}" if kind == "http" else kind


def _key_name(scheme: Mapping[str, Any]) -> str:
    name = str(scheme.get("name", ""))
    return name.lower() if scheme.get("in") == "header" else name


def _flows(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    for name in [*old, *(one for one in new if one not in old)]:
        here = spot.at(f"{name} flow")
        if name not in old or name not in new:
            walk.found(What.SCHEME_FLOW, here, name if name in old else None, name if name in new else None)
            continue
        before, after = walk.tables(old, new, name, here)
        for address in ("authorizationUrl", "tokenUrl", "refreshUrl"):
            if not same(before.get(address), after.get(address)):
                walk.found(What.SCHEME_ADDRESS, here, before.get(address), after.get(address), name=address)
        scopes_old, scopes_new = walk.tables(before, after, "scopes", here)
        for scope in sorted(scopes_old.keys() ^ scopes_new.keys()):
            was, now = scope if scope in scopes_old else None, scope if scope in scopes_new else None
            walk.found(What.SCHEME_SCOPE, here, was, now, name=scope)
        walk.beside(before, after, _KNOWN_OF_FLOWS, here)
