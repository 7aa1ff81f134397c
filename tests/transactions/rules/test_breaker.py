"""A destination that fails more often than not is given rest; one that fails now and then is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from controlplane.transactions.rules.breaker import (
    ANSWERED,
    FIRST_REST,
    LONGEST_REST,
    PROBES,
    THRESHOLD,
    UNWELL,
    Breaker,
    BreakerState,
    is_answer,
    is_unwell,
)
from controlplane.transactions.rules.states import Outcome

OPEN = Breaker().after(0, THRESHOLD)
#: What a claim makes of one whose rest is over.
PROBED = Breaker(BreakerState.HALF_OPEN, OPEN.failures, OPEN.openings)


def test_ten_failures_in_a_row_open_it() -> None:
    breaker = Breaker()
    for _ in range(THRESHOLD - 1):
        breaker = breaker.after(0, 1)
    assert (breaker.state, breaker.failures) == (BreakerState.CLOSED, 9)
    assert breaker.after(0, 1).state is BreakerState.OPEN


def test_a_destination_that_fails_every_other_time_stays_in_use() -> None:
    breaker = Breaker()
    for _ in range(1000):
        breaker = breaker.after(1, 0).after(0, 1)
    assert breaker == Breaker(failures=1)


def test_probes_that_go_well_close_it() -> None:
    breaker = PROBED
    for _ in range(PROBES - 1):
        breaker = breaker.after(1, 0)
        assert breaker.state is BreakerState.HALF_OPEN
    assert breaker.after(1, 0) == Breaker()


def test_one_probe_that_fails_opens_it_for_twice_as_long() -> None:
    again = PROBED.after(2, 1)
    assert (OPEN.rest, again.state, again.rest) == (FIRST_REST, BreakerState.OPEN, 2 * FIRST_REST)


def test_the_rest_has_an_end() -> None:
    assert Breaker(BreakerState.OPEN, openings=100).rest == LONGEST_REST


def test_late_outcomes_of_calls_from_before_change_nothing() -> None:
    assert OPEN.after(5, 0) == OPEN.after(0, 5) == OPEN


def test_what_is_said_of_one_topic_is_an_answer() -> None:
    assert is_answer(Outcome.AUTH_FAILED, "topic_denied")
    assert is_answer(Outcome.TRANSIENT, "unknown_topic")
    assert not is_unwell(Outcome.AUTH_FAILED, "topic_denied")
    assert is_unwell(Outcome.AUTH_FAILED)
    assert is_unwell(Outcome.TRANSIENT, "topic_denied")


def test_nothing_said_about_a_destination_changes_nothing() -> None:
    assert ANSWERED.isdisjoint(UNWELL)
    neutral = set(Outcome) - ANSWERED - UNWELL
    assert neutral == {
        Outcome.RATE_LIMITED,
        Outcome.REFUSED,
        Outcome.NOT_SUPPORTED,
        Outcome.TAKEN_OVER,
        Outcome.STALE,
        Outcome.MAPPING_FAILED,
        Outcome.SECRET_UNAVAILABLE,
        Outcome.GONE,
        Outcome.WAITS,
        Outcome.EXPIRED,
        Outcome.CACHED,
        Outcome.OWNERSHIP,
        Outcome.ABSENT,
    }


def test_a_refusal_is_an_answer_only_of_what_was_sent() -> None:
    assert {outcome for outcome in Outcome if is_answer(outcome, sent=True)} == ANSWERED
    assert {outcome for outcome in Outcome if is_answer(outcome, sent=False)} == ANSWERED - {Outcome.REJECTED}


@given(st.lists(st.tuples(st.integers(0, 64), st.integers(0, 64))))
def test_whatever_comes_it_only_opens_after_failures_and_closes_after_answers(calls: list[tuple[int, int]]) -> None:
    breaker = Breaker()
    for answered, unwell in calls:
        before, breaker = breaker, breaker.after(answered, unwell)
        if breaker.state is BreakerState.OPEN and before.state is not BreakerState.OPEN:
            assert unwell > 0
            breaker = Breaker(BreakerState.HALF_OPEN, breaker.failures, breaker.openings)
        if before.state is BreakerState.HALF_OPEN and breaker.state is BreakerState.CLOSED:
            assert (unwell, breaker) == (0, Breaker())
        assert 0 <= breaker.failures <= THRESHOLD
