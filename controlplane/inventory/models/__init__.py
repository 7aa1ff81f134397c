"""The estate: which systems there are, through which doors they speak, and who owns what.

The catalogue (these rows) is open to every signed-in person; what flows through it is scoped.
"""

from __future__ import annotations

from controlplane.inventory.models.decisions import Decision
from controlplane.inventory.models.drafts import ImportDraft
from controlplane.inventory.models.entities import (
    EntityAttribute,
    EntityKind,
    EntityVersion,
    Lifecycle,
    NonOwner,
    Personal,
)
from controlplane.inventory.models.environments import Company, Environment
from controlplane.inventory.models.history import FieldChange
from controlplane.inventory.models.identities import (
    ChangeKind,
    Identity,
    IdentityAlias,
    IdentityChange,
    IdentityMove,
)
from controlplane.inventory.models.integrations import (
    Classification,
    Criticality,
    FailureMode,
    Integration,
    Layer,
    Pattern,
    Stage,
    SyncMode,
)
from controlplane.inventory.models.operations import Doing, Operation
from controlplane.inventory.models.ownership import Ownership, OwnershipRight, OwnershipStamp, Right, Survivorship
from controlplane.inventory.models.processes import Process, ProcessStep
from controlplane.inventory.models.systems import Instance, Interface, InterfaceKind, System, SystemStage

__all__ = [
    "ChangeKind",
    "Classification",
    "Company",
    "Criticality",
    "Decision",
    "Doing",
    "EntityAttribute",
    "EntityKind",
    "EntityVersion",
    "Environment",
    "FailureMode",
    "FieldChange",
    "Identity",
    "IdentityAlias",
    "IdentityChange",
    "IdentityMove",
    "ImportDraft",
    "Instance",
    "Integration",
    "Interface",
    "InterfaceKind",
    "Layer",
    "Lifecycle",
    "NonOwner",
    "Operation",
    "Ownership",
    "OwnershipRight",
    "OwnershipStamp",
    "Pattern",
    "Personal",
    "Process",
    "ProcessStep",
    "Right",
    "Stage",
    "Survivorship",
    "SyncMode",
    "System",
    "SystemStage",
]
