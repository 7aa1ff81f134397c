"""Edits of bodies that are seen only in part: hidden values survive every edit, and every change is named."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.foundation.errors import Invalid
from controlplane.transactions.masking import DOTS, Mask
from controlplane.transactions.rules.edits import Change, changes, holds_dots, read, restored

NAMES = st.sampled_from(["a", "b", "c/d", "e~f", "secret"])
LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "Brandt GmbH", "0"])
DOCUMENTS = st.dictionaries(
    NAMES,
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)),
    max_size=4,
)
MASK = Mask(["/secret"])


@given(DOCUMENTS)
def test_what_nobody_touches_is_sent_as_it_was(original: dict[str, Any]) -> None:
    assert restored(original, MASK.document(original), MASK.document(original)) == original
    assert changes(original, original) == []


def hidden_leaves(document: Any, under: bool = False) -> list[Any]:
    """The hidden values of a document, in its order."""
    if isinstance(document, dict):
        return [leaf for name, child in document.items() for leaf in hidden_leaves(child, under or name == "secret")]
    if isinstance(document, list):
        return [leaf for child in document for leaf in hidden_leaves(child, under)]
    return [document] if under and MASK.document({"secret": document}) != {"secret": document} else []


@given(DOCUMENTS, DOCUMENTS)
def test_no_edit_that_is_accepted_loses_or_changes_what_is_hidden(
    original: dict[str, Any], written: dict[str, Any]
) -> None:
    shown = MASK.document(original)
    try:
        document = restored(original, shown, {**shown, **written})
    except Invalid:
        return
    kept = hidden_leaves(original)
    found = hidden_leaves(document)
    assert all(found.count(leaf) >= kept.count(leaf) for leaf in kept)


@given(DOCUMENTS, DOCUMENTS)
def test_two_documents_are_the_same_exactly_when_nothing_differs(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)
    assert (changes(one, other) == []) is same


def test_changes_are_named_by_their_place() -> None:
    before = {"a": 1, "b": {"c/d": [1, 2]}, "gone": None}
    after = {"a": True, "b": {"c/d": [1, 3, 4]}, "new": ""}
    assert changes(before, after) == [
        Change("changed", "/a", 1, True),
        Change("changed", "/b/c~1d/1", 2, 3),
        Change("added", "/b/c~1d/2", after=4),
        Change("removed", "/gone"),
        Change("added", "/new", after=""),
    ]


@pytest.mark.parametrize(
    "written",
    [
        {"people": [{"secret": "M••••"}]},
        {"people": [{"secret": "B••••"}, {"secret": "X"}]},
        {"people": []},
        {},
        {"people": "B••••"},
    ],
)
def test_a_list_with_something_hidden_in_it_keeps_its_length_and_its_places(written: dict[str, Any]) -> None:
    original = {"people": [{"secret": "Brandt"}]}
    with pytest.raises(Invalid, match="/people/0/secret is hidden from you"):
        restored(original, MASK.document(original), written)


def test_the_mark_of_what_is_hidden_is_found_anywhere() -> None:
    assert holds_dots({"a": [{"b": f"x{DOTS}"}]}, DOTS)
    assert holds_dots({f"{DOTS}": 1}, DOTS)
    assert not holds_dots({"a": ["•••"]}, DOTS)


def test_a_body_of_more_than_a_megabyte_is_refused() -> None:
    with pytest.raises(Invalid, match="1,000,000 bytes at most"):
        read('{"a": "' + "ä" * 500_000 + '"}')
