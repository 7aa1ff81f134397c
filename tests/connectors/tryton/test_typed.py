"""Typed values travel to Tryton and back unchanged; money never as a float."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import ContractBroken
from connectors.tryton.typed import decode, encode, plain

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.binary()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas(min_value=timedelta(days=-999), max_value=timedelta(days=999)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=10,
)


@given(VALUES)
def test_what_is_sent_comes_back(value: Any) -> None:
    assert decode(json.loads(json.dumps(encode(value)))) == value


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (Decimal("12.50"), {"__class__": "Decimal", "decimal": "12.50"}),
        (date(2026, 11, 21), {"__class__": "date", "year": 2026, "month": 11, "day": 21}),
        (time(1, 2, 3, 4), {"__class__": "time", "hour": 1, "minute": 2, "second": 3, "microsecond": 4}),
        (timedelta(minutes=1), {"__class__": "timedelta", "seconds": 60.0}),
        (b"\x00", {"__class__": "bytes", "base64": "AA=="}),
    ],
)
def test_each_type_has_trytons_form(value: Any, wire: Any) -> None:
    assert encode(value) == wire


def test_a_time_elsewhere_is_sent_in_utc() -> None:
    there = datetime(2026, 11, 21, 13, tzinfo=timezone(timedelta(hours=1)))

    assert decode(encode(there)) == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert encode(there)["hour"] == 12


@pytest.mark.parametrize("value", [datetime(2026, 11, 21), object(), {1, 2}])  # noqa: DTZ001 - the point
def test_what_has_no_form_is_a_mistake_of_ours(value: Any) -> None:
    with pytest.raises(TypeError):
        encode(value)


@pytest.mark.parametrize(
    "wire",
    [
        {"__class__": "Decimal", "decimal": "twelve"},
        {"__class__": "Decimal"},
        {"__class__": "datetime", "year": 2026},
        {"__class__": "date", "year": 2026, "month": 13, "day": 1},
        {"__class__": "bytes", "base64": 7},
    ],
)
def test_a_broken_value_breaks_the_contract(wire: Any) -> None:
    with pytest.raises(ContractBroken):
        decode([wire])


def test_a_class_that_nobody_knows_stays_as_it_came() -> None:
    assert decode({"__class__": "Eval", "v": "company"}) == {"__class__": "Eval", "v": "company"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("12.50"), "12.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.00000001"), "0.00000001"),
        (datetime(2026, 11, 21, 12, tzinfo=UTC), "2026-11-21T12:00:00.000000Z"),
        (date(2026, 11, 21), "2026-11-21"),
        (2.0, 2.0),
        (None, None),
    ],
)
def test_a_record_shows_money_as_text_and_times_in_utc(value: Any, shown: Any) -> None:
    assert plain(value) == shown
