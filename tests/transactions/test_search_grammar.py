"""What a person may type into the search, and what they are told when it cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from controlplane.transactions.search.fields import BY_NAME, Shape, key_fields
from controlplane.transactions.search.grammar import BadQuery, Fault, parse, pieces
from controlplane.transactions.search.query import (
    Comparison,
    Quantity,
    Query,
    Range,
    Reading,
    Span,
    Term,
    Word,
    reading,
    render,
    word,
)

KINDS = ("customer", "order", "invoice", "billing-party", "contract")


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(BadQuery) as caught:
        parse(text, KINDS)
    return caught.value.faults


def marked(text: str) -> str:
    """The characters that the first fault points at."""
    span = faults(text)[0].span
    return text[span.start : span.end]


def test_terms_are_fields_with_values_and_bare_words() -> None:
    assert parse('customer:C-1042 -status:failed,ok "tax id" S04417', KINDS) == Query(
        (
            Term("customer", (Word("C-1042"),)),
            Term("status", (Word("failed"), Word("ok")), negated=True),
            Term("", (Word("tax id", quoted=True),)),
            Term("", (Word("S04417"),)),
        )
    )


def test_spans_are_the_characters_of_each_term_and_value() -> None:
    query = parse("  customer:C-1042  status:ok", KINDS)
    assert [term.span for term in query.terms] == [Span(2, 17), Span(19, 28)]
    assert query.terms[0].words[0].span == Span(11, 17)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("amount:>1000", Comparison(">", Quantity(Decimal(1000)))),
        ("amount:>=99.50eur", Comparison(">=", Quantity(Decimal("99.50"), "EUR"))),
        ("amount:3940", Comparison("=", Quantity(Decimal(3940)))),
        ("amount:1000..5000eur", Range(Quantity(Decimal(1000), "EUR"), Quantity(Decimal(5000), "EUR"))),
        ("duration:>2s", Comparison(">", Quantity(Decimal(2), "s"))),
        ("duration:500ms..2m", Range(Quantity(Decimal(500), "ms"), Quantity(Decimal(2), "m"))),
        ("attempts:<=3", Comparison("<=", Quantity(Decimal(3)))),
        ("amount:<-50eur", Comparison("<", Quantity(Decimal(-50), "EUR"))),
        ("amount:-50.25", Comparison("=", Quantity(Decimal("-50.25")))),
        ("amount:-50..-10", Range(Quantity(Decimal(-50)), Quantity(Decimal(-10)))),
    ],
)
def test_numbers_are_compared_or_lie_in_a_range(text: str, value: Comparison | Range) -> None:
    assert parse(text).terms[0].values == (value,)


@pytest.mark.parametrize(
    ("text", "wrong", "suggestion"),
    [
        ("custmer:C-1042", "custmer:", "customer:"),
        ("stauts:failed", "stauts:", "status:"),
        ("status:faild", "faild", "failed"),
        ("is:opne", "opne", "open"),
        ("http://shop.example", "http://shop.example", '"http://shop.example"'),
        ("after:yesterdy", "yesterdy", "yesterday"),
        ("amount:5..1", "5..1", "1..5"),
        ("duration:1h..5m", "1h..5m", "5m..1h"),
        ("attempts:3s", "3s", "3"),
        ("amount:>1,000", "1,000", "1000"),
        ("amount:1,000,000eur", "1,000,000", "1000000"),
        ("amount:1,000..5,000", "1,000", "1000"),
        ('text:"spaces in', '"spaces in', '"spaces in"'),
    ],
)
def test_a_typing_error_is_marked_and_what_was_meant_is_offered(text: str, wrong: str, suggestion: str) -> None:
    fault = faults(text)[0]
    assert text[fault.span.start : fault.span.end] == wrong
    assert fault.suggestion == suggestion


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("status:", ":"),
        ("status:ok,,dead", ","),
        ("-", "-"),
        ("(status:ok)", "("),
        ("status:ok OR status:dead", "OR"),
        ("duration:>2", ">2"),
        ("amount:>5eu", ">5eu"),
        ("amount:5eur..9usd", "5eur..9usd"),
        ("amount:many", "many"),
        ("amount:0005,200", "0005,200"),
        ("amount:5,0200", "5,0200"),
        ("duration:-5s", "-5s"),
        ("attempts:>-1", ">-1"),
        ("id:C-1042", "C-1042"),
        ("-after:2h", "-after:2h"),
        ("after:2h,3h", "after:2h,3h"),
        ("on:2h", "2h"),
        ('customer:C"1042', '"'),
        ('customer:"C"1042', "1042"),
        ('""', '""'),
        ("customer:a\x00b", "\x00"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(text: str, wrong: str) -> None:
    assert marked(text) == wrong


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("has:incident", "has:comment"),
        ("is:overdue", "business processes"),
    ],
)
def test_what_is_in_the_language_but_not_here_yet_is_refused_and_never_ignored(text: str, why: str) -> None:
    assert why in faults(text)[0].message


def test_an_amount_with_a_comma_is_told_how_it_is_written() -> None:
    assert faults("amount:>1,000")[0].message == (
        "A comma means or: write 1000 for one amount. Several have their currency, such as 100eur,200eur."
    )
    assert len(parse("amount:100eur,200eur").terms[0].values) == 2
    assert len(parse("amount:5,20").terms[0].values) == 2


def test_every_fault_of_a_query_is_reported() -> None:
    found = faults("custmer:C-1042 status:ok stauts:dead")
    assert [fault.suggestion for fault in found] == ["customer:", "status:"]


def test_a_kind_named_like_a_field_is_searched_with_id_behind_it() -> None:
    assert key_fields(KINDS)["contract-id"] == "contract"
    assert parse("contract-id:V-7 billing-party:P-1", KINDS).terms[0].field == "contract-id"


@pytest.mark.parametrize(
    ("text", "taken_for"),
    [
        ("C-1042", Reading.KEY),
        ("cus_Rtv", Reading.KEY),
        ("office@brandt.example", Reading.KEY),
        ("019ab3c0-0000-7000-8000-000000000001", Reading.ID),
        ("4bf92f3577b34da6a3ce929d0e0e4736", Reading.ID),
        ("timeout", Reading.TEXT),
        ('"C-1042"', Reading.TEXT),
    ],
)
def test_a_bare_word_is_an_id_a_key_or_text(text: str, taken_for: Reading) -> None:
    assert reading(parse(text).terms[0].words[0]) is taken_for


def test_more_than_a_person_types_is_refused() -> None:
    assert "2,000 characters" in faults("a" * 2001)[0].message
    assert "30 terms" in faults("a " * 31)[0].message
    assert "30 values" in faults("status:" + ",".join(["ok"] * 31))[0].message


_LIKELY = st.sampled_from(
    [*BY_NAME, *KINDS, ":", " ", '"', ",", "-", "..", ">", "<=", "2h", "ok", "C-1", "\\", "(", "5eur", "today", "OR"]
)
_ANY_TEXT = st.one_of(st.text(), st.lists(_LIKELY).map("".join))


@given(_ANY_TEXT)
@example('customer:"a\\')
@example("on:0001-01-01")
@example("after:9999-12-31T23:59:59+00:00")
@settings(max_examples=400)
def test_any_text_is_read_or_pointed_at(text: str) -> None:
    try:
        query = parse(text, KINDS)
    except BadQuery as bad:
        spans = [fault.span for fault in bad.faults if fault.message]
    else:
        spans = [Span(0, 1)]
        assert parse(render(query), KINDS) == query
    assert spans
    assert all(0 <= span.start < span.end <= max(1, len(text)) for span in spans)


@given(st.text())
def test_pieces_leave_out_nothing_but_spaces(text: str) -> None:
    kept = "".join(text[piece.span.start : piece.span.end] for piece in pieces(text))
    assert kept.replace(" ", "") == "".join(kept.split(" "))
    assert "".join(kept.split()) == "".join(text.split())


_texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20).filter(str.strip)
_numbers = st.decimals(0, 10**9, places=2)
_word_values = st.lists(_texts.map(word), min_size=1, max_size=3).map(tuple)
_terms = st.one_of(
    st.builds(Term, st.sampled_from(["customer", "system", "text", "", "error"]), _word_values, st.booleans()),
    st.builds(
        Term,
        st.just("amount"),
        st.builds(
            lambda op, number, unit: (Comparison(op, Quantity(number, unit)),),
            st.sampled_from([">", ">=", "<", "<=", "="]),
            _numbers,
            st.sampled_from(["", "EUR", "JPY"]),
        ),
        st.booleans(),
    ),
    st.builds(
        Term,
        st.just("status"),
        st.lists(st.sampled_from(BY_NAME["status"].choices).map(Word), min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
)


@given(st.lists(_terms, max_size=5).map(lambda terms: Query(tuple(terms))))
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_reading_what_was_written_gives_the_same_query(query: Query) -> None:
    assert parse(render(query), KINDS) == query


def test_every_example_of_the_help_can_be_read() -> None:
    for field in BY_NAME.values():
        if field.shape is not Shape.UUID:
            assert parse(field.example, KINDS).terms[0].field == field.name
