"""The dry run: for each step run of a selection what repeating it will do, or why it is not possible."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import orjson

from connectors.messages import Effect, OperationSpec
from controlplane.contracts.models import ContractVersion
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor
from controlplane.people.access import Access, Action
from controlplane.transactions.pipeline.claim_statements import NEWER_WRITTEN
from controlplane.transactions.replay import statements, today
from controlplane.transactions.replay.today import Target, Today
from controlplane.transactions.rules.flow import Step
from controlplane.transactions.rules.states import StepState, TransactionState

REPLAYABLE = frozenset({StepState.DEAD, StepState.SUCCEEDED})
SUPERSEDED = "superseded"


class Repeats(enum.Enum):
    """What repeating a delivery does outside."""

    OVERWRITES = "Sets the same values again: repeating changes nothing more."
    KEYED = "Sent with the same idempotency key: the target does it once."
    LOOKED_UP = "Looked up first: written only if it is not there yet."
    AGAIN = "Sent again: the target may not know its key any more, and nobody can look whether it is there already."
    ASKED = "Asks again: nothing is written."
    UNSAFE = "Nobody can say what repeating does: the connector does not know the operation."


class Standing(NamedTuple):
    """A step run and its transaction, as ``statements.STANDING`` reads them."""

    step_run_id: UUID
    transaction_id: UUID
    name: str
    state: int
    attempts: int
    revision: int
    destination_id: int | None
    flow_version_id: int
    integration_id: int
    transaction_state: int
    event_type: str
    endpoint_id: int | None
    source_id: int
    resource: str
    external_id: str
    source_version: int | None
    resolution: str
    has_body: bool
    judged_by: int | None

    @property
    def likeness(self) -> tuple[object, ...]:
        """Step runs of one likeness are judged alike, but for their record and contract."""
        return (*self[2:4], *self[5:12], self.resolution, self.has_body)


class PlannedItem(NamedTuple):
    """What replaying one step run will do, or ``why_not``; ``holds`` says what it would wait for."""

    step_run_id: UUID
    transaction_id: UUID
    title: str
    destination: str
    effect: Effect
    repeats: Repeats
    allowed: bool
    why_not: str = ""
    holds: str = ""
    older_flow: str = ""
    team_id: int | None = None
    destination_id: int | None = None
    flow_version_id: int = 0
    name: str = ""
    attempts: int = 0
    revision: int = 0
    integration_id: int = 0


def standings(step_run_ids: Iterable[UUID]) -> list[Standing]:
    """The step runs that there are, each once, in the order asked."""
    wanted = list(dict.fromkeys(step_run_ids))
    if not wanted:
        return []
    with statements.cursor() as cursor:
        asked = [orjson.dumps(wanted).decode(), min(wanted), max(wanted)]
        return list(map(Standing._make, cursor.execute(statements.STANDING, asked, binary=True).fetchall()))


def judge(access: Access, step_run_ids: Iterable[UUID], *, also: Sequence[Access] = ()) -> list[PlannedItem]:
    """A plan: one item for each step run that ``access`` can see; nothing is changed.

    What ``also`` others have to be allowed to do is asked of them as well: who asked for it, when another approves.
    """
    rows = standings(step_run_ids)
    facts = today.read(
        {row.integration_id for row in rows},
        {row.destination_id for row in rows if row.destination_id is not None},
        {row.flow_version_id for row in rows},
        {row.endpoint_id for row in rows if row.endpoint_id is not None},
        {row.event_type for row in rows},
    )
    teams = {pk: integration.team_id for pk, integration in facts.integrations.items()}
    seen = [row for row in rows if access.may(Action.SEE_TRANSACTIONS, teams.get(row.integration_id))]
    judge_one = _Judge(facts, (access, *also), _breaches(facts, seen), _overtaken(facts, seen))
    return [judge_one.item(row) for row in seen]


def _breaches(facts: Today, rows: Sequence[Standing]) -> dict[UUID, str]:
    """Breaches of today's contracts, of what was judged by none of them."""
    known: dict[tuple[int | None, int, str], tuple[Mapping[str, ContractVersion], frozenset[int | None]]] = {}
    changed = {}
    for row in rows:
        key = (row.endpoint_id, row.integration_id, row.event_type)
        if key not in known:
            interface = facts.interface_of(row.endpoint_id, row.integration_id)
            versions = facts.contracts.get((interface or 0, row.event_type), {})
            known[key] = versions, frozenset(version.pk for version in versions.values())
        versions, numbers = known[key]
        if versions and row.judged_by not in numbers:
            changed[row.transaction_id] = versions
    return today.breaches(changed)


def _overtaken(facts: Today, rows: Sequence[Standing]) -> set[UUID]:
    """Step runs whose record has been written in a newer version since: sending them would be refused as stale."""
    versioned = []
    for row in rows:
        if row.source_version is None:
            continue
        spec, target = _spec(facts, row), facts.targets.get(row.destination_id or 0)
        if target is not None and spec is not None and spec.resource:
            versioned.append((row, target.instance_id, spec.resource))
    if not versioned:
        return set()
    columns = [
        [instance for _, instance, _ in versioned],
        [resource for _, _, resource in versioned],
        [row.source_id for row, _, _ in versioned],
        [row.resource for row, _, _ in versioned],
        [row.external_id for row, _, _ in versioned],
        [row.source_version for row, _, _ in versioned],
    ]
    with statements.cursor() as cursor:
        places = cursor.execute(NEWER_WRITTEN, columns, binary=True).fetchall()
    return {versioned[place - 1][0].step_run_id for (place,) in places}


