"""CEL as we use it: money exact, errors that name what is missing, nothing but ExpressionFailed."""

from __future__ import annotations

import contextlib
import logging
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.foundation.expressions import BadExpression, Expression, ExpressionFailed, expression

WHOLE = st.integers(-(2**63), 2**63 - 1)


def value(source: str, **context: Any) -> Any:
    return expression(source).evaluate(context)


@pytest.mark.parametrize(
    ("text", "digits", "minor"),
    [
        ("12.50", 2, 1250),
        ("12.5", 2, 1250),
        ("12", 2, 1200),
        ("12.", 2, 1200),
        (".5", 2, 50),
        ("-0.01", 2, -1),
        ("+3.00", 2, 300),
        (" 12.50 ", 2, 1250),
        ("0.1", 1, 1),
        ("1000", 0, 1000),
        ("1e3", 0, 1000),
        ("1.234", 3, 1234),
        ("92233720368547758.07", 2, 2**63 - 1),
        ("-92233720368547758.08", 2, -(2**63)),
        ("1.000000000000000000000000000000", 2, 100),
    ],
)
def test_money_from_text(text: str, digits: int, minor: int) -> None:
    found = value("minor(t, d)", t=text, d=digits)
    assert (found, type(found)) == (minor, int)


@pytest.mark.parametrize("amount", [0.1, 0.29, 1.1, 2.675, 19.99, 12.10, 1e15 + 0.5])
def test_a_number_with_a_point_is_taken_as_it_is_written(amount: float) -> None:
    assert value("minor(a, 3)", a=amount) == int(Decimal(str(amount)) * 1000)


@pytest.mark.parametrize(
    ("text", "digits", "words"),
    [
        ("12.505", 2, "12.505 has more than 2 decimals"),
        ("0.0000000000000000000000000000000000000001", 2, "has more than 2 decimals"),
        ("1.00000000000000000000000000000000000001", 2, "has more than 2 decimals"),
        (0.1 + 0.2, 2, "0.30000000000000004 has more than 2 decimals"),
        ("92233720368547758.08", 2, "is too large an amount"),
        ("99999999999999999999", 2, "is too large an amount"),
        ("1e400", 2, "is too large an amount"),
        ("1,50", 2, "'1,50' is not an amount"),
        ("1_000", 2, "'1_000' is not an amount"),
        ("\u0661\u0662", 2, "is not an amount"),
        ("NaN", 2, "'NaN' is not an amount"),
        ("Infinity", 2, "'Infinity' is not an amount"),
        ("", 2, "'' is not an amount"),
        (None, 2, "None is not an amount"),
        (True, 2, "True is not an amount"),
        ("1", -1, "an amount has 0 to 18 decimals, not -1"),
        ("1", 19, "an amount has 0 to 18 decimals, not 19"),
    ],
)
def test_what_is_no_exact_amount_is_refused_not_rounded(text: Any, digits: int, words: str) -> None:
    with pytest.raises(ExpressionFailed) as raised:
        value("minor(t, d)", t=text, d=digits)
    assert words in raised.value.reason


@pytest.mark.parametrize(
    ("minor", "digits", "text"),
    [
        (394000, 2, "3940.00"),
        (0, 2, "0.00"),
        (5, 2, "0.05"),
        (-5, 2, "-0.05"),
        (1000, 0, "1000"),
        (1, 18, "0.000000000000000001"),
        (2**63 - 1, 2, "92233720368547758.07"),
    ],
)
def test_money_to_text(minor: int, digits: int, text: str) -> None:
    assert value("major(m, d)", m=minor, d=digits) == text


@pytest.mark.parametrize("minor", [12.5, 1e300, "1250", True, None])
def test_only_whole_numbers_become_money(minor: Any) -> None:
    with pytest.raises(ExpressionFailed, match="is not a whole number of minor units"):
        value("major(m, 2)", m=minor)


