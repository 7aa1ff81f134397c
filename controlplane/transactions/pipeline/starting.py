"""Starting flows for an event that is understood: which ones, and what of them can begin at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from controlplane.foundation.expressions import BadExpression, ExpressionFailed, expression
from controlplane.transactions.pipeline.catalogue import LiveFlow, Snapshot
from controlplane.transactions.pipeline.drafts import Arrived, Draft, Quarantined, Span, StepDraft, span
from controlplane.transactions.pipeline.normals import Normal
from controlplane.transactions.rules import mapping
from controlplane.transactions.rules.flow import Step, next_moves
from controlplane.transactions.rules.mapping import MappingFailed
from controlplane.transactions.rules.states import StepKind, StepState, TransactionState


def matching(
    draft: Draft, arrived: Arrived, snapshot: Snapshot, normal: Normal | None, context: Mapping[str, Any]
) -> list[LiveFlow]:
    """The flows that the event's routes start, each once, in the order of the routes.

    Raises :class:`Quarantined` when one of them cannot be started: then none is, so that a release starts
    all of them, each once.
    """
    event_type = normal.canonical_type if normal else arrived.event.type
    flows: dict[int, LiveFlow] = {}
    with span(draft.spans, "route") as entry:
        for route in snapshot.routes.get(event_type, ()):
            if route.interface_id not in (None, arrived.source.interface_id):
                continue
            if route.defect:
                raise Quarantined("unconfigured", route.defect)
            if route.condition is None or _holds(route.condition, context):
                flows[route.flow_version_id] = snapshot.flows[route.flow_version_id]
        entry["detail"] = {"flows": [flow.flow for flow in flows.values()]}
        for flow in flows.values():
            _check(flow, snapshot)
    return list(flows.values())


def _holds(condition: Any, context: Mapping[str, Any]) -> bool:
    """A route's condition that fails is not met: it asks for a field that this event does not have."""
    try:
        return bool(condition.holds(context))
    except ExpressionFailed:
        return False


def _check(flow: LiveFlow, snapshot: Snapshot) -> None:
    if flow.defect:
        raise Quarantined("unconfigured", flow.defect)
    for step in flow.steps:
        if step.destination and step.destination not in snapshot.by_slug:
            raise Quarantined("unconfigured", f"{step.title}: there is no destination {step.destination!r}.")


def start(draft: Draft, flow: LiveFlow, context: Mapping[str, Any]) -> None:
    """Run the inline steps for the trace, draft the queued ones, and say what can begin."""
    draft.flow, draft.headline = flow, flow.name
    own = {**context, "steps": {}}
    if draft.id is not draft.row.id:
        own["transaction"] = {**context["transaction"], "id": str(draft.id)}
    draft.ordering = _ordering(flow, own)
    with_inline_results(flow.steps, own, draft.spans)
    queued = {step.name: StepState.WAITING for step in flow.steps if step.kind is not StepKind.MAP}
    moves = next_moves(flow.steps, queued, lambda step: step_holds(step, own))
    for ordinal, step in enumerate(flow.steps, 1):
        if step.name in queued:
            state = StepState.PENDING if step.name in moves.enqueue else StepState.WAITING
            state = StepState.SKIPPED if step.name in moves.skip else state
            draft.steps.append(StepDraft(step, ordinal, state, moves.skip.get(step.name, "")))
    draft.state = moves.state if draft.steps else TransactionState.SUCCEEDED


def _ordering(flow: LiveFlow, context: Mapping[str, Any]) -> str:
    if flow.ordering is None:
        return ""
    try:
        return str(flow.ordering.evaluate(context) or "")
    except ExpressionFailed:
        return ""


def with_inline_results(steps: Sequence[Step], context: dict[str, Any], spans: list[Span] | None = None) -> None:
    """Put the results of pure steps into ``context["steps"]``; one that cannot be run yet is left out.

    They are pure, so that running them again for a later step gives the same; their condition is asked as well.
    """
    for step in steps:
        if step.kind is not StepKind.MAP or step.name in context["steps"] or not step_holds(step, context):
            continue
        with span(spans if spans is not None else [], f"map:{step.name}") as entry:
            try:
                context["steps"][step.name] = mapping.apply(step.lines, context)
            except MappingFailed as error:
                entry["error"] = str(error)[:500]


def step_holds(step: Step, context: Mapping[str, Any]) -> bool:
    """Whether a step's condition is met. One that fails, or is none, is tried, so that its dead letter says why."""
    if not step.when:
        return True
    try:
        return expression(step.when).holds(context)
    except (ExpressionFailed, BadExpression):
        return True
