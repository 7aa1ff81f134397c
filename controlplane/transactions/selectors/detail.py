"""One transaction, put together: what it was, how it went, what it belongs to, and each step from near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings

from controlplane.contracts.models import ContractVersion
from controlplane.foundation import clock
from controlplane.inventory.models import EntityKind
from controlplane.people.access import Access
from controlplane.transactions.models import (
    DeadLetter,
    MappingVersion,
    Repeat,
    ReplayItem,
    StepRun,
    Transaction,
    TransactionKey,
)
from controlplane.transactions.rules import money
from controlplane.transactions.rules.flow import MappingLine, Step, read_lines
from controlplane.transactions.rules.mapping import MappingFailed, apply
from controlplane.transactions.rules.states import SETTLED_TRANSACTION, Outcome, StepKind, StepState, TransactionState
from controlplane.transactions.selectors import mapping, parts
from controlplane.transactions.selectors.bodies import Bodies, words_of
from controlplane.transactions.selectors.explanation import Cause, Explanation, explain
from controlplane.transactions.selectors.facts import Facts, facts_of
from controlplane.transactions.selectors.listing import Row, rows_of
from controlplane.transactions.selectors.ownership import Told, told_of
from controlplane.transactions.selectors.queue import standing
from controlplane.transactions.selectors.sentences import Seen
from controlplane.transactions.selectors.waterfall import NORMALISE, Clock, Lane, lanes

#: So many neighbours are listed; more are found by searching for the trace.
NEIGHBOURS = 20
#: As many as one replay takes; it says so itself when there are more.
MOST_DEAD = 10_000
#: Counting those of one cause stops here.
SAME_CAUSE = 1_000

OUTCOME_SHAPES = {
    Outcome.SUCCEEDED: "ok",
    Outcome.FOUND: "ok",
    Outcome.TRANSIENT: "warn",
    Outcome.RATE_LIMITED: "warn",
    Outcome.UNKNOWN: "warn",
    Outcome.TAKEN_OVER: "warn",
    Outcome.SECRET_UNAVAILABLE: "warn",
    Outcome.STALE: "off",
    Outcome.CACHED: "ok",
    Outcome.WAITS: "wait",
    Outcome.EXPIRED: "warn",
    Outcome.NOT_FOUND: "warn",
    Outcome.ABSENT: "warn",
}


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt, in the words of the kit's ``{% attempts %}``."""

    number: int
    at: datetime
    seconds: float
    kind: str
    outcome: str
    detail: str
    next_at: datetime | None
    worker: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """A step from near. ``run_id`` is None for what ran inline; ``lines`` is its mapping."""

    name: str
    number: int
    title: str
    run_id: UUID | None
    lines: Sequence[MappingLine]
    whole: str
    before: str
    after: str


