"""A delivery that has ended: its outcome, what follows from it, and the step run's new state."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from uuid import UUID

from controlplane.foundation.ids import uuid7
from controlplane.transactions.pipeline import asking
from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.outward import Called
from controlplane.transactions.rules.retry import Decision, Verdict, decide
from controlplane.transactions.rules.states import SETTLED_STEP, StepState

STATES: dict[Verdict, StepState] = {
    Verdict.DONE: StepState.SUCCEEDED,
    Verdict.SKIP: StepState.SKIPPED,
    Verdict.RETRY: StepState.PENDING,
    Verdict.UNKNOWN: StepState.UNKNOWN,
    Verdict.DEAD: StepState.DEAD,
    Verdict.WAIT: StepState.WAITING,
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A delivery with its outcome and what follows from it; ``settled`` when the step run leaves the queue."""

    delivery: Delivery
    called: Called
    decision: Decision
    response_id: UUID | None = None
    state: StepState = field(init=False)
    settled: bool = field(init=False)

    def __post_init__(self) -> None:
        """What follows is asked for several times."""
        state = STATES[self.decision.verdict]
        object.__setattr__(self, "state", state)
        object.__setattr__(self, "settled", state in SETTLED_STEP)


def conclude(delivery: Delivery, called: Called) -> Ended:
    """What follows from an outcome, by the destination's schedule of retries."""
    decision = decide(
        called.outcome,
        delivery.claim.tries,
        delays=delivery.destination.delays,
        retry_after=called.retry_after,
        jitter=random.random(),  # noqa: S311 - spreads retries, keeps no secret
    )
    called, decision = asking.outcome(delivery, called, decision)
    body = called.receipt.response if called.receipt else called.body
    return Ended(delivery, called, decision, uuid7() if body else None)
