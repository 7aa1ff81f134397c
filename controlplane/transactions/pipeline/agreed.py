"""Contract versions, compiled: the validator, the business keys, and whether breaking it quarantines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs

from controlplane.contracts.models import ContractVersion, Enforcement
from controlplane.foundation.errors import Invalid
from controlplane.foundation.expressions import Expression, expression


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract version, compiled: its validator, its keys and whether breaking it quarantines."""

    id: int
    validator: Any
    keys: tuple[tuple[int, Expression], ...]
    personal_kinds: frozenset[int]
    quarantines: bool


def contract(version: ContractVersion, kinds: Mapping[str, int], personal: frozenset[int]) -> Contract:
    """A contract version, compiled; :class:`Invalid` when it cannot be."""
    try:
        keys = [(kinds[key["kind"]], expression(key["value"])) for key in version.keys if key["kind"] in kinds]
        validator = _validator(version.content_hash, version.id) if version.schema else None
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(f"version {version.number} of the contract {version.contract_id}: {error}") from error
    return Contract(
        id=version.id,
        validator=validator,
        keys=tuple(keys),
        personal_kinds=personal,
        quarantines=version.enforcement == Enforcement.QUARANTINE,
    )


@lru_cache(maxsize=512)
def _validator(_content_hash: str, version_id: int) -> Any:
    schema = ContractVersion.objects.values_list("schema", flat=True).get(pk=version_id)
    # Offline: a reference in a schema is a destination that a user can set (invariant 6).
    return jsonschema_rs.validator_for(schema, offline=True)
