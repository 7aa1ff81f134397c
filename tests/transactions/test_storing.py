"""What others send, as our columns take it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from controlplane.transactions.pipeline import storing


def test_a_time_without_a_zone_is_of_utc_and_every_other_stays_as_it_is() -> None:
    bare = datetime(2026, 11, 28, 12, 30)  # noqa: DTZ001 - as a connector may give it
    east = bare.replace(tzinfo=timezone(timedelta(hours=3)))
    assert storing.instant(bare) == datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
    assert storing.instant(east) is east
    assert storing.instant(None) is None
