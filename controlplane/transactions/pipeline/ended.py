"""A delivery that has ended: its outcome, what follows from it, and the step run's new state."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace
from uuid import UUID

from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7
from controlplane.transactions.pipeline import storing
from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.outward import Called
from controlplane.transactions.rules.questions import Otherwise, settled
from controlplane.transactions.rules.retry import Decision, Verdict, decide
from controlplane.transactions.rules.states import SETTLED_STEP, StepState

MAX_REASON = 1000
STATES: dict[Verdict, StepState] = {
    Verdict.DONE: StepState.SUCCEEDED,
    Verdict.SKIP: StepState.SKIPPED,
    Verdict.RETRY: StepState.PENDING,
    Verdict.UNKNOWN: StepState.UNKNOWN,
    Verdict.DEAD: StepState.DEAD,
    Verdict.WAIT: StepState.WAITING,
}


@dataclass(slots=True)
class Ended:
    """A delivery with its outcome and what follows from it.

    ``state`` is the step run's new one; ``settled`` says whether it leaves the queue. ``reason`` and ``error_class``
    are as they are kept.
    """

    delivery: Delivery
    called: Called
    decision: Decision
    response_id: UUID | None = None
    state: StepState = field(init=False)
    settled: bool = field(init=False)
    reason: str = field(init=False)
    error_class: str = field(init=False)

    def __post_init__(self) -> None:
        """What follows is asked for by everything that is written, so it is put together once."""
        self.state = STATES[self.decision.verdict]
        self.settled = self.state in SETTLED_STEP
        self.reason = storing.text(self.called.reason[:MAX_REASON])
        self.error_class = storing.text(self.called.error_class)


def conclude(delivery: Delivery, called: Called) -> Ended:
    """What follows from an outcome, by the destination's schedule of retries and the step's fall-back."""
    decision = decide(
        called.outcome,
        delivery.claim.tries,
        delays=delivery.destination.delays,
        retry_after=called.retry_after,
        jitter=random.random(),  # noqa: S311 - spreads retries, keeps no secret
        age=None if delivery.queued_at is None else (clock.now() - delivery.queued_at).total_seconds(),
    )
    called, decision = _fallen_back(delivery, called, decision)
    body = called.receipt.response if called.receipt else called.body
    return Ended(delivery, called, decision, uuid7() if body else None)


def _fallen_back(delivery: Delivery, called: Called, decision: Decision) -> tuple[Called, Decision]:
    """By the fall-back of its question, where there was no answer in time."""
    question = delivery.step.question
    if question is None:
        return called, decision
    remaining = (delivery.expires or 0.0) - time.monotonic()
    decision, fell_back = settled(question.fallback, called.outcome, decision, remaining)
    if not fell_back:
        return called, decision
    if question.fallback.otherwise is Otherwise.SKIP:
        return replace(called, reason=f"Skipped by its fall-back, because: {called.reason}"), decision
    reason = f"Its fall-back was used, because: {called.reason}"
    return replace(called, reason=reason, fields=question.fallback.value or {}), decision
