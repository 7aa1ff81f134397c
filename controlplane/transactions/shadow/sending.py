"""What one event becomes by a configuration: the pipeline's own stages, without the claim and without the call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from controlplane.foundation.errors import Invalid
from controlplane.foundation.expressions import ExpressionFailed, expression
from controlplane.transactions.pipeline.catalogue import LiveFlow, Snapshot
from controlplane.transactions.pipeline.claiming import context_of
from controlplane.transactions.pipeline.drafts import Draft, InboxRow, Quarantined, correlation_of
from controlplane.transactions.pipeline.former import with_former
from controlplane.transactions.pipeline.intake import judge
from controlplane.transactions.pipeline.reading import arrive
from controlplane.transactions.rules import flow as rules
from controlplane.transactions.rules import mapping
from controlplane.transactions.rules.mapping import MappingFailed
from controlplane.transactions.rules.shadowing import Request, Sending, Step
from controlplane.transactions.rules.states import StepKind, TransactionState

#: What steps answered when the event was carried: by the flow's slug and the step's name.
Answers = Mapping[str, Mapping[str, Any]]


def sendings(row: InboxRow, snapshot: Snapshot, answers: Answers) -> list[Sending]:
    """One for each event in the row's body, in their order."""
    try:
        arrived = arrive(row, snapshot)
    except Quarantined as error:
        return [Sending(stopped=error.reason, aside=True)]
    return [_sending(judge(one, snapshot, None), answers) for one in arrived]


def _sending(drafts: Sequence[Draft], answers: Answers) -> Sending:
    first = drafts[0]
    if first.state in {TransactionState.QUARANTINED, TransactionState.IGNORED}:
        return Sending(stopped=first.headline, aside=first.state is TransactionState.QUARANTINED)
    return Sending(
        requests=tuple(
            request
            for draft in drafts
            if draft.flow is not None
            for request in _requests(draft, draft.flow, answers.get(draft.flow.flow, {}))
        )
    )


def _requests(draft: Draft, flow: LiveFlow, answered: Mapping[str, Any]) -> Iterator[Request]:
    # The transactions of an event have other ids each time; a request that tells its own is not another for that.
    row = draft.row
    context = context_of(
        flow,
        draft.canonical,
        answered,
        transaction_id=row.id,
        event_id=row.id,
        correlation_id=correlation_of(row).trace_id,
    )
    waited = {step.name for step in flow.steps if step.kind is not StepKind.MAP} - set(answered)
    for step in flow.steps:
        if step.kind is StepKind.DELIVER and (request := _request(flow, step, context, waited)) is not None:
            yield request


def _request(flow: LiveFlow, step: rules.Step, context: Mapping[str, Any], waited: set[str]) -> Request | None:
    """None for a step whose condition is not met."""
    where = Step(flow.flow, step.name, step.destination, step.operation)
    try:
        if step.when and not expression(step.when).holds(context):
            return None
        body = mapping.apply(step.lines, context)
        lines = flow.downgrades.get(step.contract)
        return Request(where, body if lines is None else with_former(body, lines))
    except (ExpressionFailed, MappingFailed, Invalid) as error:
        if missing := _asks(step, waited):
            return Request(where, reason=f"It needs what {missing} answers, and nothing was answered then.")
        return Request(where, reason=str(error)[:300], fails=True)


def _asks(step: rules.Step, waited: set[str]) -> str:
    """A step whose answer is read and not known."""
    sources = " ".join([step.when, *(line.expression for line in step.lines)])
    return next((name for name in sorted(waited) if f"steps.{name}" in sources or f'"{name}"' in sources), "")
