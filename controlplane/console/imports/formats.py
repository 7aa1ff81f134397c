"""The formats that are imported, each as a document that was understood, and how a draft keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, TypeAlias

from controlplane.console.imports import asyncapi, backstage, openapi, schemas
from controlplane.console.imports.backstage import Catalogue, Catalogued, Opening, Team
from controlplane.console.imports.described import Described, Document, Door
from controlplane.console.imports.reading import read, read_all

FORMATS: Final[Mapping[str, str]] = {
    "openapi": "OpenAPI or Swagger",
    "asyncapi": "AsyncAPI",
    "backstage": "Backstage catalogue",
}
Understood: TypeAlias = Document | Catalogue


def understand(name: str, content: bytes, file: str, wanted: schemas.Wanted = schemas.NONE) -> Understood:
    """What a document in one of :data:`FORMATS` says; :class:`Refused` tells all that is wrong with it."""
    if name == "backstage":
        return backstage.understood(read_all(content, file))
    if name == "openapi":
        return openapi.understood(read(content, file), wanted)
    return asyncapi.understood(read(content, file), wanted)


def as_kept(document: Understood) -> dict[str, Any]:
    """As a draft keeps it."""
    return asdict(document)


def from_kept(name: str, kept: Mapping[str, Any]) -> Understood:
    """As it was understood."""
    if name == "backstage":
        return Catalogue(
            [Team(**one) for one in kept["teams"]],
            [Catalogued(**one) for one in kept["systems"]],
            [_opening(one) for one in kept["interfaces"]],
            kept["notes"],
        )
    doors = [
        Door(**{**one, "operations": [Described(**inner) for inner in one["operations"]]}) for one in kept["doors"]
    ]
    return Document(kept["format"], doors, kept["schemas"], kept["notes"])


def _opening(kept: Mapping[str, Any]) -> Opening:
    operations = kept["operations"]
    return Opening(**{**kept, "operations": operations and [Described(**one) for one in operations]})
