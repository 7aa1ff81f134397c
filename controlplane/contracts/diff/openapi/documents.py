"""Two whole descriptions: what they are written in, and everything that they describe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from controlplane.contracts.diff.dialects import Dialect, dialect_of
from controlplane.contracts.diff.facts import Fact, Way, What
from controlplane.contracts.diff.nodes import Document
from controlplane.contracts.diff.openapi import callbacks, paths, schemes, security, servers
from controlplane.contracts.diff.openapi.walk import Spot, Walk
from controlplane.contracts.diff.values import same
from controlplane.foundation.errors import Invalid

_DIALECTS: Final = {"3.0": Dialect.OPENAPI_3_0, "3.1": Dialect.OPENAPI_3_1}
_KNOWN: Final = frozenset(
    {
        *("openapi", "info", "jsonSchemaDialect", "servers", "paths", "webhooks", "components", "security"),
        *("tags", "externalDocs"),
    }
)


def description(root: Any) -> Document:
    """A description as a document of its dialect. :class:`Invalid` for one that is no OpenAPI 3.0 or 3.1."""
    if not isinstance(root, Mapping):
        raise Invalid("An OpenAPI description is an object.", field="schema")
    if "swagger" in root:
        raise Invalid("Swagger 2.0 is not judged: convert the description to OpenAPI 3.0 or 3.1.", field="swagger")
    version = _version(root)
    dialect = _DIALECTS.get(version)
    if dialect is None:
        raise Invalid(f"OpenAPI {version or 'without a version'} is not judged; 3.0 and 3.1 are.", field="openapi")
    if dialect is Dialect.OPENAPI_3_1:
        dialect = dialect_of({"$schema": root.get("jsonSchemaDialect")}, dialect)
    return Document(root, dialect)


def _version(root: Mapping[str, Any]) -> str:
    """Without its last number, which changes no meaning."""
    return ".".join(str(root.get("openapi", "")).split(".")[:2])


def facts_of(old: Any, new: Any) -> list[Fact]:
    """All that differs between two descriptions. :class:`Invalid` where one is no OpenAPI 3.0 or 3.1."""
    return walked(old, new).facts


def walked(old: Any, new: Any) -> Walk:
    """The same, with what has been looked at."""
    walk = Walk(description(old), description(new))
    top = Spot()
    _about(walk, old, new)
    paths.compare(walk, *walk.tables(old, new, "paths", top), Spot(way=Way.IN))
    callbacks.compare_webhooks(walk, *walk.tables(old, new, "webhooks", top), Spot(way=Way.OUT))
    if "security" in walk.inherited:
        security.compare(walk, *walk.lists(old, new, "security", top), Spot("security"))
    if "servers" in walk.inherited:
        servers.compare(walk, *walk.lists(old, new, "servers", top), Spot("servers"))
    schemes.compare(walk)
    return walk


def _about(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    if _version(old) != _version(new):
        walk.found(What.SPECIFICATION, Spot("openapi"), _version(old), _version(new))
    info_old, info_new = walk.tables(old, new, "info", Spot())
    for name in ("title", "version", "description"):
        if not same(info_old.get(name), info_new.get(name)):
            walk.found(What.WORDS, Spot("info"), info_old.get(name), info_new.get(name), name=name)
    walk.beside(old, new, _KNOWN, Spot("the description"))
