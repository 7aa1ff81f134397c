"""Who works by which contract. Part of the catalogue.

One relation answers for the map, a contract's page, an integration's page and the impact of a change, so that they
say the same.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from controlplane.contracts.models import Contract, ContractVersion, VersionState
from controlplane.inventory.models import Integration
from controlplane.transactions.models import FlowVersion, Normalisation

_PINNED: Final = """
select f.integration_id, c.contract_id, 'carries it on' as use, c.id = v.target_contract_id as writes
from transactions_flowversion v join transactions_flow f on f.id = v.flow_id
join contracts_contractversion c on c.id in (v.source_contract_id, v.target_contract_id)
where v.state = 'published'
"""
_RECEIVING: Final = """
select e.integration_id, c.contract_id, 'takes it in' as use, false as writes
from transactions_endpoint e
join transactions_normalisation n on n.interface_id = e.interface_id
join contracts_contractversion c on c.id = n.contract_version_id
where e.active
"""
_LISTENING: Final = """
select f.integration_id, c.contract_id, 'reads it' as use, false as writes
from transactions_normalisation n
join contracts_contractversion c on c.id = n.contract_version_id
join transactions_route r on r.active and (r.interface_id = n.interface_id or r.interface_id is null)
  and r.event_type = n.canonical_type
join transactions_flow f on f.id = r.flow_id
"""
#: The relation: an integration, a contract, how the one uses the other, and whether it writes what that describes.
_WORKS_BY: Final = f"({_PINNED} union {_RECEIVING} union {_LISTENING}) w"
_OF_CONTRACT: Final = f"""
select integration_id, use, coalesce(bool_or(writes), false), coalesce(bool_or(not writes), false)
from {_WORKS_BY} where contract_id = %s group by 1, 2 order by 1, 2
"""
#: The map draws who listens by its routes.
_AGREED: Final = f"select distinct integration_id, contract_id from ({_PINNED} union {_RECEIVING}) w order by 1, 2"


class Agreed(NamedTuple):
    """An integration works by a contract."""

    integration_id: int
    contract_id: int


class Use(NamedTuple):
    """How an integration works by a contract: in words, and whether it writes or reads what that describes."""

    words: str
    writes: bool
    reads: bool


class Judged(NamedTuple):
    """The events that a contract judges: of which instances, by the vendor's types, and what they are called here."""

    sources: list[int]
    vendor_types: list[str]
    types: list[str]


def agreed() -> list[Agreed]:
    """Which contracts integrations work by: their flows', and those that what comes in is checked by."""
    with connection.cursor() as cursor:
        cursor.execute(_AGREED)
        return [Agreed(*row) for row in cursor.fetchall()]


def works_by(contract: Contract) -> dict[int, list[Use]]:
    """Integrations with how they use it."""
    found: dict[int, list[Use]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OF_CONTRACT, [contract.pk])
        for integration, *use in cursor.fetchall():
            found.setdefault(integration, []).append(Use(*use))
    return found


def integrations_of(contract: Contract) -> RawSQL:
    """The keys of those that work by it, for a statement's condition."""
    return RawSQL(f"select integration_id from {_WORKS_BY} where contract_id = %s", [contract.pk])  # noqa: S611 - our own words


def contracts_of(integration: Integration) -> RawSQL:
    """The keys of the contracts that it works by: the same, from the other side."""
    return RawSQL(f"select contract_id from {_WORKS_BY} where integration_id = %s", [integration.pk])  # noqa: S611 - our own words


def judged_by(contract: Contract) -> Judged:
    """What comes in is judged by it, by whichever of its versions."""
    doors = Normalisation.objects.filter(contract_version__contract=contract)
    rows = list(doors.values_list("interface__instance", "event_type", "canonical_type"))
    return Judged(*(sorted(set(column)) for column in zip(*rows, strict=True))) if rows else Judged([], [], [])


def users(version: ContractVersion) -> list[str]:
    """Events that are judged by just this version, and live flows that are pinned to it, in words."""
    judged = Normalisation.objects.filter(contract_version=version).select_related("interface").order_by("pk")
    pinned = FlowVersion.objects.filter(
        Q(source_contract=version) | Q(target_contract=version), state=VersionState.PUBLISHED
    )
    flows = pinned.select_related("flow__integration").order_by("flow__name")
    return [
        *(f"{one.event_type} at {one.interface.name}" for one in judged),
        *(f"{one.flow.name} of {one.flow.integration.name}" for one in flows),
    ]