@given(WHOLE, st.integers(0, 18))
def test_money_comes_back_as_it_went(minor: int, digits: int) -> None:
    assert value("minor(major(m, d), d)", m=minor, d=digits) == minor


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("text(null) + text(7) + text('x')", "7x"),
        ("lower('ÄB') + upper('ß')", "äbSS"),
        (r"trim('  a \t b\n')", "a b"),
        ("replace('a-b-c', '-', '+')", "a+b+c"),
        ("joined([1, 2, 'x'], ', ')", "1, 2, x"),
        ("first([7, 8], 0) + first([], 1)", 8),
        ("orelse(null, 'd') + orelse('', 'd') + orelse('x', 'd')", "ddx"),
        ("orelse(0, 7)", 0),
        ("orelse(false, true)", False),
        ("iso(1790000000)", "2026-09-21T14:13:20Z"),
        ("digest('a')", "ca978112ca1bbdcafac231b39a23dc4d"),
        ("has(event.x) ? event.x : 'none'", "none"),
        ("[1, 1.5, 'x', null, {'a': [true]}]", [1, 1.5, "x", None, {"a": [True]}]),
    ],
)
def test_our_functions(source: str, found: Any) -> None:
    assert value(source, event={}) == found


#: It cannot be handed to the engine.
STRANGE = object()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("event.a + 1", 2),
        ("event . a + event.b.c", 3),
        ("has(event.a) && !has(event.z)", True),
        ("'event' + text(event.a)", "event1"),
        ('event.a == 1 ? "event[0]" : event.b', "event[0]"),
    ],
)
def test_the_engine_is_given_only_the_fields_that_are_read(source: str, found: Any) -> None:
    event = {"a": 1, "b": {"c": 2}, "strange": STRANGE}
    assert Expression(source).evaluate({"event": event}) == found
    with pytest.raises(ExpressionFailed):
        Expression(f"[{source}, event.strange]").evaluate({"event": event})


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("size(event)", 3),
        ('event["a"] + event.b.c', 3),
        ("event.exists(name, name == 'd')", True),
        ("event.all(name, name != 'z')", True),
        ("[event].map(one, one.a + one.d)[0]", 5),
        ("event.map(event, event)[0] != ''", True),
        (r"r'\' + text(event.a) + ('' == '' ? text(event.d) : '')", "\\14"),
        ("'''it's''' + text(event.a)", "it's1"),
        ("event.a // it's the first\n + event.d // and it's the last", 5),
    ],
)
def test_however_a_field_is_reached_it_is_there(source: str, found: Any) -> None:
    assert Expression(source).evaluate({"event": {"a": 1, "b": {"c": 2}, "d": 4}}) == found


def test_a_missing_field_is_named() -> None:
    with pytest.raises(ExpressionFailed) as raised:
        value("event.customer.email", event={"customer": {}})
    assert raised.value.reason == "there is no field 'email'"
    assert raised.value.expression == "event.customer.email"


@pytest.mark.parametrize(
    "source",
    [
        "a / 0",
        "a % 0",
        "a + 9223372036854775807",
        "a / 0.0 > [1]",
        "[1][5]",
        "[1][-1]",
        "'x' + 1",
        "unknown",
        "lower(null)",
        "'a'.matches('[')",
        "int('x')",
        "timestamp('never')",
        "iso(99999999999999)",
        "minor('x', 2)",
        "first(5, 1)",
    ],
)
def test_whatever_goes_wrong_is_one_error(source: str) -> None:
    with pytest.raises(ExpressionFailed):
        value(source, a=1)


@given(st.text(max_size=40))
def test_no_text_brings_the_compiler_down(source: str) -> None:
    with contextlib.suppress(BadExpression):
        Expression(source)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "not an expression"),
        ("event.", "not an expression"),
        ("(" * 1500 + ")" * 1500, "not an expression"),
        ("[" * 1999 + "]" * 1999, "not an expression"),
        ("1" * 4001, "may have 4000 characters, this one has 4001"),
        ("a.map(x, x).map(x, x).filter(x, x).all(x, x)", "may have 3 comprehensions"),
    ],
)
def test_a_bad_expression_says_why(source: str, words: str) -> None:
    with pytest.raises(BadExpression) as raised:
        Expression(source)
    assert words in raised.value.detail


def test_a_filter_is_true_or_false_and_nothing_between() -> None:
    assert expression("a > 1").holds({"a": 2}) is True
    assert expression("a > 1").holds({"a": 1}) is False
    for source in ("a", "'true'", "null", "[]"):
        with pytest.raises(ExpressionFailed, match="a filter must be true or false"):
            expression(source).holds({"a": 1})


def test_a_deep_document_is_read_without_harm() -> None:
    document: Any = 1
    for _ in range(1000):
        document = {"deeper": document}
    assert value("has(event.deeper)", event=document) is True


def test_what_an_expression_failed_on_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(ExpressionFailed):
        value("minor(a, 2)", a="Brandt Messtechnik")
    assert "Brandt" not in caplog.text
