"""Ask for a replay: preview what each target will do, then freeze the selection and queue it.

A replay repeats a step run with the same idempotency key: a target that honours keys does nothing
twice, and for the others the connector looks up first. Once it has succeeded, steps that were skipped
because of it wait again and go on by themselves (``pipeline.advancing``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from connectors.errors import NotSupported
from connectors.interface import connector_class
from connectors.messages import Effect
from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Action
from controlplane.transactions.models import (
    Destination,
    FlowVersion,
    Replay,
    ReplayItem,
    ReplayItemState,
    StepRun,
    Transaction,
)
from controlplane.transactions.pipeline.catalogue import KnownDestination, catalogue
from controlplane.transactions.replay import statements
from controlplane.transactions.rules.flow import Step, read_steps
from controlplane.transactions.rules.states import StepState, TransactionState

MAX_ITEMS = 10_000

WORDS: dict[Effect, str] = {
    Effect.IDEMPOTENT: "Sets the same values again: repeating changes nothing more.",
    Effect.KEYED: "Sent with the same idempotency key: the target does it once.",
    Effect.UNSAFE: "Looked up first: written only if it is not there yet.",
}


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """What replaying one step run will do, or why it is not possible."""

    step_run_id: UUID
    transaction_id: UUID
    title: str
    destination: str
    effect: Effect
    words: str
    allowed: bool
    why_not: str = ""


def preview(access: Access, step_run_ids: Sequence[UUID]) -> list[PlannedItem]:
    """A dry run: one item for each step run that ``access`` can see, in the order asked; nothing is changed."""
    if len(step_run_ids) > MAX_ITEMS:
        raise Invalid(f"A replay takes up to {MAX_ITEMS} step runs; {len(step_run_ids)} were chosen.")
    runs = StepRun.objects.in_bulk(list(step_run_ids))
    transactions = Transaction.objects.visible_to(access).in_bulk([run.transaction_id for run in runs.values()])
    destinations = Destination.objects.select_related("instance__system").in_bulk()
    versions = FlowVersion.objects.in_bulk({run.flow_version_id for run in runs.values()})
    steps = {pk: {step.name: step for step in read_steps(version.steps)} for pk, version in versions.items()}
    teams = dict(Integration.objects.values_list("id", "team_id"))
    plan = []
    for identifier in dict.fromkeys(step_run_ids):
        run = runs.get(identifier)
        if run is None or (found := transactions.get(run.transaction_id)) is None:
            continue
        destination = destinations.get(run.destination_id or 0)
        plan.append(_planned(access, run, found, destination, steps[run.flow_version_id][run.name], teams))
    return plan


def _planned(
    access: Access,
    run: StepRun,
    found: Transaction,
    destination: Destination | None,
    step: Step,
    teams: dict[int, int],
) -> PlannedItem:
    effect = _effect(destination, step)
    why_not = _why_not(access, run, found, destination, teams)
    return PlannedItem(
        run.id,
        run.transaction_id,
        step.title,
        destination.name if destination else "",
        effect,
        WORDS[effect],
        not why_not,
        why_not,
    )


def _effect(destination: Destination | None, step: Step) -> Effect:
    if destination is None:
        return Effect.UNSAFE
    try:
        return connector_class(destination.instance.system.connector).operation(step.operation).effect
    except NotSupported:
        return Effect.UNSAFE


def _why_not(
    access: Access, run: StepRun, found: Transaction, destination: Destination | None, teams: dict[int, int]
) -> str:
    if not access.may(Action.REPLAY, teams.get(found.integration_id)):
        return "Your role does not replay for this team."
    if destination is None or not destination.active:
        return "Its destination does not take deliveries any more."
    if run.state not in {StepState.DEAD, StepState.SUCCEEDED}:
        return f"It is {StepState(run.state).label.lower()}: only a finished step is replayed."
    if found.state == TransactionState.CANCELLED:
        return "Its transaction was cancelled."
    if found.canonical_id is None:
        return "Its payload is not kept any more."
    return ""


@transaction.atomic
def request_replay(access: Access, *, step_run_ids: Sequence[UUID], reason: str, query: str = "") -> Replay:
    """Freeze the selection, record who and why, and queue what may be replayed.

    Raises :class:`Invalid` without a reason, :class:`NotAllowed` when nothing of it may be replayed by
    this person, :class:`Conflict` when nothing of it can.
    """
    if not reason.strip():
        raise Invalid("Say why it is replayed: the reason is kept with it.", field="reason")
    plan = preview(access, step_run_ids)
    allowed = [item for item in plan if item.allowed]
    if not allowed:
        raise _nothing(plan)
    replay = _freeze(access, plan, reason.strip(), query)
    queued = _queue(replay, [item.step_run_id for item in allowed])
    audit.record(
        "replay.requested",
        actor=access.actor,
        subject=Subject("replay", str(replay.pk)),
        reason=reason.strip(),
        details={"items": len(plan), "queued": queued, "query": bool(query)},
    )
    ring_on_commit("deliver")
    return replay


def _nothing(plan: Sequence[PlannedItem]) -> NotAllowed | Conflict:
    why = plan[0].why_not if plan else "None of them exists, or they are not yours to see."
    if plan and all("role" in item.why_not for item in plan):
        return NotAllowed(f"Nothing was replayed. {why}")
    return Conflict(f"Nothing was replayed. {why}")


def _freeze(access: Access, plan: Sequence[PlannedItem], reason: str, query: str) -> Replay:
    first = Transaction.objects.get(pk=next(item for item in plan if item.allowed).transaction_id)
    team_id = Integration.objects.values_list("team_id", flat=True).get(pk=first.integration_id)
    replay = Replay.objects.create(
        team_id=team_id, requested_by_id=UUID(access.person_id), reason=reason, query=query, total=len(plan)
    )
    ReplayItem.objects.bulk_create(
        ReplayItem(
            replay=replay,
            step_run_id=item.step_run_id,
            transaction_id=item.transaction_id,
            ordinal=ordinal,
            state=ReplayItemState.WAITING if item.allowed else ReplayItemState.SKIPPED,
            result=item.why_not,
        )
        for ordinal, item in enumerate(plan, 1)
    )
    return replay


def _queue(replay: Replay, step_run_ids: Sequence[UUID]) -> int:
    """One statement each for the batch: lock transactions, reopen, enqueue, mark the items.

    A step that somebody else reopened in the meantime is not queued twice: its item says so.
    """
    snapshot = catalogue.snapshot()
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCK, [list(step_run_ids)])
        cursor.execute(statements.REOPEN, [replay.pk, list(step_run_ids)])
        reopened = cursor.fetchall()
        ids = [row[0] for row in reopened]
        cursor.execute(statements.RUN_AGAIN, [[row[1] for row in reopened]])
        names = [_resource(snapshot.destinations.get(row[2]), row[3], row[4]) for row in reopened]
        cursor.execute(statements.ENQUEUE, [ids, [row[1] for row in reopened], [row[2] for row in reopened], names])
        cursor.execute(statements.MARK, [replay.pk, ids])
        cursor.execute(statements.LEFT_OUT, [replay.pk])
    return len(reopened)


def _resource(destination: KnownDestination | None, flow_version_id: int, name: str) -> str:
    """What it writes; "" for a destination that is newer than what this process knows."""
    if destination is None:
        return ""
    step = catalogue.flow(flow_version_id).step(name)
    try:
        return destination.connector.operation(step.operation).resource
    except NotSupported:
        return ""
