"""Jobs that read one system at the same time: who meets whom, and when one would have it to itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from controlplane.sync.rules.meetings import Meeting, Span, free_near, meetings

DAY = datetime(2026, 11, 23, tzinfo=UTC)


def at(clock: str) -> datetime:
    hours, minutes = clock.split(":")
    return DAY + timedelta(hours=int(hours), minutes=int(minutes))


def span(begin: str, end: str) -> Span:
    return Span(at(begin), at(end))


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        (("06:00", "06:30"), ("06:10", "06:20"), True),
        (("06:00", "06:30"), ("06:30", "07:00"), False),
        (("06:00", "06:00"), ("06:00", "06:00"), True),
        (("06:00", "06:00"), ("06:01", "06:01"), False),
    ],
)
def test_spans_meet_while_both_go_on_and_for_a_minute_at_least(
    one: tuple[str, str], other: tuple[str, str], meets: bool
) -> None:
    assert (span(*one).meets(span(*other)), span(*other).meets(span(*one))) == (meets, meets)


def test_each_pair_is_named_once_with_the_first_time_both_go_on() -> None:
    lanes = {
        1: [span("06:00", "06:20"), span("18:00", "18:20")],
        2: [span("06:10", "06:40"), span("18:00", "18:05")],
        3: [span("03:00", "03:10")],
        4: [span("03:05", "03:06")],
    }
    assert meetings(lanes) == [
        Meeting(3, 4, span("03:05", "03:06"), 1),
        Meeting(1, 2, span("06:10", "06:20"), 2),
    ]


def pair_by_pair(lanes: Mapping[int, Sequence[Span]]) -> list[Meeting]:
    """What a meeting is: every run of a lane held against every run of another."""
    found = []
    for (one, its), (other, others) in combinations(lanes.items(), 2):
        both = [(a, b) for a in its for b in others if a.meets(b)]
        if both:
            a, b = min(both, key=lambda pair: max(pair[0].begin, pair[1].begin))
            shared = Span(max(a.begin, b.begin), min(a.until, b.until))
            found.append(Meeting(one, other, shared, len(both)))
    return sorted(found, key=lambda meeting: meeting.span.begin)


def _half_minutes(begin: int, length: int) -> Span:
    return Span(DAY + timedelta(seconds=30 * begin), DAY + timedelta(seconds=30 * (begin + length)))


A_SPAN = some.builds(_half_minutes, some.integers(0, 30), some.integers(-2, 12))


@given(some.dictionaries(some.integers(), some.lists(A_SPAN, max_size=6), max_size=5))
def test_one_walk_through_the_day_finds_what_comparing_pair_by_pair_does(lanes: Mapping[int, Sequence[Span]]) -> None:
    assert meetings(lanes) == pair_by_pair(lanes)


def test_jobs_that_run_every_minute_are_seen_through_at_once() -> None:
    """Pair by pair this takes a billion comparisons."""
    minutes = [DAY + timedelta(minutes=minute) for minute in range(24 * 60)]
    lanes = {job: [Span(minute, minute + timedelta(seconds=90)) for minute in minutes] for job in range(36)}
    begun = process_time()
    found = meetings(lanes)
    assert process_time() - begun < 10
    first = Span(DAY, DAY + timedelta(seconds=90))
    assert found == [Meeting(one, other, first, 3 * 1440 - 2) for one, other in combinations(range(36), 2)]


def test_another_time_is_the_nearest_that_is_free_and_still_to_come() -> None:
    taken = [span("01:00", "01:55"), span("02:00", "02:20")]
    assert free_near(span("02:00", "02:10"), taken, earliest=at("00:00")) == at("02:30")
    assert free_near(span("02:00", "02:05"), [span("02:00", "02:20")], earliest=at("00:00")) == at("01:45")
    assert free_near(span("02:00", "02:05"), [span("02:00", "02:20")], earliest=at("01:50")) == at("02:30")
    assert free_near(span("02:00", "02:05"), [span("00:00", "09:00")], earliest=at("00:00")) is None
