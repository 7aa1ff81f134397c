"""Times as people write them, resolved in the organisation's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.transactions.search import moments

VIENNA = ZoneInfo("Europe/Vienna")
#: A Monday, 14:32 in Vienna.
NOW = datetime(2026, 11, 23, 13, 32, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("2h", datetime(2026, 11, 23, 11, 32, tzinfo=UTC)),
        ("90s", datetime(2026, 11, 23, 13, 30, 30, tzinfo=UTC)),
        ("999999w", datetime(1971, 1, 1, tzinfo=UTC)),
        ("90000w", datetime(1971, 1, 1, tzinfo=UTC)),
        ("2w", datetime(2026, 11, 9, 13, 32, tzinfo=UTC)),
        ("today", datetime(2026, 11, 22, 23, 0, tzinfo=UTC)),
        ("monday", datetime(2026, 11, 22, 23, 0, tzinfo=UTC)),
        ("Sunday", datetime(2026, 11, 21, 23, 0, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 19, 23, 0, tzinfo=UTC)),
        ("2026-11-20T08:15", datetime(2026, 11, 20, 7, 15, tzinfo=UTC)),
        ("2026-11-20T08:15Z", datetime(2026, 11, 20, 8, 15, tzinfo=UTC)),
        ("2026-11-20t08:15", datetime(2026, 11, 20, 7, 15, tzinfo=UTC)),
        ("2026-11-20 08:15", datetime(2026, 11, 20, 7, 15, tzinfo=UTC)),
        ("08:15", datetime(2026, 11, 23, 7, 15, tzinfo=UTC)),
        ("14:32", datetime(2026, 11, 23, 13, 32, tzinfo=UTC)),
        ("14:33", datetime(2026, 11, 22, 13, 33, tzinfo=UTC)),
        ("23:59", datetime(2026, 11, 22, 22, 59, tzinfo=UTC)),
    ],
)
def test_a_moment(word: str, means: datetime) -> None:
    assert moments.is_moment(word)
    assert moments.moment(word, NOW, VIENNA) == means


@pytest.mark.parametrize(
    "word", ["2026-11-23x10:00", "2026-11-23_10:00", "2026-11-23t25:00", "2026-11-23T", "2026-11-23t"]
)
def test_what_is_nearly_a_time_is_no_time_and_no_day(word: str) -> None:
    assert not moments.is_moment(word)
    assert not moments.is_day(word)


def test_a_time_of_day_makes_no_day() -> None:
    assert not moments.is_day("2026-11-23t10:00")
    with pytest.raises(ValueError, match="is no day"):
        moments.day("2026-11-23t10:00", NOW, VIENNA)


@pytest.mark.parametrize(
    ("begin", "word", "means"),
    [
        (None, "18:00", datetime(2026, 11, 22, 17, 0, tzinfo=UTC)),
        ("10:00", "18:00", datetime(2026, 11, 23, 17, 0, tzinfo=UTC)),
        ("22:00", "23:00", datetime(2026, 11, 22, 22, 0, tzinfo=UTC)),
        ("today", "12:00", datetime(2026, 11, 23, 11, 0, tzinfo=UTC)),
        ("today", "yesterday", datetime(2026, 11, 21, 23, 0, tzinfo=UTC)),
    ],
)
def test_a_time_of_the_clock_that_ends_something_comes_after_its_beginning(
    begin: str | None, word: str, means: datetime
) -> None:
    since = moments.moment(begin, NOW, VIENNA) if begin else None
    assert moments.end(word, NOW, VIENNA, since) == means


def test_a_day_has_as_many_hours_as_the_clocks_allow() -> None:
    change = moments.day("2026-10-25", NOW, VIENNA)
    assert (change.high - change.low).total_seconds() == 25 * 3600


@pytest.mark.parametrize("word", ["", "soon", "25:00", "0001-01-01", "2026-13-01", "2 h", "1e3d"])
def test_what_is_no_time(word: str) -> None:
    assert not moments.is_moment(word)


@given(st.text(max_size=30))
def test_what_is_taken_for_a_time_resolves(word: str) -> None:
    if moments.is_moment(word):
        assert moments.moment(word, NOW, VIENNA).tzinfo is not None
    if moments.is_day(word):
        window = moments.day(word, NOW, VIENNA)
        assert window.low < window.high
