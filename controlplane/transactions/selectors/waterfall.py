"""One transaction over time: a lane for each thing that was done, solid while working, hatched while waiting.

Pure: facts in, lanes out, in seconds from the receipt. The kit draws them (``{% waterfall %}``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from controlplane.inventory.models import System
from controlplane.transactions.models import Attempt, StepRun
from controlplane.transactions.rules.flow import Step
from controlplane.transactions.rules.retry import GOOD
from controlplane.transactions.rules.states import GOOD_STEP, QUESTIONS, Outcome, StepKind, StepState
from controlplane.transactions.selectors import parts
from controlplane.transactions.selectors.facts import Facts, Span
from controlplane.transactions.selectors.queue import Place

#: Shorter waits are not worth a bar.
LEAST_WAIT = 0.001
NORMALISE = "normalise"
_CHECKS = ("verify", "parse", "contract", "keys")

SHAPES = {
    StepState.PENDING: "wait",
    StepState.WAITING: "wait",
    StepState.RUNNING: "run",
    StepState.SUCCEEDED: "ok",
    StepState.UNKNOWN: "warn",
    StepState.DEAD: "dead",
    StepState.SKIPPED: "off",
    StepState.CANCELLED: "off",
    StepState.COMPENSATED: "part",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """From ``at`` for ``length`` seconds; ``look`` "", "wait" (hatched) or "err"."""

    at: float
    length: float
    look: str = ""
    critical: bool = False
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """One thing that was done, or is to be. ``step`` is its name in addresses; empty: nothing more to show."""

    name: str
    system: System | None
    kind: str
    bars: tuple[Bar, ...] = ()
    seconds: float | None = None
    note: str = ""
    step: str = ""
    number: int = 0
    url: str = ""
    depth: int = 0
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """When the lanes are looked at: ``now``, the zone of the pages, and how long a lease lasts."""

    now: datetime
    zone: ZoneInfo
    lease: timedelta

    def words(self, at: datetime) -> str:
        """``14:32:10``, with the day when it is another one."""
        here, today = at.astimezone(self.zone), self.now.astimezone(self.zone).date()
        return here.strftime("%H:%M:%S" if here.date() == today else "%-d %b %H:%M")


def lanes(facts: Facts, clock: Clock, contract: str = "") -> tuple[Lane, ...]:
    """The lanes of a transaction, top to bottom; ``contract`` names the version it was judged by.

    Of a large one, those of the part that is looked at; numbers go on from part to part.
    """
    critical = _critical(facts)
    begins = [_received(facts), *_inline(facts, facts.spans, contract)]
    if facts.drawn is not facts.spans:
        found = list(_inline(facts, facts.drawn, contract))
        return tuple(replace(lane, number=number) for number, lane in enumerate(found, parts.SPANS + 1))
    if facts.is_large:
        steps = [_part_lane(facts, run, clock, critical=run.name in critical) for run in facts.runs.values()]
    else:
        steps = list(_all_lanes(facts, clock, critical))
    found = [*(begins if facts.part.number == 0 else []), *steps]
    before = len(begins) + facts.part.first if facts.part.number else 0
    return tuple(replace(lane, number=number) for number, lane in enumerate(found, before + 1))


def _all_lanes(facts: Facts, clock: Clock, critical: set[str]) -> Iterator[Lane]:
    for step in facts.steps:
        if step.kind is not StepKind.MAP:
            run = facts.runs.get(step.name)
            yield _step_lane(facts, step, run, clock, critical=step.name in critical)
    # Of an old flow version that cannot be read any more, what ran is shown all the same.
    for run in facts.runs.values():
        if facts.step(run.name) is None:
            yield _run_lane(facts, run, run.name, clock, critical=False)


def _part_lane(facts: Facts, run: StepRun, clock: Clock, *, critical: bool) -> Lane:
    step = facts.step(run.name)
    if step is None:
        return _run_lane(facts, run, run.name, clock, critical=critical)
    return _step_lane(facts, step, run, clock, critical=critical)


def _received(facts: Facts) -> Lane:
    transaction, source = facts.transaction, facts.source
    name = f"Received from {source.name}" if source else "Received"
    if transaction.sync_run_id is not None:
        name = f"Read from {source.name} by sync run {transaction.sync_run_id}" if source else name
    return Lane(name, source.system if source else None, "ok", (Bar(0.0, 0.0, critical=True),))


def _inline(facts: Facts, spans: Sequence[Span], contract: str) -> Iterator[Lane]:
    """Queue, check, normalise, route and the pure steps, as the trace tells of them."""
    start = facts.transaction.received_at.timestamp()
    done = [span for span in spans if span.get("name") != "receive"]
    if spans is facts.spans and done and (waited := _at(done[0], start)) > LEAST_WAIT:
        yield Lane("Queue", None, "ok", (Bar(0.0, waited, "wait"),), waited, "waiting")
    checks = [span for span in done if span.get("name") in _CHECKS]
    if checks:
        yield _span_lane(f"Check against {contract}" if contract else "Read it", checks, start, "")
    for span in done:
        name = str(span.get("name", ""))
        if name == "normalise":
            yield _span_lane(f"Map to {facts.transaction.event_type}", [span], start, NORMALISE)
        elif name == "route" and facts.flow_version is None:
            yield _span_lane("Find a flow for it", [span], start, "", facts.transaction.headline)
        elif name.startswith("map:"):
            step = facts.step(name.removeprefix("map:"))
            yield _span_lane(step.title if step else name, [span], start, step.name if step else "")


def _span_lane(name: str, spans: Sequence[Span], start: float, step: str, note: str = "") -> Lane:
    at = _at(spans[0], start)
    seconds = sum(int(span.get("us", 0)) for span in spans) / 1_000_000
    error = next((str(span["error"]) for span in spans if span.get("error")), "")
    bar = Bar(at, seconds, "err" if error else "", critical=not error)
    return Lane(name, None, "bad" if error else "ok", (bar,), seconds, error or note, step)


def _at(span: Span, start: float) -> float:
    return max(0.0, int(span.get("at", 0)) / 1000 - start)


def _step_lane(facts: Facts, step: Step, run: StepRun | None, clock: Clock, *, critical: bool) -> Lane:
    title = step.title if step.required else f"{step.title} (optional)"
    if run is None:
        return Lane(title, None, "off", note="Not started", step=step.name)
    return _run_lane(facts, run, title, clock, critical=critical, needs=step.needs)


def _run_lane(
    facts: Facts, run: StepRun, title: str, clock: Clock, *, critical: bool, needs: Sequence[str] = ()
) -> Lane:
    system = run.destination.instance.system if run.destination else None
    place, attempts = facts.places.get(run.id), facts.of(run)
    bars = tuple(_bars(facts, run, attempts, place, clock, critical=critical))
    kind = _kind(run, place)
    seconds = max(bar.at + bar.length for bar in bars) - min(bar.at for bar in bars) if bars else None
    note = _question_note(run, attempts, place, clock) or _note(run, attempts, place, needs, clock)
    if run.attempts > len(attempts) > 1:
        note = ", ".join(
            part for part in (note, f"{run.attempts:,} tries, the newest {len(attempts) - 1} drawn") if part
        )
    return Lane(title, system, kind, bars, seconds, note, run.name)


def _bars(
    facts: Facts, run: StepRun, attempts: Sequence[Attempt], place: Place | None, clock: Clock, *, critical: bool
) -> Iterator[Bar]:
    """Waiting and working in turn: each try is a bar of its own."""
    start = facts.transaction.received_at
    idle = min((at for at in (run.queued_at, *(a.at for a in attempts[:1])) if at is not None), default=None)
    for attempt in attempts:
        yield from _wait(idle, attempt.at, start)
        good = Outcome(attempt.outcome) in GOOD
        failed_for_good = attempt is attempts[-1] and run.state == StepState.DEAD
        look = "err" if failed_for_good else ""
        yield Bar(_since(start, attempt.at), attempt.ms / 1000, look, critical and good, not good and not look)
        idle = attempt.at + timedelta(milliseconds=attempt.ms)
    if place is None:
        return
    if place.leased and place.due_at is not None:
        began = max(place.due_at - clock.lease, idle or start)
        yield from _wait(idle, began, start)
        yield Bar(_since(start, began), max(0.0, (clock.now - began).total_seconds()))
    else:
        yield from _wait(idle, clock.now, start)


def _wait(begin: datetime | None, end: datetime, start: datetime) -> Iterator[Bar]:
    length = (end - begin).total_seconds() if begin is not None else 0.0
    if begin is not None and length > LEAST_WAIT:
        yield Bar(_since(start, begin), length, "wait")


def _since(start: datetime, at: datetime) -> float:
    return max(0.0, (at - start).total_seconds())


def _kind(run: StepRun, place: Place | None) -> str:
    if place is not None and place.leased:
        return "run"
    if place is not None and place.held:
        return "pause"
    return SHAPES[StepState(run.state)]


def _note(run: StepRun, attempts: Sequence[Attempt], place: Place | None, needs: Sequence[str], clock: Clock) -> str:
    last = attempts[-1] if attempts else None
    match StepState(run.state):
        case StepState.DEAD:
            code = run.error_class.rpartition(".")[2]
            return " ".join(str(part) for part in (last.status if last else None, code) if part)
        case StepState.SKIPPED:
            return f"Not started: {run.reason}" if run.reason else "Not started"
        case StepState.WAITING:
            return f"Waits for {', '.join(needs)}" if needs else "Waits for its turn"
        case StepState.SUCCEEDED if len(attempts) > 1:
            first = attempts[0]
            return f"{first.status or first.get_outcome_display()}, then again"
        case StepState.PENDING | StepState.UNKNOWN | StepState.RUNNING if place is not None:
            return _standing(run, place, clock)
    return ""


def _question_note(run: StepRun, attempts: Sequence[Attempt], place: Place | None, clock: Clock) -> str:
    """Of a question what it waits for, or how it came to its answer; empty where there is nothing to say."""
    state = StepState(run.state)
    if run.kind not in QUESTIONS or not attempts:
        return ""
    if state is StepState.WAITING and place is not None:
        until = f" until {clock.words(place.due_at)}" if place.due_at and not (place.is_due or place.leased) else ""
        return f"waits for its identity{until}"
    return _answered(*(Outcome(one.outcome) for one in (attempts[0], attempts[-1]))) if state in GOOD_STEP else ""


def _answered(first: Outcome, last: Outcome) -> str:
    if last is Outcome.CACHED:
        return "known from before, not asked"
    if last is Outcome.SUCCEEDED:
        return "it came" if first is Outcome.WAITS else ""
    return f"{last.label.lower()}: its fall-back was used"


def _standing(run: StepRun, place: Place, clock: Clock) -> str:
    if place.leased:
        return "being sent"
    if place.held:
        return _held(place, clock)
    if place.broken:
        return f"{place.destination} keeps failing: only probed for now"
    if place.due_at is None:
        return "an earlier event of the same key goes first"
    if place.is_due:
        return "waits for a worker"
    looked = "looked up" if run.state == StepState.UNKNOWN else "next try"
    return f"{looked} at {clock.words(place.due_at)}"


def _held(place: Place, clock: Clock) -> str:
    if place.retired:
        return f"{place.destination} is retired"
    until = f" until {clock.words(place.paused_until)}" if place.paused_until else ""
    return f"{place.destination} is paused{until}"


def _critical(facts: Facts) -> set[str]:
    """The steps on the critical path: back from the last required one, by the need that ended last."""
    ends = {run.name: run.finished_at for run in facts.runs.values() if run.finished_at and facts.of(run)}
    required = [step for step in facts.steps if step.required and step.name in ends]
    path: set[str] = set()
    step = max(required, key=lambda one: ends[one.name], default=None)
    while step is not None:
        path.add(step.name)
        needs = [need for need in step.needs if need in ends]
        step = facts.step(max(needs, key=lambda need: ends[need])) if needs else None
    return path
