"""Responses by status, their headers and links.

A status that is not named is that of its range, else the default's. Where success is described, the default is of
errors, as everybody writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from controlplane.contracts.diff.facts import What
from controlplane.contracts.diff.openapi import content
from controlplane.contracts.diff.openapi.walk import Spot, Walk, refers, resolved
from controlplane.contracts.diff.values import same

DEFAULT: Final = "default"
_KNOWN: Final = frozenset({"summary", "description", "headers", "content", "links"})
_KNOWN_OF_HEADERS: Final = frozenset(
    {
        *("description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved"),
        *("schema", "content", "example", "examples"),
    }
)


def compare(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    """Facts of all responses of an operation."""
    old, new = _statuses(old), _statuses(new)
    for status in [*old, *(one for one in new if one not in old)]:
        was, now = _covering(status, old), _covering(status, new)
        here = spot.at(status)
        if was and now:
            _compare(walk, old[was], new[now], here)
        elif was:
            instead = [one for one in new if is_range(status) and one[:1] == status[:1]]
            walk.found(What.RESPONSE_REMOVED, here, status, instead or None, name=status)
        else:
            walk.found(What.RESPONSE_ADDED, here, None, status, name=status)


def _statuses(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return {_normal(name): response for name, response in found.items() if not name.startswith("x-")}


def _normal(status: str) -> str:
    return DEFAULT if status == DEFAULT else status.upper()


def is_range(status: str) -> bool:
    """Whether it stands for a hundred of them (``2XX``)."""
    return status.endswith("XX")


def _covering(status: str, responses: Mapping[str, Any]) -> str:
    """Under which name a status is described; empty where it is not."""
    if status in responses:
        return status
    around = f"{status[:1]}XX"
    if around in responses:
        return around
    by_default = status[:1] in {"4", "5"} or not any(one[:1] == "2" for one in responses)
    return DEFAULT if DEFAULT in responses and by_default else ""


def _compare(walk: Walk, old: Any, new: Any, spot: Spot) -> None:
    parts = walk.resolved(old, new, spot)
    if parts is None:
        return
    before, after = parts
    if (refers(old) or refers(new)) and not walk.once(before, after, spot, "response"):
        return
    _headers(walk, *walk.tables(before, after, "headers", spot), spot)
    content.compare(walk, *walk.tables(before, after, "content", spot), spot, kind="response")
    _links(walk, *walk.tables(before, after, "links", spot), spot.both)
    walk.said(before, after, spot)
    walk.beside(before, after, _KNOWN, spot)


def _headers(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    before, after = _by_name(old), _by_name(new)
    for key in [*before, *(one for one in after if one not in before)]:
        name = after[key] if key in after else before[key]
        here = spot.at(f"header {name}")
        if key in before and key in after:
            _header(walk, old[before[key]], new[after[key]], here, name)
            continue
        document, written = (walk.old, old[name]) if key in before else (walk.new, new[name])
        required = resolved(document, written)[0].get("required") is True
        if key in before:
            walk.found(What.HEADER_REMOVED, here, required, None, name=name)
        else:
            walk.found(What.HEADER_ADDED, here, None, required, name=name)


def _by_name(headers: Mapping[str, Any]) -> dict[str, str]:
    """Their names by how they compare. A description of ``Content-Type`` is to be ignored."""
    return {name.lower(): name for name in headers if name.lower() != "content-type"}


def _header(walk: Walk, old: Any, new: Any, spot: Spot, name: str) -> None:
    parts = walk.resolved(old, new, spot)
    if parts is None or ((refers(old) or refers(new)) and not walk.once(*parts, spot, "header")):
        return
    before, after = parts
    was, now = before.get("required") is True, after.get("required") is True
    if was != now:
        walk.found(What.HEADER_REQUIRED, spot, was, now, name=name)
    styles = [(str(one.get("style") or "simple"), one.get("explode") is True) for one in parts]
    if styles[0] != styles[1] and "content" not in before and "content" not in after:
        nodes = walk.old.node(before.get("schema", True), ""), walk.new.node(after.get("schema", True), "")
        walk.found(What.PARAMETER_STYLE, spot, *styles, before=nodes[0], after=nodes[1])
    content.compare_schema_or_content(walk, before, after, spot)
    walk.said(before, after, spot)
    walk.beside(before, after, _KNOWN_OF_HEADERS, spot)


def _links(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    for name in [*old, *(one for one in new if one not in old)]:
        here = spot.at(f"link {name}")
        if name not in old or name not in new:
            walk.found(What.LINK, here, name if name in old else None, name if name in new else None, name=name)
            continue
        parts = walk.resolved(old[name], new[name], here)
        if parts is not None and not same(*map(_leads, parts)):
            walk.found(What.LINK, here, name, name, name=name)


def _leads(link: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in link.items() if name != "description" and not str(name).startswith("x-")}
