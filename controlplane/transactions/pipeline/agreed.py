"""Contracts as processing uses them: compiled once, with their keys and links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs

from controlplane.contracts.models import Canary, CanaryState, ContractVersion, Enforcement
from controlplane.foundation.errors import Invalid
from controlplane.foundation.expressions import Expression, expression
from controlplane.foundation.logs import logger

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class KnownLink:
    """Ids in a record that name one thing. ``issuer_id`` None: where it came from; ``target`` None: one id alone."""

    kind_id: int
    issuer_id: int | None
    key: Expression
    target: tuple[int, Expression] | None


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract version, compiled: its validator, its keys and links, and whether breaking it quarantines."""

    id: int
    validator: Any
    keys: tuple[tuple[int, Expression], ...]
    links: tuple[KnownLink, ...]
    personal_kinds: frozenset[int]
    quarantines: bool

    def why_aside(self, record: Any) -> Any | None:
        """The first finding (``jsonschema_rs``) for which the record would be set aside; None where it is not."""
        if self.validator is None or not self.quarantines:
            return None
        return next(iter(self.validator.iter_errors(record)), None)


@dataclass(frozen=True, slots=True)
class KnownCanary:
    """A version that judges ``share`` of a hundred keys; ``key`` None: by the record that the event is about."""

    id: int
    contract: Contract
    share: int
    key: Expression | None


def compiled(
    version: ContractVersion,
    kinds: Mapping[str, int],
    personal: frozenset[int],
    instances: Mapping[str, int] | None = None,
    enforcement: str = "",
) -> Contract:
    """A contract version, compiled; :class:`Invalid` when it cannot be. Without ``instances`` it links nothing.

    One that is not kept yet, because it is only proposed, is compiled all the same; it has no id.
    ``enforcement`` is what the interface says of breaks; empty: what the version says.
    """
    try:
        keys = [(kinds[key["kind"]], expression(key["value"])) for key in version.keys if key["kind"] in kinds]
        links = [found for link in version.links if (found := _link(link, kinds, instances or {})) is not None]
        validator = _validator_of(version) if version.schema else None
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(f"version {version.number} of the contract {version.contract_id}: {error}") from error
    return Contract(
        id=version.pk or 0,
        validator=validator,
        keys=tuple(keys),
        links=tuple(links),
        personal_kinds=personal,
        quarantines=(enforcement or version.enforcement) == Enforcement.QUARANTINE,
    )


def _link(link: Mapping[str, str], kinds: Mapping[str, int], instances: Mapping[str, int]) -> KnownLink | None:
    """None for a link whose kind or instance is gone: it teaches nothing, and stops nothing."""
    named = [link[end] for end in ("issuer", "target") if link.get(end)]
    if link["kind"] not in kinds or any(slug not in instances for slug in named):
        return None
    target = (instances[link["target"]], expression(link["value"])) if link.get("target") else None
    return KnownLink(kinds[link["kind"]], instances.get(link.get("issuer", "")), expression(link["key"]), target)


def canaries(
    kinds: Mapping[str, int], personal: frozenset[int], instances: Mapping[str, int]
) -> dict[int, KnownCanary]:
    """Those that run, by the version that judges everything else; one that cannot be compiled judges nothing."""
    found = {}
    for row in Canary.objects.filter(state=CanaryState.RUNNING).select_related("version"):
        try:
            contract = compiled(row.version, kinds, personal, instances)
        except Invalid as error:
            log.warning("catalogue.unusable", what=f"The canary {row.pk}: {error.detail}")
            continue
        key = next((one for kind, one in contract.keys if kind == kinds.get(row.key)), None)
        found[row.instead_of_id] = KnownCanary(row.pk, contract, row.share, key)
    return found


def _validator_of(version: ContractVersion) -> Any:
    if not version.pk:
        return jsonschema_rs.validator_for(version.schema, offline=True)
    return _validator(version.content_hash, version.pk)


@lru_cache(maxsize=512)
def _validator(_content_hash: str, version_id: int) -> Any:
    schema = ContractVersion.objects.values_list("schema", flat=True).get(pk=version_id)
    # Offline: a reference in a schema is a destination that a user can set (invariant 6).
    return jsonschema_rs.validator_for(schema, offline=True)
