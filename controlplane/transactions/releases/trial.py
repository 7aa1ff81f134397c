"""What would become of events that are let out: a few of them, judged by the contract as it is today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from controlplane.contracts.models import ContractVersion
from controlplane.contracts.selectors import newest_published
from controlplane.transactions.models import Payload, Transaction
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.normals import Normal
from controlplane.transactions.selectors.records import records_of

#: So many are tried, from all over.
TRIED = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """Of so many that were tried, so many would pass; by which version."""

    tried: int = 0
    pass_: int = 0
    by: str = ""

    @property
    def refused(self) -> int:
        """Those that would be set aside again."""
        return self.tried - self.pass_


def trial_of(version: ContractVersion, transaction_ids: Sequence[UUID]) -> Trial:
    """Nothing is changed by it. What cannot be read any more counts as set aside again."""
    chosen = transaction_ids[:: max(1, -(-len(transaction_ids) // TRIED))]
    doors = dict(Transaction.objects.filter(pk__in=chosen).values_list("pk", "endpoint_id"))
    snapshot, passed = catalogue.snapshot(), 0
    for body in Payload.objects.filter(pk__in=chosen):
        read = records_of(doors.get(body.id), body.headers, body.content_type, bytes(body.body), snapshot, largest=None)
        passed += bool(read) and all(_passes(snapshot.normal(*kind), record) for kind, record in read)
    return Trial(len(chosen), passed, str(newest_published(version.contract) or version))


def _passes(normal: Normal | None, record: Any) -> bool:
    return normal is None or normal.contract is None or normal.contract.why_aside(record) is None
