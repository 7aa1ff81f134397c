"""Contracts for tests: the agreed order, in versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from controlplane.contracts.models import Compatibility, Contract, ContractVersion, Format, VersionState
from controlplane.people.models import Person, Team
from tests.transactions.factories import a_team, content_hash

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def an_order(**changed: Any) -> dict[str, Any]:
    """The schema of an order; ``changed`` are properties that are another, or None for those that are not there."""
    properties: dict[str, Any] = {
        "id": {"type": "string", "description": "As the shop prints it."},
        "customer": {"type": "string"},
        "email": {"type": "string", "format": "email"},
        "total": {"type": "number", "minimum": 0},
        "status": {"enum": ["open", "paid"]},
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["sku"],
                "properties": {"sku": {"type": "string"}, "price": {"type": "string"}},
            },
        },
    }
    properties |= changed
    return {
        "$schema": DIALECT,
        "type": "object",
        "required": ["id", "customer"],
        "properties": {name: schema for name, schema in properties.items() if schema is not None},
    }


def a_contract(
    slug: str = "order",
    versions: Sequence[Any] = (),
    *,
    team: Team | None = None,
    format_: Format = Format.JSON_SCHEMA,
    compatibility: Compatibility = Compatibility.FULL,
) -> Contract:
    """A contract with these documents as its published versions, the oldest first."""
    contract = Contract.objects.create(
        slug=slug,
        name=slug.replace("-", " ").capitalize(),
        team=team or a_team("sales"),
        format=format_,
        compatibility=compatibility,
    )
    for document in versions:
        a_version(contract, document)
    return contract


def a_version(
    contract: Contract,
    document: Any,
    *,
    state: VersionState = VersionState.PUBLISHED,
    author: Person | None = None,
    **more: Any,
) -> ContractVersion:
    """The next version of a contract."""
    return ContractVersion.objects.create(
        contract=contract,
        number=contract.versions.count() + 1,
        schema=document,
        state=state,
        author=author,
        content_hash=content_hash(document),
        **more,
    )
