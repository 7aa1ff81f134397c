"""A proposed content beside the versions that others rely on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from controlplane.contracts.models import Compatibility, Contract, ContractVersion, Format, VersionState
from controlplane.contracts.rules.comparing import compare_schemas
from controlplane.contracts.rules.judging import Finding, worst
from controlplane.governance.rules.changed import Level


@dataclass(frozen=True, slots=True)
class Against:
    """What follows for those who stay with that version."""

    version: ContractVersion
    findings: Sequence[Finding]

    def level(self, promised: Compatibility) -> Level:
        """The worst for those who are promised not to notice."""
        return worst(one.of(side) for one in self.findings for side in promised.protects)


def promised(contract: Contract) -> Compatibility:
    """Whom a new version must not break."""
    return Compatibility(contract.compatibility)


def compared(contract: Contract, old: Any, new: Any) -> list[Finding]:
    """Two documents of its format; of a format that is not judged, that says so."""
    if contract.format == Format.JSON_SCHEMA:
        return compare_schemas(old, new)
    return [
        Finding("format-not-judged", "", Level.RISKY, Level.RISKY, f"{contract.get_format_display()} is not judged.")
    ]


def against_published(contract: Contract, schema: Any) -> list[Against]:
    """Beside the version that holds now; beside every published one where that is promised."""
    versions: Iterable[ContractVersion] = contract.versions.filter(state=VersionState.PUBLISHED).order_by("-number")
    if not promised(contract).is_transitive:
        versions = list(versions)[:1]
    return [Against(version, compared(contract, version.schema, schema)) for version in versions]