def _spec(facts: Today, row: Standing) -> OperationSpec | None:
    step, target = facts.versions[row.flow_version_id].steps.get(row.name), facts.targets.get(row.destination_id or 0)
    return target.operation(step.operation) if step is not None and target is not None else None


class _Memory(NamedTuple):
    """``since`` when the target remembers keys, as an id, and what repeating an older one does: it is ``forgotten``."""

    since: UUID | None = None
    forgotten: Repeats = Repeats.LOOKED_UP


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges one step run after the other by the same facts; what holds for all that are alike is worked out once."""

    facts: Today
    people: Sequence[Access]
    breaches: dict[UUID, str]
    overtaken: set[UUID]
    alike: dict[tuple[object, ...], tuple[PlannedItem, _Memory]] = field(default_factory=dict)

    def item(self, row: Standing) -> PlannedItem:
        """The item of one step run."""
        likeness = row.likeness
        if (found := self.alike.get(likeness)) is None:
            found = self.alike[likeness] = self._like(row), self._memory(row)
        like, memory = found
        why_not = like.why_not or self._own_reason(row)
        forgotten = memory.since is not None and row.step_run_id < memory.since and not row.revision
        return like._replace(
            step_run_id=row.step_run_id,
            transaction_id=row.transaction_id,
            repeats=memory.forgotten if forgotten else like.repeats,
            allowed=not why_not,
            why_not=why_not,
            attempts=row.attempts,
            revision=row.revision,
        )

    def _like(self, row: Standing) -> PlannedItem:
        version = self.facts.versions[row.flow_version_id]
        step, target = version.steps.get(row.name), self.facts.targets.get(row.destination_id or 0)
        integration = self.facts.integrations.get(row.integration_id)
        effect, repeats = _effect(step, _spec(self.facts, row))
        older = version.live is not None and version.live != version.number
        return PlannedItem(
            step_run_id=row.step_run_id,
            transaction_id=row.transaction_id,
            title=step.title if step else row.name,
            destination=target.name if target else "",
            effect=effect,
            repeats=repeats,
            allowed=False,
            why_not=self._permission(integration.team_id if integration else None)
            or _moved_on(row)
            or self._configured_away(row, step, target),
            holds=target.holds if target else "",
            older_flow=f"v{version.number}; v{version.live} is live" if older else "",
            team_id=integration.team_id if integration else None,
            destination_id=row.destination_id,
            flow_version_id=row.flow_version_id,
            name=row.name,
            integration_id=row.integration_id,
        )

    def _memory(self, row: Standing) -> _Memory:
        spec = _spec(self.facts, row)
        if spec is None or spec.effect is not Effect.KEYED or spec.key_lifetime is None:
            return _Memory()
        since = uuid7_floor(clock.now() - timedelta(seconds=spec.key_lifetime))
        return _Memory(since, Repeats.LOOKED_UP if spec.looks else Repeats.AGAIN)

    def _permission(self, team_id: int | None) -> str:
        for person in self.people:
            if not person.may(Action.REPLAY, team_id):
                mine = person is self.people[0]
                return (
                    "Your role does not replay for this team." if mine else f"{person.name} may not replay it any more."
                )
        return ""

    def _own_reason(self, row: Standing) -> str:
        if row.step_run_id in self.overtaken or row.resolution == SUPERSEDED:
            return "A newer event of the same record has been delivered there since; this one would be skipped."
        return self.breaches.get(row.transaction_id, "")

    def _configured_away(self, row: Standing, step: Step | None, target: Target | None) -> str:
        """What has become of the configuration since."""
        if target is None:
            return "Its destination does not take deliveries any more."
        if target.why_not:
            return target.why_not
        if problem := today.stage_problem(self.facts.integrations.get(row.integration_id)):
            return problem
        if step is None:
            return "Its flow cannot be read any more."
        interface = self.facts.interface_of(row.endpoint_id, row.integration_id)
        if not self.facts.routed(row.flow_version_id, row.event_type, interface):
            return "Its route has been switched off: such events do not start this flow any more."
        return ""


def _effect(step: Step | None, spec: OperationSpec | None) -> tuple[Effect, Repeats]:
    if step is not None and step.question is not None:
        return Effect.IDEMPOTENT, Repeats.ASKED
    if spec is None:
        return Effect.UNSAFE, Repeats.UNSAFE
    words = {Effect.IDEMPOTENT: Repeats.OVERWRITES, Effect.KEYED: Repeats.KEYED, Effect.UNSAFE: Repeats.LOOKED_UP}
    return spec.effect, words[spec.effect]


def _moved_on(row: Standing) -> str:
    """What has become of it since."""
    if row.state not in REPLAYABLE:
        return f"It is {StepState(row.state).label.lower()}: only a finished step is replayed."
    if row.transaction_state == TransactionState.CANCELLED:
        return "Its transaction was cancelled."
    return "" if row.has_body else "Its payload is not kept any more."
