"""What an expression may cost, whatever a sender sends; and that the short way gives what the engine would."""

from __future__ import annotations

import time
from typing import Any

import cel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.foundation.expressions import FUNCTIONS, MAX_ELEMENTS, Expression, ExpressionFailed

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("ab\x00é", max_size=3)
documents = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner)),
)
#: The engine hands objects over in any order, so that what a function writes of a larger one is never the same.
small = st.dictionaries(
    st.sampled_from("abc"),
    leaves | st.lists(leaves, max_size=2) | st.dictionaries(st.sampled_from("ab"), leaves, max_size=1),
)


def by_the_engine(source: str, context: dict[str, Any]) -> tuple[Any, type]:
    """What the engine itself makes of it."""
    try:
        found = cel.compile(source).execute(cel.Context(context, FUNCTIONS))
    except Exception as error:  # noqa: BLE001 - whatever it raises
        return type(error), type(error)
    return found, type(found)


def by_us(source: str, context: dict[str, Any]) -> tuple[Any, type]:
    """The same, of ours: for a failure, the engine's own one behind it."""
    try:
        found = Expression(source).evaluate(context)
    except ExpressionFailed as error:
        return type(error.__cause__), type(error.__cause__)
    return found, type(found)


@given(documents, st.sampled_from(["event.a", "event.a.b", "event.b.c.a", "event", "event.c.size"]))
def test_a_plain_path_gives_what_the_engine_gives(document: dict[str, Any], path: str) -> None:
    assert by_us(path, {"event": document}) == by_the_engine(path, {"event": document})


@given(
    small,
    st.sampled_from(sorted(FUNCTIONS)),
    st.sampled_from(["event.a", "event.a.b", " event.b "]),
    st.sampled_from(["", ", 2", ", 'x'", ", \"a\" , 'é'", ", -1", ", ''", ", 'a, b', 7"]),
)
def test_a_function_over_a_path_gives_what_the_engine_gives(
    document: dict[str, Any], name: str, path: str, constants: str
) -> None:
    source = f"{name}({path}{constants})"
    assert by_us(source, {"event": document}) == by_the_engine(source, {"event": document})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("major(event.cents, 2)", "3940.00"),
        ("minor(event.amount, 2)", 1250),
        ("replace(event.code, '-', \"\")", "AB12"),
        ("orelse(event.none, 'nobody, really')", "nobody, really"),
        ("iso(event.at)", "2026-11-28T12:30:00Z"),
        ("upper(lower(event.code))", "AB-12"),
    ],
)
def test_functions_compute_what_they_say_whoever_computes_it(source: str, expected: object) -> None:
    event = {"cents": 394000, "amount": "12.50", "code": "AB-12", "none": None, "at": 1795869000}
    assert Expression(source).evaluate({"event": event}) == expected
    assert Expression(f"({source})").evaluate({"event": event}) == expected


def test_what_an_expression_does_not_read_cannot_hurt_it() -> None:
    unreadable = {"event": {"a": 1}, "record": {"big": 2**70, 7: object()}}
    assert Expression("event.a + 1").evaluate(unreadable) == 2


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(ExpressionFailed, match="evnt"):
        Expression("evnt.a + 1").evaluate({"event": {"a": 1}})


@pytest.mark.parametrize(
    ("source", "nested"),
    [
        ("event.a.map(x, x + 1)", 1),
        ("event.a.filter(x, x > 1).map(x, x + 1)", 1),
        ("event.a.map(x, '(.map(') + event.a.filter(x, x != \")\")", 1),
        ("event.a.map(x, event.a.filter(y, y > x))", 2),
        ("event.a.map(x, event.a.map(y, event.a.filter(z, z > y)))", 3),
    ],
)
def test_lists_for_comprehensions_are_limited_by_how_deeply_they_are_nested(source: str, nested: int) -> None:
    most = MAX_ELEMENTS[nested]
    assert most is not None
    with pytest.raises(ExpressionFailed, match=f"lists of up to {most} elements here, there is one of {most + 1}$"):
        Expression(source).evaluate({"event": {"a": list(range(most + 1))}})


@pytest.mark.parametrize(
    "large", [{"c": [0] * 2001}, {str(n): n for n in range(2001)}], ids=["a list within", "an object"]
)
def test_any_list_or_object_that_it_could_meet_counts(large: dict[str, Any]) -> None:
    event = {"a": [1], "b": [large]}
    with pytest.raises(ExpressionFailed, match="there is one of 2001"):
        Expression("event.b.map(x, size(x))").evaluate({"event": event})
    assert Expression("event.b.exists(x, size(x) > 0)").evaluate({"event": event}) is True
    assert Expression("event.a.map(x, x + 1)").evaluate({"event": event}) == [2]


def test_the_largest_lists_take_seconds_not_minutes() -> None:
    began = time.process_time()
    Expression("event.a.map(x, x + 1)").evaluate({"event": {"a": list(range(2_000))}})
    assert time.process_time() - began < 20


@pytest.mark.parametrize("amount", ["1E+999990", "1e99999999999", "9" * 5_000, "NaN", "-Infinity", "1e-999999"])
def test_an_amount_out_of_this_world_is_refused_at_once(amount: str) -> None:
    began = time.process_time()
    with pytest.raises(ExpressionFailed):
        Expression("minor(event.a, 2)").evaluate({"event": {"a": amount}})
    assert time.process_time() - began < 5
