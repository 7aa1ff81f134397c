"""Contracts and their versions, how these come and go, and who consumes them."""

from controlplane.contracts.models.canaries import Canary, CanaryState
from controlplane.contracts.models.consumers import Answer, Confirmation, Dependency, Said, Standing
from controlplane.contracts.models.leaving import Sunset
from controlplane.contracts.models.versions import (
    Compatibility,
    Contract,
    ContractVersion,
    Enforcement,
    Format,
    VersionState,
)

__all__ = [
    "Answer",
    "Canary",
    "CanaryState",
    "Compatibility",
    "Confirmation",
    "Contract",
    "ContractVersion",
    "Dependency",
    "Enforcement",
    "Format",
    "Said",
    "Standing",
    "Sunset",
    "VersionState",
]
