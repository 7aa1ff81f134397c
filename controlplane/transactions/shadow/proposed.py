"""The configuration as it would be: today's, with one thing in it as it is proposed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from controlplane.audit.models import Subject
from controlplane.contracts.lifecycle.content import FIELDS
from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation.registries import Registry
from controlplane.governance.kinds import Content
from controlplane.inventory.models import Instance
from controlplane.transactions.models import Normalisation
from controlplane.transactions.pipeline.agreed import compiled
from controlplane.transactions.pipeline.catalogue import Snapshot

#: By the kind of change: today's configuration, the subject and the content, to the configuration as it would be.
proposals: Registry[Callable[[Snapshot, Subject, Content], Snapshot]] = Registry("proposals that can be tried")


def with_contract(today: Snapshot, contract: Contract, content: Mapping[str, Any]) -> Snapshot:
    """What comes in is judged by this content of the contract; :class:`Invalid` where it cannot be."""
    version = ContractVersion(contract=contract, **{name: content[name] for name in FIELDS})
    instances = dict(Instance.objects.values_list("slug", "id"))
    rows = Normalisation.objects.filter(contract_version__contract=contract)
    made = {
        (interface, vendor): compiled(version, today.kinds, today.personal_kinds, instances, enforcement)
        for interface, vendor, enforcement in rows.values_list("interface_id", "event_type", "enforcement")
    }
    normals = {
        key: replace(normal, contract=made[key], canary=None) if key in made else normal
        for key, normal in today.normals.items()
    }
    return replace(today, normals=normals)
