"""What follows from an attempt: outcome and number of tries in, verdict and delay out."""

from __future__ import annotations

import pytest

from controlplane.transactions.rules.retry import DEFAULT_DELAYS, MAX_RETRY_AFTER, Decision, Verdict, decide
from controlplane.transactions.rules.states import Outcome

DELAYS = (5.0, 30.0)

TABLE = [
    # outcome, after try 1, after try 2, after try 3 (of a schedule with two retries)
    (Outcome.SUCCEEDED, Decision(Verdict.DONE), Decision(Verdict.DONE), Decision(Verdict.DONE)),
    (Outcome.FOUND, Decision(Verdict.DONE), Decision(Verdict.DONE), Decision(Verdict.DONE)),
    (Outcome.CACHED, Decision(Verdict.DONE), Decision(Verdict.DONE), Decision(Verdict.DONE)),
    (Outcome.WAITS, Decision(Verdict.WAIT), Decision(Verdict.WAIT), Decision(Verdict.WAIT)),
    (Outcome.STALE, Decision(Verdict.SKIP), Decision(Verdict.SKIP), Decision(Verdict.SKIP)),
    (Outcome.TRANSIENT, Decision(Verdict.RETRY, 5), Decision(Verdict.RETRY, 30), Decision(Verdict.DEAD)),
    (Outcome.RATE_LIMITED, Decision(Verdict.RETRY, 5), Decision(Verdict.RETRY, 30), Decision(Verdict.DEAD)),
    (Outcome.GONE, Decision(Verdict.RETRY, 5), Decision(Verdict.RETRY, 30), Decision(Verdict.DEAD)),
    (Outcome.SECRET_UNAVAILABLE, Decision(Verdict.RETRY, 5), Decision(Verdict.RETRY, 30), Decision(Verdict.DEAD)),
    (Outcome.UNKNOWN, Decision(Verdict.UNKNOWN, 5), Decision(Verdict.UNKNOWN, 30), Decision(Verdict.DEAD)),
    (Outcome.REJECTED, Decision(Verdict.DEAD), Decision(Verdict.DEAD), Decision(Verdict.DEAD)),
    (Outcome.AUTH_FAILED, Decision(Verdict.DEAD), Decision(Verdict.DEAD), Decision(Verdict.DEAD)),
    (Outcome.CONTRACT_BROKEN, Decision(Verdict.DEAD), Decision(Verdict.DEAD), Decision(Verdict.DEAD)),
    (Outcome.REFUSED, Decision(Verdict.DEAD), Decision(Verdict.DEAD), Decision(Verdict.DEAD)),
    (Outcome.NOT_SUPPORTED, Decision(Verdict.DEAD), Decision(Verdict.DEAD), Decision(Verdict.DEAD)),
    (Outcome.MAPPING_FAILED, Decision(Verdict.DEAD), Decision(Verdict.DEAD), Decision(Verdict.DEAD)),
    (Outcome.TAKEN_OVER, Decision(Verdict.DEAD), Decision(Verdict.DEAD), Decision(Verdict.DEAD)),
    (Outcome.EXPIRED, Decision(Verdict.DEAD), Decision(Verdict.DEAD), Decision(Verdict.DEAD)),
    (Outcome.NOT_FOUND, Decision(Verdict.DEAD), Decision(Verdict.DEAD), Decision(Verdict.DEAD)),
    (Outcome.OWNERSHIP, Decision(Verdict.DEAD), Decision(Verdict.DEAD), Decision(Verdict.DEAD)),
    (Outcome.ABSENT, Decision(Verdict.DEAD), Decision(Verdict.DEAD), Decision(Verdict.DEAD)),
]


@pytest.mark.parametrize(("outcome", "first", "second", "third"), TABLE, ids=[row[0].name for row in TABLE])
def test_each_outcome_after_each_try(outcome: Outcome, first: Decision, second: Decision, third: Decision) -> None:
    assert [decide(outcome, tries, delays=DELAYS) for tries in (1, 2, 3)] == [first, second, third]


def test_every_outcome_is_in_the_table() -> None:
    assert {row[0] for row in TABLE} == set(Outcome)


@pytest.mark.parametrize(
    ("asked", "delay"),
    [
        (None, 30.0),
        (0.0, 30.0),
        (-5.0, 30.0),
        (29.9, 30.0),
        (31.0, 31.0),
        (86_400.0, 86_400.0),
        (1e12, MAX_RETRY_AFTER),
        (float("inf"), MAX_RETRY_AFTER),
        (float("nan"), 30.0),
    ],
)
def test_a_target_that_says_when_is_believed_within_a_day(asked: float | None, delay: float) -> None:
    assert decide(Outcome.RATE_LIMITED, 2, delays=DELAYS, retry_after=asked) == Decision(Verdict.RETRY, delay)


def test_jitter_adds_up_to_a_fifth_and_never_shortens() -> None:
    assert decide(Outcome.TRANSIENT, 1, delays=(100,), jitter=0.0).delay == 100
    assert decide(Outcome.TRANSIENT, 1, delays=(100,), jitter=0.5).delay == pytest.approx(110)
    assert decide(Outcome.TRANSIENT, 1, delays=(100,), jitter=0.999).delay == pytest.approx(119.98)


def test_the_default_schedule_lasts_over_a_weekend() -> None:
    assert sum(DEFAULT_DELAYS) / 3600 == pytest.approx(76.2, abs=0.05)
    assert len(DEFAULT_DELAYS) == 14
    assert decide(Outcome.TRANSIENT, 14).verdict is Verdict.RETRY
    assert decide(Outcome.TRANSIENT, 15).verdict is Verdict.DEAD
