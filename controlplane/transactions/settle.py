"""Give transactions the state that their step runs make of them, after a person changed the latter.

The pipeline's own way is ``pipeline.advancing``; this one is for verbs, in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from controlplane.foundation import clock
from controlplane.transactions.models import StepRun, Transaction
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.flow import skipped_by_when, transaction_state
from controlplane.transactions.rules.states import (
    SETTLED_TRANSACTION,
    StepState,
    TransactionState,
    may_move_transaction,
)


def settle(transaction_ids: Iterable[UUID]) -> None:
    """Lock the transactions, in the order in which everybody locks them, and set their states."""
    rows = Transaction.objects.select_for_update().filter(pk__in=set(transaction_ids)).order_by("pk")
    for row in rows:
        if row.flow_version_id is not None:
            _settle_one(row, row.flow_version_id)


def _settle_one(row: Transaction, flow_version_id: int) -> None:
    steps = catalogue.flow(flow_version_id).steps
    runs = list(StepRun.objects.filter(transaction_id=row.id))
    states = {run.name: StepState(run.state) for run in runs}
    held = {run.name for run in runs if run.state == StepState.WAITING and run.queued_at is not None}
    state = transaction_state(steps, states, skipped_by_when(steps, states), held)
    if not may_move_transaction(TransactionState(row.state), state):
        return
    row.state = state
    row.finished_at = clock.now() if state in SETTLED_TRANSACTION else None
    row.save(update_fields=["state", "finished_at"])
