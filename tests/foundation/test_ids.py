"""Time-ordered ids: bounds, moments and digests, the same in Python and in SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controlplane.foundation.ids import digest_uuid, moment, uuid7, uuid7_floor

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - given one


@given(MOMENTS)
def test_a_bound_is_the_millisecond_and_nothing_else(at: datetime) -> None:
    floor = uuid7_floor(at)
    assert floor.int & ((1 << 80) - 1) == 0
    assert moment(floor) == at.replace(microsecond=at.microsecond // 1000 * 1000)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.django_db
@given(st.lists(MOMENTS, min_size=1, max_size=20))
def test_sql_has_the_same_bound(moments: list[datetime]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select uuid7_floor(m) from unnest(%s::timestamptz[]) with ordinality t(m, n) order by n", [moments]
        )
        assert [row[0] for row in cursor.fetchall()] == [uuid7_floor(at) for at in moments]


def test_the_zone_of_a_moment_does_not_matter() -> None:
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert uuid7_floor(at.astimezone(timezone(timedelta(hours=-9)))) == uuid7_floor(at)


def test_new_ids_lie_between_the_bounds_of_their_making_and_grow() -> None:
    before = datetime.now(UTC)
    made = [uuid7() for _ in range(1000)]
    after = datetime.now(UTC) + timedelta(milliseconds=1)
    assert uuid7_floor(before) <= made[0]
    assert made[-1] < uuid7_floor(after)
    assert made == sorted(set(made))
    assert {one.version for one in made} == {7}


def test_a_digest_tells_parts_apart() -> None:
    assert digest_uuid(b"ab", b"c") != digest_uuid(b"a", b"bc")
    assert digest_uuid(b"a") != digest_uuid(b"a", b"")
    # Stored in de-duplication rows: it never changes.
    assert digest_uuid(b"a") == UUID("3b196fd4-907b-edf5-1c30-90e9835f2f7c")
