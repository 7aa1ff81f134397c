"""Everything that is stored about one transaction but its bodies, read in a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import Instance, Integration
from controlplane.transactions.models import Attempt, DeadLetter, FlowVersion, StepRun, Trace, Transaction
from controlplane.transactions.rules.flow import Step, read_steps
from controlplane.transactions.selectors.queue import Place, places

Span = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """A transaction with its runs by step name, and what belongs to each run by its id.

    ``integration`` and ``source`` are None where the row names one that is not configured any more.
    """

    transaction: Transaction
    integration: Integration | None
    source: Instance | None
    flow_version: FlowVersion | None
    steps: tuple[Step, ...]
    runs: Mapping[str, StepRun]
    attempts: Mapping[UUID, Sequence[Attempt]]
    places: Mapping[UUID, Place]
    letters: Mapping[UUID, DeadLetter]
    spans: Sequence[Span]

    @property
    def team_id(self) -> int | None:
        """The team whose transaction it is."""
        return self.integration.team_id if self.integration else None

    def span(self, name: str) -> Span | None:
        """The inline step of that name, if it was reached."""
        return next((span for span in self.spans if span.get("name") == name), None)

    def step(self, name: str) -> Step | None:
        """The flow's step of that name."""
        return next((step for step in self.steps if step.name == name), None)

    def of(self, run: StepRun) -> Sequence[Attempt]:
        """The tries of a run, in order."""
        return self.attempts.get(run.id, ())


def facts_of(transaction: Transaction) -> Facts:
    """The facts of a transaction that the caller may see."""
    runs = list(
        StepRun.objects.filter(transaction_id=transaction.id)
        .select_related("destination__instance__system")
        .order_by("ordinal")
    )
    attempts: dict[UUID, list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.filter(step_run_id__in=[run.id for run in runs]).order_by("id"):
        attempts[attempt.step_run_id].append(attempt)
    version_id = transaction.flow_version_id
    version = FlowVersion.objects.select_related("flow").filter(pk=version_id).first() if version_id else None
    return Facts(
        transaction=transaction,
        integration=Integration.objects.filter(pk=transaction.integration_id).select_related("team", "source").first(),
        source=Instance.objects.filter(pk=transaction.source_id).select_related("system").first(),
        flow_version=version,
        steps=_steps(version),
        runs={run.name: run for run in runs},
        attempts=attempts,
        places={place.step_run_id: place for place in places([transaction.id]).get(transaction.id, [])},
        letters={
            letter.step_run_id: letter
            for letter in DeadLetter.objects.filter(transaction_id=transaction.id).select_related("assignee")
        },
        spans=_spans(transaction),
    )


def _steps(version: FlowVersion | None) -> tuple[Step, ...]:
    """The flow's steps; none where an old version cannot be read by today's rules: its runs are shown all the same."""
    if version is None:
        return ()
    try:
        return read_steps(version.steps)
    except Invalid:
        return ()


def _spans(transaction: Transaction) -> list[Span]:
    rows = Trace.objects.filter(transaction_id=transaction.id).order_by("id").values_list("spans", flat=True)
    return [span for spans in rows for span in spans if isinstance(span, dict)]
