"""Transactions in a list: one row each, whatever found them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from controlplane.inventory.models import Integration
from controlplane.transactions.masking import without_addresses
from controlplane.transactions.models import FlowVersion
from controlplane.transactions.rules import money
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.queue import places, standing

#: What a row is made of; begins with ``t.id`` (``search.run``).
COLUMNS = (
    "t.id, t.event_id, t.state, t.headline, t.reason, t.event_type, t.resource, t.external_id, t.integration_id, "
    "t.flow_version_id, t.received_at, t.finished_at, t.amount_minor, t.currency, t.replay_of"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One transaction in a list. ``state`` is a state's name as pages know it; ``seconds`` until now if unsettled."""

    id: UUID
    state: str
    title: str
    key: str
    why: str
    at: datetime
    seconds: float
    amount: str = ""


def rows_of(found: Sequence[Mapping[str, Any]], now: datetime) -> tuple[Row, ...]:
    """The rows of what a statement with :data:`COLUMNS` found, in its order."""
    running = [row["id"] for row in found if row["state"] in {TransactionState.RUNNING, TransactionState.WAITING}]
    queued = places(running) if running else {}
    versions = {row["flow_version_id"] for row in found} - {None}
    flows = dict(FlowVersion.objects.filter(pk__in=versions).values_list("pk", "flow__name"))
    owners = {row["integration_id"] for row in found}
    integrations = dict(Integration.objects.filter(pk__in=owners).values_list("pk", "name"))
    rows = []
    for row in found:
        state, waits = TransactionState(row["state"]).name.lower(), ""
        if row["id"] in queued:
            state, waits = standing(queued[row["id"]])
        title = flows.get(row["flow_version_id"]) or integrations.get(row["integration_id"], "")
        seconds = ((row["finished_at"] or now) - row["received_at"]).total_seconds()
        rows.append(
            Row(
                row["id"],
                state,
                title,
                row["external_id"],
                waits or _why(row, title),
                row["received_at"],
                max(0.0, seconds),
                money.written(row["amount_minor"], row["currency"]),
            )
        )
    return tuple(rows)


def _why(row: Mapping[str, Any], title: str) -> str:
    """What happened, in one line: the headline, unless it only repeats the title."""
    headline: str = row["headline"]
    words = headline if headline and headline != title else (row["event_type"] or row["reason"])
    return without_addresses(words)