class TransactionDetail:
    """A transaction for one person; what costs a statement is read when it is first asked for."""

    def __init__(
        self, access: Access, transaction: Transaction, now: datetime, part: int | None = None, inline: int = 0
    ) -> None:
        self.access = access
        self.transaction = transaction
        self.now, self.inline = now, inline
        self.facts: Facts = facts_of(transaction, part, inline)
        self.clock = Clock(now, clock.zone(), timedelta(seconds=settings.LEASE_SECONDS))

    @cached_property
    def bodies(self) -> Bodies:
        """Its bodies, as this person may see them."""
        return Bodies(self.access, self.facts)

    @property
    def title(self) -> str:
        """The flow's name; of what reached no flow, its integration's."""
        facts = self.facts
        if facts.flow_version is not None:
            return facts.flow_version.flow.name
        return facts.integration.name if facts.integration else self.transaction.event_type

    @property
    def state(self) -> str:
        """Its state's name, as pages know it; a running one that only waits says so."""
        state = TransactionState(self.transaction.state)
        if state is TransactionState.RUNNING and self.facts.places:
            return standing(self.facts.places.values())[0]
        return state.name.lower()

    @property
    def is_settled(self) -> bool:
        """Nothing more happens by itself."""
        return TransactionState(self.transaction.state) in SETTLED_TRANSACTION

    @property
    def seconds(self) -> float:
        """From receipt to end, or until now."""
        end = self.transaction.finished_at or self.now
        return max(0.0, (end - self.transaction.received_at).total_seconds())

    @property
    def amount(self) -> str:
        """Its money in words, empty where it has none."""
        return money.written(self.transaction.amount_minor, self.transaction.currency)

    @cached_property
    def contract(self) -> ContractVersion | None:
        """The contract version it was checked against."""
        pk = (self.facts.span("contract") or {}).get("contract_version")
        return ContractVersion.objects.filter(pk=pk).select_related("contract", "change").first() if pk else None

    @cached_property
    def mapping_version(self) -> MappingVersion | None:
        """The mapping that made it canonical."""
        pk = (self.facts.span("normalise") or {}).get("mapping_version")
        return MappingVersion.objects.filter(pk=pk).select_related("mapping").first() if pk else None

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        """The waterfall's lanes."""
        contract = f"{self.contract.contract.name} v{self.contract.number}" if self.contract else ""
        return lanes(self.facts, self.clock, contract)

    @cached_property
    def cause(self) -> Cause | None:
        """How many open dead letters of this person's teams share its cause; None when it has none open."""
        letter = next((one for one in self.facts.letters.values() if one.resolved_at is None), None)
        if letter is None:
            return None
        same = DeadLetter.objects.visible_to(self.access).filter(fingerprint=letter.fingerprint, resolved_at=None)
        times = list(same.order_by("-died_at").values_list("died_at", flat=True)[: SAME_CAUSE + 1])
        since = min(times, default=letter.died_at)
        return Cause(len(times[:SAME_CAUSE]), since, str(letter.fingerprint), is_least=len(times) > SAME_CAUSE)

    @cached_property
    def explanation(self) -> Explanation:
        """What happened, what is safe, what to do."""
        return explain(self.facts, self.cause, self.clock, self.bodies.text)

    @property
    def observed(self) -> str:
        """How it broke its contract, which only observes: it was let in all the same. Empty where it did not."""
        span = self.facts.span("contract")
        aside = self.transaction.state == TransactionState.QUARANTINED
        return "" if span is None or aside else self.bodies.text(str(span.get("error", "")))

    @cached_property
    def breaches(self) -> list[Told]:
        """What it wrote, or would have, without owning it."""
        return told_of(self.transaction.id)

    @property
    def dead_runs(self) -> list[UUID]:
        """Step runs that a replay of this transaction would repeat."""
        if self.facts.runs.complete:
            return [run.id for run in self.facts.runs.values() if run.state == StepState.DEAD]
        dead = StepRun.objects.filter(transaction_id=self.transaction.id, state=StepState.DEAD).order_by("ordinal")
        return list(dead.values_list("id", flat=True)[: MOST_DEAD + 1])

    @cached_property
    def keys(self) -> list[tuple[str, str, str]]:
        """Its business keys: field name, kind in words, value."""
        kinds = {kind.id: kind for kind in EntityKind.objects.all()}
        rows = TransactionKey.objects.filter(transaction_id=self.transaction.id).order_by("kind_id", "value")
        known = [(kinds[row.kind_id], row.value) for row in rows if row.kind_id in kinds]
        return [(kind.slug, kind.name, value) for kind, value in known]

    @cached_property
    def repeats(self) -> list[Repeat]:
        """The same id again: duplicates and conflicts, kept as receipts."""
        return list(Repeat.objects.filter(transaction_id=self.transaction.event_id).order_by("-id")[:NEIGHBOURS])

    @cached_property
    def replays(self) -> list[ReplayItem]:
        """Replays that its steps were part of, newest first."""
        runs = [run.id for run in self.facts.runs.values()]
        items = ReplayItem.objects.filter(step_run_id__in=runs).select_related("replay__requested_by")
        return list(items.order_by("-replay_id")[:NEIGHBOURS])

    @cached_property
    def siblings(self) -> tuple[Row, ...]:
        """What else came of the same event: the same news in other flows."""
        return self._neighbours(event_id=self.transaction.event_id)

    @cached_property
    def journey(self) -> tuple[Row, ...]:
        """Other transactions of the same trace."""
        same_event = {row.id for row in self.siblings}
        found = self._neighbours(correlation_id=self.transaction.correlation_id)
        return tuple(row for row in found if row.id not in same_event)

    @cached_property
    def selected_by_default(self) -> str:
        """The step to look at first: the one that failed, else the last that was tried, else the first."""
        runs = list(self.facts.runs.values())
        dead = [run.name for run in runs if run.state == StepState.DEAD]
        tried = [run.name for run in runs if self.facts.of(run)]
        steps = [lane.step for lane in self.lanes if lane.step]
        return (dead[:1] or tried[-1:] or steps[-1:] or [""])[0]

    def step_view(self, name: str) -> StepView | None:
        """A step from near; None when there is no step of that name."""
        lane = next((one for one in self.lanes if one.step and one.step == name), None) or self._elsewhere(name)
        if lane is None:
            return None
        if name == NORMALISE:
            lines = read_lines(self.mapping_version.lines) if self.mapping_version else ()
            source = self.contract.contract.name if self.contract else "as received"
            return StepView(name, lane.number, lane.name, None, lines, "record", source, self.transaction.event_type)
        step, run = self.facts.step(name), self.facts.runs.get(name)
        lines = step.lines if step else ()
        after = step.operation if step else ""
        return StepView(
            name, lane.number, lane.name, run.id if run else None, lines, "event", self.transaction.event_type, after
        )

    def _elsewhere(self, name: str) -> Lane | None:
        """The lane of a step that is in another part; it has no number here."""
        run = self.facts.runs.get(name)
        if run is None:
            return None
        step = self.facts.step(name)
        return Lane(step.title if step else name, None, "", step=name)

    def pairs(self, view: StepView) -> list[mapping.Pair]:
        """Before and after of a step, on what is kept; empty when nothing is, or nothing may be seen."""
        if self.bodies.seen is Seen.NOTHING or not isinstance(self.bodies.envelope, Mapping):
            return []
        run = self.facts.runs.get(view.name)
        if view.name == NORMALISE:
            sent = self.bodies.envelope.get("data")
        else:
            sent = self.bodies.document(run.request_id) if run else None
        sent = sent if isinstance(sent, Mapping) else None
        context, sight = self._context(view.name), self.bodies.sight
        return mapping.pairs(
            view.lines, context, sent, sight=sight, suspects=self._suspects(view.name), whole=view.whole
        )

    def fields(self, view: StepView) -> list[tuple[str, Any, str]]:
        """Every field of what the step reads: path, value as it may be seen, and which targets it goes to."""
        if self.bodies.seen is Seen.NOTHING or not isinstance(self.bodies.envelope, Mapping):
            return []
        seen, context = self.bodies.sight.value, self._context(view.name)
        roots = [view.whole, "steps"] if context.get("steps") else [view.whole]
        return [
            (path, seen(value), ", ".join(mapping.readers(view.lines, path)))
            for root in roots
            for path, value in mapping.leaves(context.get(root) or {}, root)
        ]

    def tries(self, name: str, before: int | None = None) -> tuple[list[Try], int | None]:
        """The newest attempts of a step before the one of that number, in order, with what followed each.

        Also the number that leads to older ones, None where there are none.
        """
        run = self.facts.runs.get(name)
        if run is None:
            return [], None
        found = parts.tries_before(run.id, before)
        attempts, place = found[: parts.TRIES][::-1], self.facts.places.get(run.id)
        following = [attempt.at for attempt in attempts[1:]]
        due = place.due_at if place is not None and not place.leased and before is None else None
        tries = [
            Try(
                attempt.number,
                attempt.at,
                attempt.ms / 1000,
                OUTCOME_SHAPES.get(Outcome(attempt.outcome), "bad"),
                attempt.get_outcome_display(),
                " ".join(part for part in (str(attempt.status or ""), self.bodies.text(attempt.detail)) if part),
                next_at,
                attempt.worker,
            )
            for attempt, next_at in zip(attempts, [*following, due], strict=False)
        ]
        return tries, attempts[0].number if len(found) > parts.TRIES else None

    def _context(self, name: str) -> dict[str, Any]:
        """What the step's expressions could read: the event, and results of the steps before it."""
        envelope = self.bodies.envelope
        record = envelope.get("record") or {}
        if name == NORMALISE:
            return {"record": record, "event": record, "type": envelope.get("vendortype", "")}
        runs, inline = self._read_by(name)
        context = {
            "event": envelope.get("data") or {},
            "record": record,
            "type": envelope.get("vendortype", ""),
            "steps": {run.name: run.result for run in runs if run.result is not None and run.name != name},
            "transaction": {
                "id": str(self.transaction.id),
                "event_id": str(self.transaction.event_id),
                "correlation_id": str(self.transaction.correlation_id),
            },
        }
        for step in inline:
            if step.kind is StepKind.MAP and step.name != name:
                _add_inline(context, step)
        return context

    def _read_by(self, name: str) -> tuple[list[StepRun], Sequence[Step]]:
        """The runs and the pure steps whose results a step could read: of a large flow, those that it needs."""
        step = self.facts.step(name)
        if not self.facts.is_large or step is None:
            return list(self.facts.runs.values()), self.facts.steps if not self.facts.is_large else ()
        needed = [(self.facts.runs.get(need), self.facts.step(need)) for need in step.needs]
        return [run for run, _ in needed if run is not None], [one for _, one in needed if one is not None]

    def _suspects(self, name: str) -> frozenset[str]:
        """The words of a refusal, to mark the field it speaks of."""
        run = self.facts.runs.get(name)
        if run is None or run.state != StepState.DEAD:
            return frozenset()
        return words_of([run.reason, self.bodies.document(run.response_id)])

    def _neighbours(self, **by: UUID) -> tuple[Row, ...]:
        others = Transaction.objects.visible_to(self.access).filter(**by).exclude(pk=self.transaction.id)
        return rows_of(self.access, list(others.order_by("-id").values_list("id", flat=True)[:NEIGHBOURS]), self.now)


def detail(
    access: Access, identifier: UUID, now: datetime, part: int | None = None, inline: int = 0
) -> TransactionDetail:
    """The transaction for this person; 404 for one that is missing and for one of others, in the same words.

    ``part`` of its steps (None: that with what failed), and of its inline ones, by number from 0.
    """
    found = Transaction.objects.get_visible_or_404(access, pk=identifier)
    return TransactionDetail(access, found, now, part, inline)


def _add_inline(context: dict[str, Any], step: Step) -> None:
    """Pure steps are run again: they give the same. One that fails is left out, as it was then."""
    try:
        context["steps"][step.name] = apply(step.lines, context)
    except MappingFailed:
        return
