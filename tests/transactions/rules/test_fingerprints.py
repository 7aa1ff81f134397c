"""When two records, or two failures, are the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.transactions.rules.fingerprints import of_failure, of_record, plain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.dictionaries(st.text(max_size=5), JSON, max_size=5)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1, "b": None}, {"a": 1}),
        ({"a": 1, "b": ""}, {"a": 1}),
        ({"a": 1, "b": []}, {"a": 1}),
        ({"a": 1, "b": {}}, {"a": 1}),
        ({"a": 1, "b": {"c": None, "d": ""}}, {"a": 1}),
        ({"a": {"c": 1, "d": None}}, {"a": {"c": 1}}),
        ({"a": [{"c": 1, "d": ""}]}, {"a": [{"c": 1}]}),
        ({"a": (1, 2)}, {"a": [1, 2]}),
        ({1: "x"}, {"1": "x"}),
    ],
)
def test_the_same_record(one: Any, other: Any) -> None:
    assert of_record(one) == of_record(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"b": 1}),
        ({"a": 0}, {}),
        ({"a": False}, {}),
        ({"a": True}, {"a": 1}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": [None, 1]}, {"a": [1]}),
        ({"a": " "}, {"a": ""}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}),
    ],
)
def test_not_the_same_record(one: Any, other: Any) -> None:
    assert of_record(one) != of_record(other)


def test_volatile_fields_do_not_count_at_the_top_only() -> None:
    assert of_record({"a": 1, "updated": 5}, {"updated"}) == of_record({"a": 1, "updated": 6}, {"updated"})
    assert of_record({"a": {"updated": 5}}, {"updated"}) != of_record({"a": {"updated": 6}}, {"updated"})


@pytest.mark.parametrize(
    "record",
    [{"a": 2**64}, {"a": -(2**70)}, {"a": Decimal("12.10")}, {"a": date(2026, 11, 21)}, {"a": "\x00"}],
    ids=["65 bits", "71 bits", "decimal", "date", "NUL"],
)
def test_what_systems_answer_has_a_fingerprint(record: dict[str, Any]) -> None:
    assert of_record(record) == of_record(dict(record))
    assert of_record(record) != of_record({"a": "other"})


def test_a_record_nested_more_deeply_than_the_quick_writer_goes_has_one_too() -> None:
    def nested(leaf: int) -> dict[str, Any]:
        record: dict[str, Any] = {"leaf": leaf}
        for _ in range(300):
            record = {"in": record}
        return record

    assert of_record(nested(1)) == of_record(nested(1))
    assert of_record(nested(1)) != of_record(nested(2))


@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_fields_never_matters(record: dict[str, Any], random: Any) -> None:
    fields = list(record.items())
    random.shuffle(fields)
    assert of_record(dict(fields)) == of_record(record)


@given(RECORDS, st.text(max_size=5), st.sampled_from([None, "", [], {}]))
def test_an_empty_field_more_never_matters(record: dict[str, Any], name: str, empty: Any) -> None:
    assert of_record({**record, name: empty}) == of_record({key: record[key] for key in record if key != name})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Invoice 4711 is closed", "Invoice 12 is closed"),
        ("no party 'C-1042'", "no party 'C-2'"),
        ('no party "Brandt"', 'no party "Meier"'),
        ("request deadbeef01 failed", "request 0a1b2c3d4e failed"),
        ("INV-0001: closed period", "INV-0002: closed period"),
        ("no party anna@huber.example", "no party office@brandt-mt.example"),
        ("<anna@huber.example>: mailbox unknown", "<b.meier@meier.example>: mailbox unknown"),
        ("Can't map value 'Austria'", "Can't map value 'Germany'"),
        ("The customer's country 'Austria' is unknown", "The customer's country 'Germany' is unknown"),
        ("The customers' country 'Austria' is unknown", "The customers' country 'Germany' is unknown"),
        ("Impossible de lire l'adresse 'Wien'", "Impossible de lire l'adresse 'Graz'"),
        ("Partei „Huber“ fehlt", "Partei „Meier“ fehlt"),
        ("Party “Huber” is unknown", "Party “Meier” is unknown"),
    ],
)
def test_ids_and_quoted_values_do_not_tell_causes_apart(one: str, other: str) -> None:
    assert of_failure(1, "ledger", "rejected", one) == of_failure(1, "ledger", "rejected", other)


@pytest.mark.parametrize(
    ("reason", "plainly"),
    [
        ("no party 'C-1042'", "no party …"),
        ("field='x' and b'abc' in column'name'", "field=… and b… in column…"),
        ('no party "Brandt" of 2026-11-23', "no party … of …"),
        ("request deadbeef01 failed", "request … failed"),
        ("HTTP 503, try again @ noon", "HTTP …, try again @ noon"),
        ("an unclosed ' stays", "an unclosed ' stays"),
        ("can't and won't", "can't and won't"),
    ],
)
def test_what_a_cause_is_known_by(reason: str, plainly: str) -> None:
    """A cause that people have in hand keeps its name: what is open today is the same cause tomorrow."""
    assert plain(reason) == plainly


def test_everything_else_tells_causes_apart() -> None:
    cause = (1, "ledger", "rejected.closed", "closed period")
    others = [
        (2, *cause[1:]),
        (1, "notify", *cause[2:]),
        (*cause[:2], "rejected", cause[3]),
        (*cause[:3], "open period"),
    ]
    assert len({of_failure(*one) for one in [cause, *others]}) == 5
