"""A mapping applied: what it makes, and which line is named when one cannot be evaluated."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.transactions.rules.flow import MappingLine
from controlplane.transactions.rules.mapping import MappingFailed, apply

EVENT = {
    "id": "in_1",
    "amount": 394000,
    "customer": {"email": "A@B.example", "name": None},
    "lines": [{"n": 1}, {"n": 2}],
}


def made(*lines: tuple[str, str]) -> dict[str, Any]:
    return apply([MappingLine(*line) for line in lines], {"event": EVENT})


def test_no_lines_make_an_empty_document() -> None:
    assert made() == {}


def test_lines_fill_targets_and_dots_make_objects() -> None:
    assert made(
        ("id", "event.id"),
        ("customer.email", "lower(event.customer.email)"),
        ("customer.address.city", "'Kiel'"),
        ("total", "major(event.amount, 2)"),
        ("count", "event.lines.size()"),
        ("numbers", "event.lines.map(l, l.n * 10)"),
        ("paid", "event.amount > 0"),
    ) == {
        "id": "in_1",
        "customer": {"email": "a@b.example", "address": {"city": "Kiel"}},
        "total": "3940.00",
        "count": 2,
        "numbers": [10, 20],
        "paid": True,
    }


def test_lines_that_pick_and_lines_that_compute_each_fill_their_own_target() -> None:
    computed = ("total", "major(event.amount, 2)")
    assert made(("id", "event.id"), computed, ("name", "event.customer.name"), ("upper", "upper(event.id)")) == {
        "id": "in_1",
        "total": "3940.00",
        "upper": "IN_1",
    }
    assert made(computed, ("lines", "event.lines"), ("id", "event.id")) == {
        "total": "3940.00",
        "lines": [{"n": 1}, {"n": 2}],
        "id": "in_1",
    }


def test_a_null_leaves_its_target_out() -> None:
    assert made(("name", "event.customer.name"), ("id", "event.id")) == {"id": "in_1"}


def test_a_later_line_for_the_same_target_wins() -> None:
    assert made(("id", "'a'"), ("id", "'b'")) == {"id": "b"}


def test_the_first_line_that_fails_is_named() -> None:
    with pytest.raises(MappingFailed) as raised:
        made(("id", "event.id"), ("vat", "event.customer.tax_id"), ("x", "event.y"))
    assert (raised.value.target, raised.value.reason) == ("vat", "there is no field 'tax_id'")


def test_a_target_cannot_be_below_a_value() -> None:
    with pytest.raises(MappingFailed, match=r"customer\.id: 'customer' already holds a value"):
        made(("customer", "event.id"), ("customer.id", "event.id"))


def test_a_value_cannot_take_the_place_of_an_object() -> None:
    with pytest.raises(MappingFailed, match="customer: 'customer' already holds an object"):
        made(("customer.id", "event.id"), ("customer", "event.id"))


def test_an_object_from_an_expression_can_be_added_to() -> None:
    assert made(("customer", "{'id': event.id}"), ("customer.email", "'x'")) == {
        "customer": {"id": "in_1", "email": "x"}
    }


@pytest.mark.parametrize("comment", ["event.id // the id, (as they call it)", "event.id // ]", "// first\nevent.id"])
def test_a_comment_in_one_line_does_not_reach_the_next(comment: str) -> None:
    assert made(("id", comment), ("amount", "event.amount")) == {"id": "in_1", "amount": 394000}


def test_a_line_that_does_not_parse_is_named() -> None:
    with pytest.raises(MappingFailed) as raised:
        made(("id", "event.id"), ("bad", "event."))
    assert raised.value.target == "bad"
    assert "not an expression" in raised.value.reason


def test_one_line_cannot_smuggle_in_another() -> None:
    with pytest.raises(MappingFailed) as raised:
        made(("a", "1), (2"), ("b", "3"))
    assert raised.value.target == "a"


def test_money_is_made_from_whole_numbers_and_stays_exact() -> None:
    lines = [MappingLine("total", "major(event.amount, 2)"), MappingLine("back", "minor(major(event.amount, 2), 2)")]
    for amount in (0, 1, 10, 99, 100, 394000, 9007199254740993, 9223372036854775807, -1, -9223372036854775808):
        document = apply(lines, {"event": {"amount": amount}})
        assert document["back"] == amount
        assert document["total"] == f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}"
