"""How types of events become canonical, as processing uses it. Part of the catalogue's snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from controlplane.foundation.errors import Invalid
from controlplane.foundation.logs import logger
from controlplane.transactions.models import MappingVersion, Normalisation
from controlplane.transactions.pipeline.agreed import Contract, KnownCanary, canaries, compiled
from controlplane.transactions.rules.flow import MappingLine, read_lines

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Normal:
    """How a type of event at an interface becomes canonical."""

    canonical_type: str
    contract: Contract | None = None
    mapping_id: int | None = None
    lines: tuple[MappingLine, ...] | None = None
    defect: str = ""
    canary: KnownCanary | None = None


def read_normals(
    kinds: Mapping[str, int], personal: frozenset[int], instances: Mapping[str, int]
) -> dict[tuple[int, str], Normal]:
    """By interface and the vendor's type, with the versions that judge some of their events first."""
    tried = canaries(kinds, personal, instances)
    rows = Normalisation.objects.select_related("contract_version", "mapping_version")
    read = ((row, _normal(row, kinds, personal, instances)) for row in rows)
    return {(row.interface_id, row.event_type): _tried(row, normal, tried) for row, normal in read}


def _normal(
    row: Normalisation, kinds: Mapping[str, int], personal: frozenset[int], instances: Mapping[str, int]
) -> Normal:
    version = row.contract_version
    try:
        return Normal(
            canonical_type=row.canonical_type,
            contract=compiled(version, kinds, personal, instances, row.enforcement) if version else None,
            mapping_id=row.mapping_version_id,
            lines=_lines(row.mapping_version) if row.mapping_version else None,
        )
    except Invalid as error:
        return Normal(row.canonical_type, defect=defect(f"The contract or the mapping of {row.event_type!r}", error))


def _tried(row: Normalisation, normal: Normal, tried: Mapping[int, KnownCanary]) -> Normal:
    """With the version that judges some of its events first, where there is one."""
    canary = tried.get(normal.contract.id) if normal.contract is not None else None
    if canary is None or normal.contract is None:
        return normal
    if row.enforcement:
        # What the interface says of breaks holds for whichever version judges.
        contract = replace(canary.contract, quarantines=normal.contract.quarantines)
        canary = replace(canary, contract=contract)
    return replace(normal, canary=canary)


def _lines(version: MappingVersion) -> tuple[MappingLine, ...]:
    return read_lines(version.lines)


def defect(what: str, error: Invalid) -> str:
    """What is stored but cannot be read stops those events only that it is about."""
    log.warning("catalogue.unusable", what=what)
    return f"{what} cannot be read: {error.detail}"
