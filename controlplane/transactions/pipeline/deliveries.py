"""What a worker holds: step runs under a lease, with all that is needed to carry them out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from connectors.messages import Effect, OperationSpec
from controlplane.transactions.pipeline.catalogue import KnownDestination, LiveFlow
from controlplane.transactions.pipeline.learning import Wanted
from controlplane.transactions.pipeline.operations import operation_at
from controlplane.transactions.pipeline.outward import Called
from controlplane.transactions.rules.flow import Step
from controlplane.transactions.rules.ownership import Breach


@dataclass(frozen=True, slots=True)
class Claim:
    """One step run that this worker holds by the lease ``token``.

    ``lost_token`` is the lease of a worker that vanished, and ``lost_at`` when that one had claimed it.
    Where the destination has a rate, ``wait`` is how many seconds after the claim its slot is, and ``interval`` how
    many are from one slot to the next.
    """

    token: UUID
    step_run_id: UUID
    transaction_id: UUID
    destination_id: int
    tries: int
    lost_token: UUID | None
    lost_at: datetime
    wait: float | None
    interval: float | None = None


@dataclass(slots=True)
class Delivery:
    """A claimed step run with all that is needed to carry it out, and then what came of it.

    ``sent_at`` is when it was first tried under the key that it has now, and ``sent_before`` whether it was under any;
    tries of which nothing was sent are none. ``queued_at`` is not told of one that was never tried. Of a question,
    ``expires`` is its deadline by this process's monotonic clock. ``breaches`` are the attributes that its source does
    not own (``pipeline.owning``).
    """

    claim: Claim
    flow: LiveFlow
    step: Step
    destination: KnownDestination
    attempts: int
    revision: int
    retention: int
    request_id: UUID | None
    replayed: bool
    event_id: UUID
    correlation_id: UUID
    source_id: int
    resource: str
    external_id: str
    source_version: int | None
    integration_id: int
    canonical: bytes | None
    queued_at: datetime | None = None
    sent_at: datetime | None = None
    sent_before: bool = False
    context: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    new_request: bytes | None = None
    called: Called | None = None
    began_at: datetime | None = None
    expires: float | None = None
    wanted: Wanted | None = None
    breaches: tuple[Breach, ...] = ()

    @property
    def key(self) -> str:
        """The idempotency key: the same for every try of this body (invariant 4)."""
        return f"{self.claim.step_run_id}:{self.revision}"

    @property
    def spec(self) -> OperationSpec:
        """What the instance's connector says of the operation; one it does not have is carried out as unsafe."""
        name = self.step.operation
        found = operation_at(self.destination.connector, name, self.destination.settings)
        return OperationSpec(name, Effect.UNSAFE) if found is None else found


@dataclass(frozen=True, slots=True)
class Claimed:
    """A batch under one lease, which ends at ``until`` by this process's monotonic clock.

    Its slots count from ``since``, when the claim was answered: none of them is taken for earlier than it is. They may
    have begun up to ``slack`` seconds earlier: so long the answer took.
    """

    deliveries: Sequence[Delivery]
    since: float = -math.inf
    until: float = math.inf
    slack: float = 0.0

    @property
    def paced(self) -> bool:
        """Whether any of it waits for a slot."""
        return any(delivery.claim.wait is not None for delivery in self.deliveries)

    def by_destination(self) -> list[Claimed]:
        """The same in parts, so that a slow destination keeps nobody else waiting."""
        parts: dict[int, list[Delivery]] = defaultdict(list)
        for delivery in self.deliveries:
            parts[delivery.destination.id].append(delivery)
        return [Claimed(part, self.since, self.until, self.slack) for part in parts.values()]


NOTHING = Claimed(())
