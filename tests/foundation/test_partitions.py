"""Weeks of a table: their bounds, their names, and which of them are over."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection

from controlplane.foundation.ids import moment, uuid7_floor
from controlplane.foundation.partitions import (
    PARTITIONED,
    Partitioned,
    create_statement,
    ensure,
    expired,
    first_day,
    name_of,
    week_of,
    weeks_of,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment_in_it", "monday", "name"),
    [
        ("2026-11-16T00:00:00", "2026-11-16", "t_2026w47"),
        ("2026-11-22T23:59:59.999999", "2026-11-16", "t_2026w47"),
        ("2026-11-23T00:00:00", "2026-11-23", "t_2026w48"),
        # The ISO year changes with the week that has the first Thursday.
        ("2026-12-31T12:00:00", "2026-12-28", "t_2026w53"),
        ("2027-01-03T23:59:59", "2026-12-28", "t_2026w53"),
        ("2027-01-04T00:00:00", "2027-01-04", "t_2027w01"),
        ("2024-12-30T00:00:00", "2024-12-30", "t_2025w01"),
        ("2024-12-29T23:00:00", "2024-12-23", "t_2024w52"),
        ("2025-12-29T00:00:00", "2025-12-29", "t_2026w01"),
        # A leap day, and the days when clocks change elsewhere.
        ("2028-02-29T00:00:00", "2028-02-28", "t_2028w09"),
        ("2026-03-29T01:30:00", "2026-03-23", "t_2026w13"),
    ],
)
def test_a_week_begins_on_monday_at_midnight_utc(moment_in_it: str, monday: str, name: str) -> None:
    week = week_of(at(moment_in_it))
    assert week == at(monday)
    assert (name_of("t", week), first_day(name)) == (name, week)


def test_the_zone_of_the_moment_does_not_move_the_week() -> None:
    sunday_evening = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert week_of(sunday_evening.astimezone(timezone(timedelta(hours=9)))) == at("2026-11-16")


def test_weeks_follow_each_other_without_gap_or_overlap_and_sort_by_name() -> None:
    weeks = [week_of(at("2026-01-01")) + timedelta(days=7 * n) for n in range(210)]
    assert all(week == week_of(week) for week in weeks)
    names = [name_of("t", week) for week in weeks]
    assert names == sorted(set(names))
    for week, following in itertools.pairwise(weeks):
        assert f"to ('{uuid7_floor(following)}')" in create_statement("t", week)
        assert f"from ('{uuid7_floor(following)}')" in create_statement("t", following)
        assert moment(uuid7_floor(week)) == week


@pytest.mark.django_db
def test_missing_weeks_are_made_once_and_expired_ones_are_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create table shelf (id uuid primary key) partition by range (id)")
    start = at("2026-12-24")
    made = ensure(["shelf"], start=start, weeks=3)
    assert made == ["shelf_2026w52", "shelf_2026w53", "shelf_2027w01"]
    assert ensure(["shelf"], start=start, weeks=4) == ["shelf_2027w02"]
    assert weeks_of("shelf") == [*made, "shelf_2027w02"]
    assert expired("shelf", before=at("2026-12-24")) == []
    assert expired("shelf", before=at("2026-12-28")) == ["shelf_2026w52"]
    assert expired("shelf", before=at("2027-01-10T23:59:59")) == ["shelf_2026w52", "shelf_2026w53"]


@pytest.mark.django_db
def test_each_row_finds_its_week() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create table shelf (id uuid primary key) partition by range (id)")
        ensure(["shelf"], start=at("2026-12-28"), weeks=2)
        moments = [at("2026-12-28"), at("2027-01-03T23:59:59.999"), at("2027-01-04")]
        cursor.execute("insert into shelf select unnest(%s::uuid[])", [[uuid7_floor(one) for one in moments]])
        cursor.execute("select tableoid::regclass::text from shelf order by id")
        assert [row[0] for row in cursor.fetchall()] == ["shelf_2026w53", "shelf_2026w53", "shelf_2027w01"]


@pytest.mark.django_db
@pytest.mark.parametrize(("by_id", "settings"), [(True, ["autovacuum_analyze_scale_factor=1"]), (False, None)])
def test_weeks_that_are_read_by_id_alone_are_analysed_when_they_have_doubled(
    by_id: bool, settings: list[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PARTITIONED, "shelf", Partitioned("shelf", timedelta(days=30), by_id))
    with connection.cursor() as cursor:
        cursor.execute("create table shelf (id uuid primary key) partition by range (id)")
        ensure(["shelf"], start=at("2026-12-28"), weeks=1)
        cursor.execute("select reloptions from pg_class where relname = 'shelf_2026w53'")
        assert cursor.fetchone() == (settings,)
