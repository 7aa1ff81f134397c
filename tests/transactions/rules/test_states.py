"""Every pair of states, one by one: which moves there are, and that no other one is allowed."""

from __future__ import annotations

import itertools

import pytest

from controlplane.transactions.rules import states
from controlplane.transactions.rules.states import (
    GOOD_STEP,
    QUEUED_STEP,
    SETTLED_STEP,
    SETTLED_TRANSACTION,
    StepState,
    TransactionState,
    may_move_step,
    may_move_transaction,
)

#: From (row) to (column), in the order of the stored numbers. "x": the move exists, "-": it stays.
TRANSACTIONS = """
received    - x x x x x x x x
quarantined x - . . . . . x .
running     . . - x x x x x x
waiting     . . x - x x x x .
succeeded   . . x . - . . . .
partial     . . x . . - . x .
dead        . . x . . . - x .
cancelled   . . . . . . . - .
ignored     . . . . . . . . -
"""
STEPS = """
pending     - x x x x x x x .
waiting     x - x x . x x x .
running     x x - x x x x . .
succeeded   x . . - . . . . x
unknown     x . . x - x x x .
dead        x . . . . - . x .
skipped     x x . . . . - . .
cancelled   . . . . . . . - .
compensated . . . . . . . . -
"""


def _pairs(table: str) -> list[tuple[int, int, str]]:
    rows = [line.split() for line in table.strip().splitlines()]
    return [(old, new, mark) for old, row in enumerate(rows) for new, mark in enumerate(row[1:])]


@pytest.mark.parametrize(("old", "new", "mark"), _pairs(TRANSACTIONS))
def test_a_transaction_moves_as_the_table_says(old: int, new: int, mark: str) -> None:
    assert may_move_transaction(TransactionState(old), TransactionState(new)) is (mark != ".")


@pytest.mark.parametrize(("old", "new", "mark"), _pairs(STEPS))
def test_a_step_run_moves_as_the_table_says(old: int, new: int, mark: str) -> None:
    assert may_move_step(StepState(old), StepState(new)) is (mark != ".")


def test_the_tables_name_every_state_by_its_stored_number() -> None:
    assert [line.split()[0].upper() for line in TRANSACTIONS.strip().splitlines()] == TransactionState.names
    assert [line.split()[0].upper() for line in STEPS.strip().splitlines()] == StepState.names


def test_a_settled_step_is_not_queued_and_a_good_one_is_settled() -> None:
    assert not SETTLED_STEP & QUEUED_STEP
    assert GOOD_STEP < SETTLED_STEP
    assert set(StepState) == SETTLED_STEP | QUEUED_STEP | {StepState.WAITING, StepState.RUNNING}


def test_an_unsettled_transaction_is_received_running_or_waiting() -> None:
    assert set(TransactionState) - SETTLED_TRANSACTION == {
        TransactionState.RECEIVED,
        TransactionState.RUNNING,
        TransactionState.WAITING,
    }


def test_from_everywhere_but_the_ends_some_end_is_reached() -> None:
    for moves, ends in (
        (states.TRANSACTION_MOVES, {TransactionState.CANCELLED, TransactionState.IGNORED}),
        (states.STEP_MOVES, {StepState.CANCELLED, StepState.COMPENSATED}),
    ):
        assert {state for state, following in moves.items() if not following} == ends


def test_the_stored_numbers_never_change_their_meaning() -> None:
    assert list(zip(itertools.count(), TransactionState.labels, strict=False)) == [
        (0, "Received"),
        (1, "Quarantined"),
        (2, "Running"),
        (3, "Waiting"),
        (4, "Succeeded"),
        (5, "Partial"),
        (6, "Dead letter"),
        (7, "Cancelled"),
        (8, "Ignored"),
    ]
    assert [(state.value, state.name) for state in states.Outcome] == [
        (0, "SUCCEEDED"),
        (1, "FOUND"),
        (2, "TRANSIENT"),
        (3, "RATE_LIMITED"),
        (4, "UNKNOWN"),
        (5, "REJECTED"),
        (6, "AUTH_FAILED"),
        (7, "CONTRACT_BROKEN"),
        (8, "REFUSED"),
        (9, "NOT_SUPPORTED"),
        (10, "TAKEN_OVER"),
        (11, "STALE"),
        (12, "MAPPING_FAILED"),
        (13, "SECRET_UNAVAILABLE"),
        (14, "GONE"),
        (15, "WAITS"),
        (16, "EXPIRED"),
        (17, "NOT_FOUND"),
        (18, "CACHED"),
        (19, "ABSENT"),
        (20, "OWNERSHIP"),
    ]
