"""The estate: which systems there are, through which doors they speak, and who owns what.

The catalogue (these rows) is open to every signed-in person; what flows through it is scoped.
"""

from __future__ import annotations

from controlplane.inventory.models.entities import EntityKind
from controlplane.inventory.models.environments import Company, Environment
from controlplane.inventory.models.identities import Identity, IdentityAlias
from controlplane.inventory.models.integrations import Criticality, Integration, Stage
from controlplane.inventory.models.systems import Instance, Interface, InterfaceKind, System

__all__ = [
    "Company",
    "Criticality",
    "EntityKind",
    "Environment",
    "Identity",
    "IdentityAlias",
    "Instance",
    "Integration",
    "Interface",
    "InterfaceKind",
    "Stage",
    "System",
]
