"""A flow's steps as the pipeline reads them, and what happens next when one of them ends.

:func:`next_moves` is the heart of the flow engine: given the steps and the states of their runs it
says which to enqueue, which to skip and what the transaction has become. It is pure, so that the
state-machine test can try every history.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from controlplane.foundation.errors import Invalid
from controlplane.transactions.rules import questions
from controlplane.transactions.rules.questions import Identity, Link, LookUp
from controlplane.transactions.rules.states import (
    GOOD_STEP,
    QUESTIONS,
    SETTLED_STEP,
    Lane,
    StepKind,
    StepState,
    TransactionState,
)

T = TypeVar("T")

#: Publications have their place in the tables; a flow cannot ask for them yet.
KINDS = {
    "map": StepKind.MAP,
    "deliver": StepKind.DELIVER,
    "lookup": StepKind.LOOKUP,
    "identity": StepKind.IDENTITY,
}
LANES = {"critical": Lane.CRITICAL, "normal": Lane.NORMAL, "bulk": Lane.BULK}


@dataclass(frozen=True, slots=True)
class MappingLine:
    """``target`` (a dotted path) is given the value of ``expression`` (CEL)."""

    target: str
    expression: str


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a flow.

    ``needs`` are the names of steps that must have succeeded first; ``when`` (CEL over ``event`` and
    ``steps``) skips it when false. An optional step (``required=False``) that ends badly makes the
    transaction partial, not dead. ``keys`` are business keys learned from its receipt, ``links`` identities.
    ``question`` is what a look-up or a wait for an identity asks. ``entity`` is of what it writes a record, ``does``
    what it does to it, ``writes`` the attributes of targets that its lines do not tell (``rules.ownership``).
    ``contract``: what the data of a published event is agreed as (``pipeline.former``).
    """

    name: str
    title: str
    kind: StepKind
    needs: tuple[str, ...] = ()
    when: str = ""
    required: bool = True
    destination: str = ""
    operation: str = ""
    lines: tuple[MappingLine, ...] = ()
    lane: Lane | None = None
    keys: tuple[tuple[str, str], ...] = ()
    compensates: str = ""
    question: LookUp | Identity | None = None
    links: tuple[Link, ...] = ()
    entity: str = ""
    does: str = ""
    writes: tuple[tuple[str, str], ...] = ()
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Moves:
    """What to do with a transaction's step runs: names to enqueue and to skip, and its new state."""

    enqueue: tuple[str, ...] = ()
    skip: Mapping[str, str] = field(default_factory=dict)
    state: TransactionState = TransactionState.RUNNING


