"""What happened, what is safe and what to do, in the words of somebody who did not build it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from controlplane.transactions.models import StepRun
from controlplane.transactions.rules.states import QUESTIONS, StepState
from controlplane.transactions.rules.states import TransactionState as State
from controlplane.transactions.selectors.facts import Facts
from controlplane.transactions.selectors.queue import Place
from controlplane.transactions.selectors.waterfall import Clock


@dataclass(frozen=True, slots=True)
class Cause:
    """How many open dead letters share a cause, this one included, and since when."""

    count: int
    since: datetime
    fingerprint: str
    is_least: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """``kind`` of note ("bad", "warn", "run", "") and its shape; ``lead`` in bold, then ``rest``."""

    kind: str
    glyph: str
    lead: str
    rest: str


#: What helps, by the first word of an error class.
ADVICE = {
    "rejected": "Correct the data at its source, or the mapping, and then replay.",
    "transient": "When {system} is well again, replay it.",
    "rate_limited": "When {system} has room again, replay it.",
    "outcome_unknown": "Look in {system} if it arrived; a replay looks first, too.",
    "unknown": "Look in {system} if it arrived; a replay looks first, too.",
    "auth_failed": "Replace the credential of {system}, and then replay.",
    "contract_broken": "{system} answers otherwise than agreed; ask its owner before you replay.",
    "refused": "We do not connect to that address; an operator has to allow it before a replay.",
    "not_supported": "The connector cannot do this; the flow has to change before a replay.",
    "mapping_failed": "Correct the mapping or the data, and then replay.",
    "not_found": "Make the record in {system}, or correct the data, and then replay.",
    "absent": "Make the record in {system}, or correct the data, and then replay.",
    "expired": "When it is there in {system}, replay it; a replay waits anew.",
    "ownership": "It is replayed once that is settled; until then a replay is blocked again.",
    "secret_unavailable": "Make the secret available in the vault again, and then replay.",
}

#: So many steps are named in a sentence; of more, how many there are.
NAMED = 6

Text = Callable[[str], str]


def explain(facts: Facts, cause: Cause | None, clock: Clock, text: Text) -> Explanation:
    """The explanation of a transaction; ``text`` masks what is personal in a reason."""
    state = State(facts.transaction.state)
    match state:
        case State.DEAD | State.PARTIAL:
            return _failed(facts, state, cause, clock, text)
        case State.QUARANTINED:
            return _quarantined(facts, text)
        case State.SUCCEEDED:
            return Explanation("", "ok", "Everything arrived.", _done_words(facts))
        case State.IGNORED:
            return Explanation("", "off", "Nothing had to be done.", _ignored(facts, text))
        case State.CANCELLED:
            return Explanation("", "off", "A person ended it.", _cancelled(facts, text))
        case _:
            return _under_way(facts, clock, text)


def _failed(facts: Facts, state: State, cause: Cause | None, clock: Clock, text: Text) -> Explanation:
    first = facts.failed
    if first is None:
        return Explanation("bad", "bad", "It failed.", text(facts.transaction.reason or facts.transaction.headline))
    system = _system(first)
    title = _title(facts, first)
    said = text(first.reason).rstrip(".")
    done = _done(facts)
    if state is State.PARTIAL:
        lead = f"What matters is done; “{title}”, which is optional, is not."
    else:
        safe = f" Safe: {done}." if done else " Nothing was written anywhere."
        lead = f"“{title}” {'got no answer from' if first.kind in QUESTIONS else 'did not reach'} {system}.{safe}"
    parts = [f"{system} answered: {said}." if _answered(facts, first) else f"{said}."]
    not_begun = _named(facts, StepState.SKIPPED, _title)
    if not_begun:
        parts.append(f"Not begun: {not_begun}.")
    if cause is not None and cause.count > 1:
        parts.append(_others(cause.count - 1, cause, clock))
    parts.append(_advice(first, system))
    kind, glyph = ("warn", "part") if state is State.PARTIAL else ("bad", "bad")
    return Explanation(kind, glyph, lead, " ".join(parts))


def _others(count: int, cause: Cause, clock: Clock) -> str:
    words = "1 other" if count == 1 else f"{count} others"
    return f"{'At least ' if cause.is_least else ''}{words} failed the same way since {clock.words(cause.since)}."


def _quarantined(facts: Facts, text: Text) -> Explanation:
    error, source = facts.transaction.error_class, facts.source.name if facts.source else "its sender"
    reason = text(facts.transaction.reason).rstrip(".")
    advice = {
        "contract": f"Ask the owner of {source} to send what was agreed, or change the contract.",
        "mapping": "Correct the mapping to the canonical form.",
        "unconfigured": "Complete the configuration.",
        "unreadable": f"Ask the owner of {source} what it sends.",
    }.get(error, "An operator has to look at it.")
    lead = "It was received and is kept, and nothing was sent anywhere."
    return Explanation("bad", "bad", lead, f"{reason}. {advice}")


def _ignored(facts: Facts, text: Text) -> str:
    words = {
        "echo": "It is our own write, reported back by the system; sending it on would go round in circles.",
        "no route": f"No flow takes {facts.transaction.event_type}.",
        "stale": "A newer version of the same record has been written already.",
    }
    return words.get(facts.transaction.reason, text(facts.transaction.headline or facts.transaction.reason))


def _cancelled(facts: Facts, text: Text) -> str:
    done = _done(facts)
    reason = text(facts.transaction.reason)
    return " ".join([f"{reason.rstrip('.')}." if reason else "", f"Done before: {done}." if done else ""]).strip()


def _under_way(facts: Facts, clock: Clock, text: Text) -> Explanation:
    done = _done(facts)
    so_far = f"Done so far: {done}." if done else "Nothing has been written yet."
    for place in facts.places.values():
        run = next((one for one in facts.runs.values() if one.id == place.step_run_id), None)
        if run is None or place.leased:
            continue
        title = _title(facts, run)
        if place.held:
            return Explanation("", "pause", _held(place), f"“{title}” waits; nothing is lost. {so_far}")
        if run.state == StepState.WAITING and place.due_at is not None:
            lead = f"“{title}” waits, until {clock.words(place.due_at)} at the latest."
            return Explanation("", "wait", lead, f"{text(run.reason)} It goes on as soon as that is known. {so_far}")
        if place.due_at is not None and not place.is_due and run.attempts:
            lead = f"“{title}” is tried again at {clock.words(place.due_at)}."
            last = f"Last time: {text(run.reason).rstrip('.')}.{_meanwhile(run)}"
            return Explanation("warn", "wait", lead, f"{last} {so_far}")
    waiting = State(facts.transaction.state) is State.WAITING
    lead = "It waits." if waiting else "It is on its way."
    reason = text(facts.transaction.reason)
    return Explanation("run", "wait" if waiting else "run", lead, f"{f'{reason} ' if reason else ''}{so_far}")


def _held(place: Place) -> str:
    if place.retired:
        return f"{place.destination} is retired: nothing is sent there until it is active again."
    why = f" ({place.pause_reason})" if place.pause_reason else ""
    return f"{place.destination} is paused{why}."


def _meanwhile(run: StepRun) -> str:
    """What a person has to do before a further try can go well, where there is something."""
    if run.error_class.partition(".")[0] != "auth_failed":
        return ""
    return f" Replace the credential of {_system(run)}: then it goes out by itself."


def _done(facts: Facts) -> str:
    """What was written, and where: "the invoice in Tryton"; empty where nothing was."""
    return _named(facts, StepState.SUCCEEDED, lambda facts, run: f"“{_title(facts, run)}” in {_system(run)}")


def _named(facts: Facts, state: StepState, words: Callable[[Facts, StepRun], str]) -> str:
    """The steps in a state: a few by name, of many how many more there are. Those that asked have done nothing."""
    found = [run for run in facts.runs.values() if run.state == state]
    writing = [run for run in found if state is not StepState.SUCCEEDED or run.kind not in QUESTIONS]
    total = facts.part.count(state) - len(found) + len(writing)
    named = [words(facts, run) for run in writing][:NAMED]
    if total and not named:
        return f"{total:,} steps"
    more = total - len(named)
    return _listed([*named, f"{more:,} more"] if more else named) if named else ""


def _done_words(facts: Facts) -> str:
    done, left_out = _done(facts), _named(facts, StepState.SKIPPED, _title)
    words = f"Done: {done}." if done else "No step had to write anything."
    return f"{words} Not needed: {left_out}." if left_out else words


def _title(facts: Facts, run: StepRun) -> str:
    step = facts.step(run.name)
    return step.title if step else run.name


def _system(run: StepRun) -> str:
    return run.destination.instance.name if run.destination else "its target"


def _answered(facts: Facts, run: StepRun) -> bool:
    attempts = facts.of(run)
    return bool(attempts) and attempts[-1].status is not None


def _advice(run: StepRun, system: str) -> str:
    return ADVICE.get(run.error_class.partition(".")[0], "Find out why, and then replay it.").format(system=system)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
