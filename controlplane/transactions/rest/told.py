"""One transaction in the words of the API, put together from what its page reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from controlplane.transactions.models import Attempt, StepRun
from controlplane.transactions.rules.flow import Step
from controlplane.transactions.rules.states import StepKind, StepState
from controlplane.transactions.search.fields import key_fields
from controlplane.transactions.selectors.detail import TransactionDetail
from controlplane.transactions.selectors.inbox import Received

NOT_STARTED = "not-started"


def transaction(shown: TransactionDetail) -> dict[str, Any]:
    """A transaction with a part of its steps."""
    row, facts, part = shown.transaction, shown.facts, shown.facts.part
    explained = shown.explanation
    same = {name: getattr(row, name) for name in _SAME}
    integration = facts.integration
    return same | {
        "state": shown.state,
        "settled": shown.is_settled,
        "title": shown.title,
        "headline": explained.lead,
        "advice": explained.rest,
        "integration": integration,
        "team": integration.team.slug if integration else "",
        "flow": str(facts.flow_version or ""),
        "contract": str(shown.contract or ""),
        "observed": shown.observed,
        "seconds": shown.seconds,
        "repeats": len(shown.repeats),
        "keys": _keys(shown),
        "cause": shown.cause.fingerprint if shown.cause else None,
        "steps": {"total": part.total, "part": part.number, "parts": part.parts, "steps": list(_steps(shown))},
    }


_SAME = (
    "id",
    "event_id",
    "event_type",
    "external_id",
    "received_at",
    "finished_at",
    "amount_minor",
    "currency",
    "correlation_id",
    "replay_of",
)


def received(found: Received) -> dict[str, Any]:
    """What is durable, and not processed yet."""
    nothing = dict.fromkeys(
        ("event_type", "external_id", "currency", "team", "flow", "contract", "observed", "advice"), ""
    )
    unknown = dict.fromkeys(("finished_at", "amount_minor", "correlation_id", "replay_of", "integration", "cause"))
    return {
        **nothing,
        **unknown,
        "id": found.id,
        "event_id": found.id,
        "state": "received",
        "settled": False,
        "title": found.integration,
        "headline": "Received and kept, not processed yet.",
        "received_at": found.at,
        "seconds": 0.0,
        "repeats": 0,
        "keys": [],
        "steps": {"total": 0, "part": 0, "parts": 1, "steps": []},
    }


def attempt(shown: TransactionDetail, one: Attempt) -> dict[str, Any]:
    """One try; what is personal in its words is masked as in bodies."""
    return {
        "number": one.number,
        "at": one.at,
        "seconds": one.ms / 1000,
        "outcome": one.get_outcome_display(),
        "status": one.status,
        "detail": shown.bodies.text(one.detail),
        "worker": one.worker,
    }


def attempts(shown: TransactionDetail, tries: Sequence[Attempt]) -> list[dict[str, Any]]:
    """Several."""
    return [attempt(shown, one) for one in tries]


def _keys(shown: TransactionDetail) -> list[dict[str, str]]:
    fields = {kind: name for name, kind in key_fields(slug for slug, _, _ in shown.keys).items()}
    return [{"field": fields[slug], "kind": kind, "value": value} for slug, kind, value in shown.keys]


def _steps(shown: TransactionDetail) -> Iterator[dict[str, Any]]:
    facts = shown.facts
    for run in facts.runs.values():
        yield _run(shown, run, facts.step(run.name))
    if not facts.is_large:
        yield from (
            _unstarted(one) for one in facts.steps if one.kind is not StepKind.MAP and one.name not in facts.runs
        )


def _run(shown: TransactionDetail, run: StepRun, step: Step | None) -> dict[str, Any]:
    place = shown.facts.places.get(run.id)
    is_leased = place is not None and place.leased
    state = StepState.RUNNING if is_leased else StepState(run.state)
    return {
        "name": run.name,
        "title": step.title if step else run.name,
        "state": state.name.lower(),
        "required": run.required,
        "step_run_id": run.id,
        "destination": run.destination.slug if run.destination else "",
        "error": run.error_class,
        "reason": shown.bodies.text(run.reason),
        "external_id": run.external_id,
        "attempts": run.attempts,
        "revision": run.revision,
        "queued_at": run.queued_at,
        "finished_at": run.finished_at,
        "due_at": place.due_at if place is not None and not is_leased else None,
        "tries": attempts(shown, shown.facts.of(run)),
    }


def _unstarted(step: Step) -> dict[str, Any]:
    empty = dict.fromkeys(("error", "reason", "external_id"), "")
    unknown = dict.fromkeys(("step_run_id", "queued_at", "finished_at", "due_at"))
    return {
        **empty,
        **unknown,
        "name": step.name,
        "title": step.title,
        "state": NOT_STARTED,
        "required": step.required,
        "destination": step.destination,
        "attempts": 0,
        "revision": 0,
        "tries": [],
    }
