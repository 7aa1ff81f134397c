"""JSON Pointers by RFC 6901, and what is left of a document without what they name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.foundation.errors import Invalid
from controlplane.foundation.pointers import segments, values, without

#: The document and the answers of RFC 6901, section 5.
RFC: dict[str, Any] = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", RFC),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_the_examples_of_the_rfc(pointer: str, found: Any) -> None:
    assert list(values(RFC, pointer)) == [found]


@pytest.mark.parametrize("pointer", ["/nothing", "/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/x", "/foo/0/x", "//"])
def test_what_is_not_there_is_nothing(pointer: str) -> None:
    assert list(values(RFC, pointer)) == []
    assert without(RFC, [pointer]) == RFC


@pytest.mark.parametrize("index", ["\u00b2", "\u0661", "+0", "-1", " 0", "1e0", "9" * 5000])
def test_only_plain_digits_are_an_index(index: str) -> None:
    assert list(values([1, 2], f"/{index}")) == []


def test_tildes_are_unescaped_in_the_right_order() -> None:
    assert segments("/~01/~10") == ["~1", "/0"]


@pytest.mark.parametrize("pointer", ["foo", "foo/bar", "#/foo", " /foo"])
def test_a_pointer_begins_with_a_slash(pointer: str) -> None:
    with pytest.raises(Invalid, match="begins with a slash"):
        segments(pointer)


DOCUMENT: dict[str, Any] = {
    "customer": {"name": "Brandt", "cards": [{"number": "4242", "last4": "42"}, {"number": "1111", "last4": "11"}]},
    "lines": [10, 20, 30, 40],
}


@pytest.mark.parametrize(
    ("pointers", "left"),
    [
        ([], DOCUMENT),
        (["/lines"], {"customer": DOCUMENT["customer"]}),
        (["/customer/name", "/customer/cards"], {"customer": {}, "lines": [10, 20, 30, 40]}),
        (["/lines/0", "/lines/1"], {**DOCUMENT, "lines": [30, 40]}),
        (["/lines/1", "/lines/0"], {**DOCUMENT, "lines": [30, 40]}),
        (["/lines/*"], {**DOCUMENT, "lines": []}),
        (["/customer/*", "/lines/3"], {"customer": {}, "lines": [10, 20, 30]}),
        (
            ["/customer/cards/*/number"],
            {**DOCUMENT, "customer": {"name": "Brandt", "cards": [{"last4": "42"}, {"last4": "11"}]}},
        ),
        (
            ["/*/cards/0/number", "/*/cards/0"],
            {**DOCUMENT, "customer": {"name": "Brandt", "cards": [DOCUMENT["customer"]["cards"][1]]}},
        ),
        (["/*"], {}),
        ([""], None),
        (["", "/lines"], None),
    ],
)
def test_a_document_without_what_the_pointers_name(pointers: list[str], left: Any) -> None:
    before = repr(DOCUMENT)
    assert without(DOCUMENT, pointers) == left
    assert repr(DOCUMENT) == before


NODES = st.recursive(
    st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "0", "*", "~", "/"]), inner),
    max_leaves=12,
)
POINTERS = st.lists(st.sampled_from(["a", "b", "0", "1", "*", "~0", "~1"]), max_size=3).map(
    lambda parts: "".join(f"/{part}" for part in parts)
)


@given(NODES, st.lists(POINTERS, max_size=4))
def test_the_order_of_pointers_does_not_matter_and_nothing_they_name_is_left(node: Any, pointers: list[str]) -> None:
    left = without(node, pointers)
    assert without(node, pointers[::-1]) == left
    for pointer in pointers:
        if not any(part.isdigit() for part in segments(pointer)):  # a list's later elements move up
            assert list(values(left, pointer)) in ([], [None])
