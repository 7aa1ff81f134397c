"""The flow engine over small graphs, all of them: what begins, what is skipped, what the transaction becomes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import pytest

from controlplane.transactions.rules.flow import Step, next_moves, skipped_by_when, transaction_state
from controlplane.transactions.rules.states import (
    GOOD_STEP,
    SETTLED_STEP,
    SETTLED_TRANSACTION,
    StepKind,
    StepState,
    TransactionState,
    may_move_step,
)

S = StepState
T = TransactionState


def step(name: str, *needs: str, required: bool = True, when: str = "", kind: StepKind = StepKind.DELIVER) -> Step:
    return Step(name, name, kind, needs=needs, required=required, when=when)


# -- told one by one ------------------------------------------------------------------------------

CHAIN = (step("a"), step("b", "a"), step("c", "b", required=False))

TOLD = [
    # states of a, b, c; enqueued; skipped; the transaction
    ((S.WAITING, S.WAITING, S.WAITING), ["a"], [], T.RUNNING),
    ((S.PENDING, S.WAITING, S.WAITING), [], [], T.RUNNING),
    ((S.UNKNOWN, S.WAITING, S.WAITING), [], [], T.RUNNING),
    ((S.SUCCEEDED, S.WAITING, S.WAITING), ["b"], [], T.RUNNING),
    ((S.COMPENSATED, S.WAITING, S.WAITING), ["b"], [], T.RUNNING),
    ((S.SUCCEEDED, S.SUCCEEDED, S.WAITING), ["c"], [], T.RUNNING),
    ((S.SUCCEEDED, S.SUCCEEDED, S.SUCCEEDED), [], [], T.SUCCEEDED),
    ((S.SUCCEEDED, S.SUCCEEDED, S.DEAD), [], [], T.PARTIAL),
    ((S.SUCCEEDED, S.SUCCEEDED, S.CANCELLED), [], [], T.PARTIAL),
    ((S.SUCCEEDED, S.DEAD, S.WAITING), [], ["c"], T.DEAD),
    ((S.DEAD, S.WAITING, S.WAITING), [], ["b", "c"], T.DEAD),
    ((S.CANCELLED, S.WAITING, S.WAITING), [], ["b", "c"], T.CANCELLED),
    ((S.SKIPPED, S.WAITING, S.WAITING), [], ["b", "c"], T.SUCCEEDED),
    ((S.SUCCEEDED, S.SKIPPED, S.SKIPPED), [], [], T.SUCCEEDED),
]


@pytest.mark.parametrize(("states", "enqueued", "skipped", "becomes"), TOLD)
def test_a_chain_of_three(
    states: tuple[S, S, S], enqueued: list[str], skipped: list[str], becomes: TransactionState
) -> None:
    moves = next_moves(CHAIN, dict(zip("abc", states, strict=True)))
    assert (list(moves.enqueue), list(moves.skip), moves.state) == (enqueued, skipped, becomes)


def test_a_skipped_step_says_which_need_failed_it() -> None:
    moves = next_moves(CHAIN, {"a": S.DEAD, "b": S.WAITING, "c": S.WAITING})
    assert moves.skip == {
        "b": "needs a, which ended as dead letter",
        "c": "needs b, which ended as skipped",
    }


def test_a_condition_that_is_false_skips_and_says_so() -> None:
    steps = (step("a", when="event.x"), step("b", "a"))
    moves = next_moves(steps, {"a": S.WAITING, "b": S.WAITING}, lambda _: False)
    assert moves.skip == {"a": "its condition was false", "b": "needs a, which ended as skipped"}
    assert moves.state is T.SUCCEEDED


def test_a_condition_is_asked_only_once_the_needs_are_met() -> None:
    asked: list[str] = []

    def holds(one: Step) -> bool:
        asked.append(one.name)
        return True

    next_moves(CHAIN, {"a": S.PENDING, "b": S.WAITING, "c": S.WAITING}, holds)
    assert asked == []


def test_two_needs_are_both_waited_for_but_one_bad_end_decides() -> None:
    steps = (step("a"), step("b"), step("c", "a", "b"))
    assert next_moves(steps, {"a": S.PENDING, "b": S.SUCCEEDED, "c": S.WAITING}).enqueue == ()
    assert next_moves(steps, {"a": S.SUCCEEDED, "b": S.SUCCEEDED, "c": S.WAITING}).enqueue == ("c",)
    for bad in (("a", "b"), ("b", "a")):
        states = {bad[0]: S.DEAD, bad[1]: S.PENDING, "c": S.WAITING}
        assert next_moves(steps, states).skip == {"c": f"needs {bad[0]}, which ended as dead letter"}


def test_a_need_on_a_pure_step_is_a_need_on_what_that_one_needs() -> None:
    steps = (step("a"), step("m", "a", kind=StepKind.MAP), step("n", "m", kind=StepKind.MAP), step("b", "n"))
    waiting = {"a": S.PENDING, "b": S.WAITING}
    assert next_moves(steps, waiting).enqueue == ()
    assert next_moves(steps, {**waiting, "a": S.SUCCEEDED}).enqueue == ("b",)
    assert next_moves(steps, {**waiting, "a": S.DEAD}).skip == {"b": "needs a, which ended as dead letter"}


def test_a_need_on_a_pure_step_that_needs_nothing_is_met() -> None:
    steps = (step("m", kind=StepKind.MAP), step("b", "m"))
    assert next_moves(steps, {"b": S.WAITING}).enqueue == ("b",)


@pytest.mark.parametrize(
    ("required", "optional", "becomes"),
    [
        (S.SUCCEEDED, S.SUCCEEDED, T.SUCCEEDED),
        (S.SUCCEEDED, S.DEAD, T.PARTIAL),
        (S.SUCCEEDED, S.CANCELLED, T.PARTIAL),
        (S.DEAD, S.SUCCEEDED, T.DEAD),
        (S.DEAD, S.DEAD, T.DEAD),
        (S.DEAD, S.CANCELLED, T.DEAD),
        (S.CANCELLED, S.SUCCEEDED, T.CANCELLED),
        (S.CANCELLED, S.DEAD, T.CANCELLED),
        (S.DEAD, S.PENDING, T.RUNNING),
        (S.SUCCEEDED, S.UNKNOWN, T.RUNNING),
        (S.SUCCEEDED, S.WAITING, T.RUNNING),
        (S.SUCCEEDED, S.RUNNING, T.RUNNING),
    ],
)
def test_required_and_optional_ends(required: S, optional: S, becomes: TransactionState) -> None:
    steps = (step("a"), step("b", required=False))
    assert transaction_state(steps, {"a": required, "b": optional}) is becomes


def test_a_transaction_without_queued_steps_has_succeeded() -> None:
    assert transaction_state((step("m", kind=StepKind.MAP),), {}) is T.SUCCEEDED


# -- all small graphs, all states -----------------------------------------------------------------


def graphs() -> Iterator[tuple[Step, ...]]:
    """Every flow of three queued steps: any needs on earlier ones, each step required or optional."""
    pairs = [("b", "a"), ("c", "a"), ("c", "b")]
    for chosen in itertools.product((False, True), repeat=3):
        needs = {
            name: [of for (one, of), yes in zip(pairs, chosen, strict=True) if yes and one == name] for name in "abc"
        }
        for required in itertools.product((True, False), repeat=3):
            yield tuple(step(name, *needs[name], required=must) for name, must in zip("abc", required, strict=True))


STATES = [state for state in StepState if state is not S.RUNNING]
ALL_STATES = [dict(zip("abc", states, strict=True)) for states in itertools.product(STATES, repeat=3)]


def applied(states: Mapping[str, S], steps: tuple[Step, ...], holds: bool) -> tuple[dict[str, S], TransactionState]:
    moves = next_moves(steps, states, lambda _: holds)
    after = dict(states) | dict.fromkeys(moves.enqueue, S.PENDING) | dict.fromkeys(moves.skip, S.SKIPPED)
    return after, moves.state


@pytest.mark.parametrize("holds", [True, False])
def test_every_small_flow_in_every_state(holds: bool) -> None:
    for steps in graphs():
        for states in ALL_STATES:
            after, becomes = applied(states, steps, holds)
            _check_moves(steps, states, after, holds)
            _check_end(steps, after, becomes)


def _check_moves(steps: tuple[Step, ...], before: Mapping[str, S], after: Mapping[str, S], holds: bool) -> None:
    for one in steps:
        old, new = before[one.name], after[one.name]
        assert may_move_step(old, new)
        if old is not S.WAITING:
            assert new is old
            continue
        ends = [after[need] for need in one.needs]
        if any(end in SETTLED_STEP and end not in GOOD_STEP for end in ends):
            assert new is S.SKIPPED
        elif any(end not in GOOD_STEP for end in ends):
            assert new is S.WAITING
        else:
            assert new is (S.PENDING if holds else S.SKIPPED)


def _check_end(steps: tuple[Step, ...], after: Mapping[str, S], becomes: TransactionState) -> None:
    settled = all(state in SETTLED_STEP for state in after.values())
    assert (becomes in SETTLED_TRANSACTION) is settled
    if not settled:
        assert becomes is T.RUNNING
        # Something can still move by itself: the queue holds at least one step, so nothing is stuck.
        assert any(state in {S.PENDING, S.UNKNOWN} for state in after.values())
        return
    harmless = skipped_by_when(steps, after)
    bad = [one for one in steps if after[one.name] not in GOOD_STEP and one.name not in harmless]
    assert (becomes is T.SUCCEEDED) is (not bad)
    if any(one.required and after[one.name] is S.DEAD for one in bad):
        assert becomes is T.DEAD
    elif any(one.required and after[one.name] is S.CANCELLED for one in bad):
        assert becomes is T.CANCELLED
    elif bad:
        assert becomes is T.PARTIAL


def test_from_the_start_every_small_flow_ends_whatever_its_steps_do() -> None:
    ends = (S.SUCCEEDED, S.DEAD, S.SKIPPED, S.CANCELLED)
    for steps in graphs():
        for fates in itertools.product(ends, repeat=3):
            fate = dict(zip("abc", fates, strict=True))
            states, becomes = applied(dict.fromkeys("abc", S.WAITING), steps, True)
            for _ in steps:
                states = {name: fate[name] if state is S.PENDING else state for name, state in states.items()}
                states, becomes = applied(states, steps, True)
            assert becomes in SETTLED_TRANSACTION
