"""The configuration as it would be: today's, with one thing in it as it is proposed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from controlplane.audit.models import Subject
from controlplane.contracts.lifecycle.content import FIELDS
from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation.expressions import expression
from controlplane.foundation.registries import Registry
from controlplane.governance.kinds import Content
from controlplane.inventory.models import Instance
from controlplane.transactions.models import Flow, MappingVersion, Normalisation
from controlplane.transactions.models import Mapping as MappingOf
from controlplane.transactions.pipeline.agreed import compiled
from controlplane.transactions.pipeline.catalogue import Snapshot
from controlplane.transactions.pipeline.normals import Normal
from controlplane.transactions.rules.flow import read_lines, read_steps

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


def with_mapping(today: Snapshot, mapping: MappingOf, lines: Sequence[Mapping[str, str]]) -> Snapshot:
    """What comes in is made canonical by these lines of the mapping."""
    made = read_lines(lines)
    versions = set(MappingVersion.objects.filter(mapping=mapping).values_list("pk", flat=True))

    def mapped(normal: Normal) -> Normal:
        return replace(normal, lines=made) if normal.mapping_id in versions else normal

    return replace(today, normals={key: mapped(normal) for key, normal in today.normals.items()})


def with_flow(today: Snapshot, flow: Flow, steps: Sequence[Mapping[str, Any]], ordering: str = "") -> Snapshot:
    """The flow has these steps; its routes are as they are. A flow without a live version starts for nobody."""
    made = read_steps(steps)
    order = expression(ordering) if ordering else None
    flows = {
        key: replace(live, steps=made, ordering=order, defect="") if live.flow == flow.slug else live
        for key, live in today.flows.items()
    }
    return replace(today, flows=flows)
