"""Jobs that read one system at the same time: who meets whom, and when one would have it to itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

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


def test_another_time_is_the_nearest_that_is_free_and_still_to_come() -> None:
    taken = [span("01:00", "01:55"), span("02:00", "02:20")]
    assert free_near(span("02:00", "02:10"), taken, earliest=at("00:00")) == at("02:30")
    assert free_near(span("02:00", "02:05"), [span("02:00", "02:20")], earliest=at("00:00")) == at("01:45")
    assert free_near(span("02:00", "02:05"), [span("02:00", "02:20")], earliest=at("01:50")) == at("02:30")
    assert free_near(span("02:00", "02:05"), [span("00:00", "09:00")], earliest=at("00:00")) is None
