"""What follows from an attempt: outcome and number of tries in, verdict and delay out."""

from __future__ import annotations

from collections import Counter

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
    (Outcome.AUTH_FAILED, Decision(Verdict.RETRY, 5), Decision(Verdict.RETRY, 30), Decision(Verdict.DEAD)),
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
        (None, 15.0),
        (0.0, 15.0),
        (-5.0, 15.0),
        (14.9, 15.0),
        (31.0, 31.0),
        (86_400.0, 86_400.0),
        (1e12, MAX_RETRY_AFTER),
        (float("inf"), MAX_RETRY_AFTER),
        (float("nan"), 15.0),
    ],
)
@pytest.mark.parametrize("outcome", [Outcome.RATE_LIMITED, Outcome.TRANSIENT])
def test_a_target_that_says_when_is_believed_within_a_day(outcome: Outcome, asked: float | None, delay: float) -> None:
    decided = decide(outcome, 2, delays=DELAYS, retry_after=asked, jitter=0.0)
    assert (decided.verdict, decided.delay) == (Verdict.RETRY, delay)


@pytest.mark.parametrize(
    ("tries", "asked", "jitter", "delay"),
    [(1, 60, 0.0, 60), (1, 60, 0.5, 66), (4, 1, 0.5, 600), (5, 1, 0.5, 600), (14, 1, 0.9, 600), (14, 3600, 0.0, 3600)],
)
def test_who_was_asked_to_slow_down_comes_back_when_it_was_asked_to_or_within_ten_minutes(
    tries: int, asked: float, jitter: float, delay: float
) -> None:
    assert decide(Outcome.RATE_LIMITED, tries, retry_after=asked, jitter=jitter).delay == pytest.approx(delay)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.99])
@pytest.mark.parametrize("asked", [0.0, 1.0, 700.0])
def test_a_target_that_only_says_slow_down_is_tried_for_as_long_as_any_other(asked: float, jitter: float) -> None:
    age, tries = 0.0, 0
    while (decided := decide(Outcome.RATE_LIMITED, tries + 1, retry_after=asked, jitter=jitter, age=age)).tries:
        age, tries = age + decided.delay, decided.tries
        assert decided.delay <= max(600.0, asked * 1.2)
    assert decided.verdict is Verdict.DEAD
    assert 76.1 * 3600 - 1200 <= age <= 77 * 3600


def test_tries_that_were_asked_for_leave_the_schedule_to_what_fails_after_them() -> None:
    slowed = decide(Outcome.RATE_LIMITED, 40, retry_after=1.0, age=3600)
    assert slowed.tries == 5
    assert decide(Outcome.TRANSIENT, slowed.tries + 1, jitter=0.0) == Decision(Verdict.RETRY, 3600)


def test_a_try_after_a_long_wait_uses_up_one_step_all_the_same() -> None:
    assert decide(Outcome.RATE_LIMITED, 3, retry_after=86_400.0, age=3 * 86_400.0).tries == 3


@pytest.mark.parametrize(
    ("step", "jitter", "delay"),
    [
        (5, 0.0, 2.5),
        (5, 0.5, 5.0),
        (5, 0.9, 7.0),
        (600, 0.0, 300.0),
        (600, 0.9, 840.0),
        (3600, 0.0, 3600.0),
        (3600, 0.5, 3960.0),
        (43_200, 0.0, 43_200.0),
        (43_200, 0.5, 47_520.0),
    ],
)
def test_early_tries_are_spread_over_their_whole_step_and_late_ones_never_come_sooner(
    step: float, jitter: float, delay: float
) -> None:
    assert decide(Outcome.TRANSIENT, 1, delays=(step,), jitter=jitter).delay == pytest.approx(delay)


def test_what_failed_together_comes_back_evenly_over_the_length_of_the_first_step() -> None:
    hundred = [decide(Outcome.TRANSIENT, 1, jitter=number / 100).delay for number in range(100)]
    by_second = Counter(int(delay - 2.5) for delay in hundred)
    assert by_second == dict.fromkeys(range(5), 20)


def test_a_weekend_is_outlasted_whatever_is_drawn() -> None:
    def hours(jitter: float) -> float:
        return sum(decide(Outcome.TRANSIENT, tries, jitter=jitter).delay for tries in range(1, 15)) / 3600

    assert [round(hours(jitter), 1) for jitter in (0.0, 0.5)] == [76.1, 83.8]


def test_the_default_schedule_lasts_over_a_weekend() -> None:
    assert sum(DEFAULT_DELAYS) / 3600 == pytest.approx(76.2, abs=0.05)
    assert len(DEFAULT_DELAYS) == 14
    assert decide(Outcome.TRANSIENT, 14).verdict is Verdict.RETRY
    assert decide(Outcome.TRANSIENT, 15).verdict is Verdict.DEAD
