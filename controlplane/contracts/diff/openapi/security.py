"""What a call has to prove: alternatives, each of one scheme or several with their scopes.

Whoever met an old alternative still gets in, if a new one asks for nothing that the old one did not.
Source: https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from controlplane.contracts.diff.facts import What
from controlplane.contracts.diff.openapi import schemes
from controlplane.contracts.diff.openapi.walk import Spot, Walk
from controlplane.contracts.diff.values import same

Alternative: TypeAlias = Mapping[str, frozenset[str]]


def compare_operations(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    """Facts of what two operations ask for: their own, else what the description asks for throughout."""
    if "security" not in old and "security" not in new:
        walk.inherited.add("security")
        return
    was, now = ({"security": one.get("security", root.get("security", []))} for one, root in _of_roots(walk, old, new))
    compare(walk, *walk.lists(was, now, "security", spot), spot.at("security"))


def compare_webhooks(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    """Facts of what the interface proves where it calls: how those who are called check it is theirs to say."""
    if not same(old.get("security"), new.get("security")):
        walk.found(What.SECURITY_OF_WEBHOOK, spot.at("security"), old.get("security"), new.get("security"))


def _of_roots(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Any]]:
    return [(old, walk.old.root), (new, walk.new.root)]


def compare(walk: Walk, old: list[Any], new: list[Any], spot: Spot) -> None:
    """Facts of two lists of alternatives."""
    if not (_is_well_formed(old) and _is_well_formed(new)) and not same(old, new):
        walk.unsure("security", spot, old, new)
    renamed = schemes.renamed(walk)
    before = [_renamed(one, renamed) for one in _alternatives(old)]
    after = _alternatives(new)
    walk.asked_old |= {name for one in _alternatives(old) for name in one}
    walk.asked_new |= {name for one in after for name in one}
    told: list[Alternative] = []
    for alternative in before:
        if not any(_is_enough(alternative, one) for one in after):
            told += _refused(walk, alternative, after, spot)
    for alternative in after:
        if alternative not in told and not any(_is_enough(alternative, one) for one in before):
            _allowed(walk, alternative, before, spot)


def _is_well_formed(listed: list[Any]) -> bool:
    return all(isinstance(one, Mapping) and all(isinstance(of, list) for of in one.values()) for one in listed)


def _alternatives(listed: list[Any]) -> list[Alternative]:
    """With none at all, nothing is asked for."""
    found = [
        {str(name): frozenset(map(str, scopes if isinstance(scopes, list) else [])) for name, scopes in one.items()}
        for one in listed
        if isinstance(one, Mapping)
    ]
    return list(found) or [{}]


def _renamed(alternative: Alternative, names: Mapping[str, str]) -> Alternative:
    return {names.get(name, name): scopes for name, scopes in alternative.items()}


def _is_enough(proved: Alternative, asked: Alternative) -> bool:
    return all(name in proved and scopes <= proved[name] for name, scopes in asked.items())


def _refused(walk: Walk, old: Alternative, new: list[Alternative], spot: Spot) -> list[Alternative]:
    """Whoever proved the old does not get in by it; which of the new has been told of with it."""
    if not old:
        walk.found(What.SECURITY_ASKED, spot, None, [named(one) for one in new])
        return list(new)
    same_schemes = next((one for one in new if one.keys() <= old.keys()), None)
    if same_schemes is None:
        walk.found(What.SECURITY_ALTERNATIVE, spot, named(old), None)
        return []
    more = sorted({scope for name, scopes in same_schemes.items() for scope in scopes - old[name]})
    walk.found(What.SECURITY_SCOPES, spot, None, more, name=" and ".join(same_schemes))
    return [same_schemes]


def _allowed(walk: Walk, new: Alternative, old: list[Alternative], spot: Spot) -> None:
    """Whoever proves the new gets in by it, which was not enough before."""
    same_schemes = next((one for one in old if one.keys() == new.keys()), None)
    if not new:
        walk.found(What.SECURITY_DROPPED, spot, [named(one) for one in old], None)
    elif same_schemes is None:
        walk.found(What.SECURITY_ALTERNATIVE, spot, None, named(new))
    else:
        fewer = sorted({scope for name, scopes in same_schemes.items() for scope in scopes - new[name]})
        walk.found(What.SECURITY_SCOPES, spot, fewer, None, name=" and ".join(new))


def named(alternative: Alternative) -> str:
    """An alternative in words."""
    return " and ".join(sorted(alternative)) or "nothing"