def read_steps(document: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps in a flow version's JSON; :class:`Invalid` says which step and what is wrong."""
    if not isinstance(document, list | tuple):
        raise Invalid("A flow's steps are a list.")
    steps = tuple(read_step(entry, position) for position, entry in enumerate(document, 1))
    for words in misplaced(steps):
        raise Invalid(words)
    return steps


def read_step(entry: Any, position: int) -> Step:
    """One step of a flow version's JSON; whether what it needs comes before it, :func:`misplaced` says."""
    if not isinstance(entry, Mapping) or not isinstance(name := entry.get("name"), str) or not name:
        raise Invalid(f"Step {position} has no name.")
    kind = _one_of(KINDS, entry.get("kind"), f"Step {name!r}", "kind")
    if kind is StepKind.DELIVER and not (entry.get("destination") and entry.get("operation")):
        raise Invalid(f"Step {name!r} delivers, so it names a destination and an operation.")

    def amiss(words: str) -> Invalid:
        return Invalid(f"Step {name!r}: {words}")

    return Step(
        name=name,
        title=str(entry.get("title") or name),
        kind=kind,
        needs=_names(entry.get("needs", ()), f"Step {name!r}: needs"),
        when=str(entry.get("when", "")),
        required=bool(entry.get("required", True)),
        destination=str(entry.get("destination", "")),
        operation=str(entry.get("operation", "")),
        lines=read_lines(entry.get("mapping", ())),
        lane=_one_of(LANES, entry["lane"], f"Step {name!r}", "lane") if entry.get("lane") else None,
        keys=_keys(entry.get("keys", ()), name),
        compensates=str(entry.get("compensates", "")),
        question=_question(kind, entry, amiss),
        links=questions.read_links(entry.get("links", ()), amiss),
        entity=str(entry.get("entity", "")),
        does=str(entry.get("does", "")),
        contract=str(entry.get("contract", "")),
        writes=_writes(entry.get("writes", {}), amiss),
    )


def _writes(document: Any, amiss: questions.Named) -> tuple[tuple[str, str], ...]:
    if not isinstance(document, Mapping) or not all(isinstance(value, str) for value in document.values()):
        raise amiss('writes names the attribute of each target: {"vat": "customer.tax_id"}; "" for none.')
    return tuple(document.items())


def _question(kind: StepKind, entry: Mapping[str, Any], amiss: questions.Named) -> LookUp | Identity | None:
    if kind not in QUESTIONS:
        return None
    if not entry.get("destination"):
        raise amiss("it asks, so it names the destination that is asked.")
    return questions.read_look_up(entry, amiss) if kind is StepKind.LOOKUP else questions.read_identity(entry, amiss)


def _one_of(known: Mapping[str, T], word: Any, whose: str, what: str) -> T:
    if not isinstance(word, str) or word not in known:
        raise Invalid(f"{whose} has the {what} {word!r}; there are: {', '.join(known)}.")
    return known[word]


def _names(document: Any, what: str) -> tuple[str, ...]:
    if not isinstance(document, list | tuple) or not all(isinstance(name, str) for name in document):
        raise Invalid(f"{what} is a list of names of steps, not {document!r}.")
    return tuple(document)


def _keys(document: Any, name: str) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((key["kind"], key["value"]) for key in document)
    except (KeyError, TypeError) as error:
        raise Invalid(f'Step {name!r}: keys are a list of {{"kind": …, "value": …}}.') from error


def read_lines(document: Sequence[Mapping[str, str]]) -> tuple[MappingLine, ...]:
    """The lines of a mapping's JSON; :class:`Invalid` says what is wrong with them."""
    try:
        lines = tuple(MappingLine(line["target"], line["expression"]) for line in document)
    except (KeyError, TypeError) as error:
        raise Invalid('A mapping is a list of {"target": …, "expression": …}.') from error
    for line in lines:
        if not isinstance(line.target, str) or not all(line.target.split(".")):
            raise Invalid(f"A mapping's target is a name or a dotted path of names, not {line.target!r}.")
        if not isinstance(line.expression, str):
            raise Invalid(f"{line.target}: an expression is text, not {line.expression!r}.")
    return lines


def misplaced(steps: Sequence[Step]) -> Iterator[str]:
    """What is wrong between steps: needs point at earlier ones only, so that a flow is free of circles."""
    seen: set[str] = set()
    for step in steps:
        if step.name in seen:
            yield f"Two steps are called {step.name!r}."
        for need in step.needs:
            if need not in seen:
                yield f"Step {step.name!r} needs {need!r}, which is not a step before it."
        seen.add(step.name)


def next_moves(
    steps: Sequence[Step],
    states: Mapping[str, StepState],
    holds: Callable[[Step], bool] = lambda _: True,
    held: Collection[str] = (),
) -> Moves:
    """What follows from the states of the queued steps' runs.

    ``states`` has an entry for each queued step that has a run; of those, ``held`` are in the queue and wait there
    for something that has not come. A waiting step is enqueued when all
    its needs are good and its ``when`` holds; skipped when a need ended badly or ``when`` is false.
    A need on a pure step stands for what that one needs itself: it runs inline, as soon as it can.
    """
    known = dict(states)
    waiting = [step for step in steps if known.get(step.name) is StepState.WAITING]
    needs = queued_needs(steps, known) if waiting else {}
    enqueue: list[str] = []
    skip: dict[str, str] = {}
    for step in waiting:
        verdict = _verdict(step, needs[step.name], known, holds)
        if verdict is None:
            continue
        if verdict == "":
            enqueue.append(step.name)
            known[step.name] = StepState.PENDING
        else:
            skip[step.name] = verdict
            known[step.name] = StepState.SKIPPED
    return Moves(tuple(enqueue), skip, transaction_state(steps, known, skipped_by_when(steps, known), held))


def queued_needs(steps: Sequence[Step], known: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What each step needs of those that have runs (``known``), seen through the pure steps between them."""
    found: dict[str, tuple[str, ...]] = {}
    for step in steps:
        through: list[str] = []
        for need in step.needs:
            through += [need] if need in known else found.get(need, ())
        found[step.name] = tuple(dict.fromkeys(through))
    return found


def _verdict(
    step: Step, needs: Sequence[str], known: Mapping[str, StepState], holds: Callable[[Step], bool]
) -> str | None:
    """``None``: keep waiting; ``""``: enqueue; otherwise why it is skipped. A need that ended badly decides at once."""
    unmet = [need for need in needs if known[need] not in GOOD_STEP]
    if not unmet:
        return "" if holds(step) else "its condition was false"
    bad = next((need for need in unmet if known[need] in SETTLED_STEP), None)
    return None if bad is None else f"needs {bad}, which ended as {StepState(known[bad]).label.lower()}"


def skipped_by_when(steps: Sequence[Step], known: Mapping[str, StepState]) -> frozenset[str]:
    """Steps skipped although nothing before them went wrong: by their own condition, or behind such a one."""
    skipped = [step for step in steps if known.get(step.name) is StepState.SKIPPED]
    if not skipped:
        return frozenset()
    needs = queued_needs(steps, known)
    harmless: set[str] = set()
    for step in skipped:
        if all(known[need] in GOOD_STEP or need in harmless for need in needs[step.name]):
            harmless.add(step.name)
    return frozenset(harmless)


def transaction_state(
    steps: Sequence[Step],
    states: Mapping[str, StepState],
    harmless: frozenset[str] = frozenset(),
    held: Collection[str] = (),
) -> TransactionState:
    """What the step runs make of their transaction.

    Waiting when all that is left is ``held`` or behind what is held, running while anything else can still move; then
    dead if a required one ended badly, partial if an
    optional one did, cancelled if all that is left was cancelled, and succeeded otherwise.
    """
    left = {name: state for name, state in states.items() if state not in SETTLED_STEP}
    if left:
        moving = not held or any(name not in held and state is not StepState.WAITING for name, state in left.items())
        return TransactionState.RUNNING if moving else TransactionState.WAITING
    bad = [step for step in steps if _ended_badly(step, states, harmless)]
    if any(step.required and states[step.name] is StepState.DEAD for step in bad):
        return TransactionState.DEAD
    if any(states[step.name] is StepState.CANCELLED and step.required for step in bad):
        return TransactionState.CANCELLED
    if bad:
        return TransactionState.PARTIAL
    return TransactionState.SUCCEEDED


def _ended_badly(step: Step, states: Mapping[str, StepState], harmless: frozenset[str]) -> bool:
    state = states.get(step.name)
    return state is not None and state not in GOOD_STEP and step.name not in harmless
