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
        ("08:15", datetime(2026, 11, 23, 7, 15, tzinfo=UTC)),
    ],
)
def test_a_moment(word: str, means: datetime) -> None:
    assert moments.is_moment(word)
    assert moments.moment(word, NOW, VIENNA) == means


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
