"""Paths, and their operations. How a path's parameters are named says nothing on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from controlplane.contracts.diff.facts import What
from controlplane.contracts.diff.openapi import operations
from controlplane.contracts.diff.openapi.operations import METHODS, Operation
from controlplane.contracts.diff.openapi.templates import shape_of
from controlplane.contracts.diff.openapi.walk import Spot, Walk, refers, resolved

_KNOWN: Final = frozenset({"$ref", "summary", "description", "servers", "parameters", *METHODS})


def compare(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    """Facts of all paths: each found again under its template, whatever its parameters are called."""
    old, new = _paths(old), _paths(new)
    shapes = {shape_of(template): template for template in new}
    again = set()
    for template, item in old.items():
        now = template if template in new else shapes.get(shape_of(template))
        if now is None:
            walk.found(What.PATH_REMOVED, spot.at(template).both, _methods(walk.old, item), name=template)
            continue
        again.add(now)
        if now != template:
            walk.found(What.PATH_TEMPLATE, spot.at(now).both, template, now)
        compare_items(walk, (template, item), (now, new[now]), spot)
    for template, item in new.items():
        if template not in again:
            walk.found(What.PATH_ADDED, spot.at(template).both, None, _methods(walk.new, item), name=template)


def _paths(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: item for name, item in found.items() if not name.startswith("x-")}


def _methods(document: Any, item: Any) -> list[str]:
    found, _ = resolved(document, item)
    return [method.upper() for method in METHODS if method in found]


def compare_items(walk: Walk, old: tuple[str, Any], new: tuple[str, Any], spot: Spot, label: str = "") -> None:
    """Facts of what stands under one path, each given as its template and its item.

    ``label`` names the path where people call it by another name than its template.
    """
    (template_old, item_old), (template_new, item_new) = old, new
    place = label or template_new
    items = walk.resolved(item_old, item_new, spot.at(place))
    if items is None:
        return
    before, after = (_with_own(part, item) for part, item in zip(items, (item_old, item_new), strict=True))
    walk.beside(before, after, _KNOWN, spot.at(place).both)
    for method in METHODS:
        here = spot.at(f"{method.upper()} {place}")
        if method in before and method in after:
            was = Operation(template_old, before, before[method])
            operations.compare(walk, was, Operation(template_new, after, after[method]), here)
        elif method in before:
            operation = before[method] if isinstance(before[method], Mapping) else {}
            more = {"name": "deprecated" if operation.get("deprecated") is True else ""}
            walk.found(What.OPERATION_REMOVED, here.both, operation.get("x-sunset", ""), **more)
        elif method in after:
            walk.found(What.OPERATION_ADDED, here.both)


def _with_own(part: Mapping[str, Any], item: Any) -> Mapping[str, Any]:
    """What stands beside a path's reference is the path's as well."""
    if not refers(item):
        return part
    return {**part, **{name: value for name, value in item.items() if name != "$ref"}}
