"""One operation of a path, a webhook or a callback, and all that it takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from controlplane.contracts.diff.facts import Way, What
from controlplane.contracts.diff.openapi import bodies, callbacks, parameters, responses, security, servers
from controlplane.contracts.diff.openapi.walk import Spot, Walk
from controlplane.contracts.diff.values import same

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_KNOWN: Final = frozenset(
    {
        *("tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody", "responses"),
        *("callbacks", "deprecated", "security", "servers"),
    }
)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as written, and the path item that it stands in."""

    template: str
    item: Mapping[str, Any]
    written: Any

    @property
    def parts(self) -> Mapping[str, Any]:
        """What it is made of; nothing, where it is no object."""
        return self.written if isinstance(self.written, Mapping) else {}


def compare(walk: Walk, old: Operation, new: Operation, spot: Spot) -> None:
    """Facts of an operation. ``spot.way`` is which way its request goes."""
    if not isinstance(old.written, Mapping) or not isinstance(new.written, Mapping):
        if not same(old.written, new.written):
            walk.unsure(spot.where, spot.both, old.written, new.written)
        return
    before, after = old.parts, new.parts
    _named(walk, before, after, spot.both)
    parameters.compare(walk, old, new, spot)
    bodies.compare(walk, before, after, spot.at("request body"))
    responses.compare(walk, *walk.tables(before, after, "responses", spot), spot.back)
    callbacks.compare(walk, *walk.tables(before, after, "callbacks", spot.both), spot.back)
    if spot.way is Way.IN:
        security.compare_operations(walk, before, after, spot.both)
        servers.compare_operations(walk, old, new, spot.both)
    else:
        security.compare_webhooks(walk, before, after, spot)
    walk.beside(before, after, _KNOWN, spot.both)


def _named(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    if old.get("operationId") != new.get("operationId"):
        walk.found(What.OPERATION_ID, spot, old.get("operationId"), new.get("operationId"))
    if not same(old.get("tags", []), new.get("tags", [])):
        walk.found(What.TAGS, spot, old.get("tags"), new.get("tags"))
    walk.said(old, new, spot)
