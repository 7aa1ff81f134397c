"""Two documents line by line: what stands beside what, where it stands, and how long that takes."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from controlplane.foundation.documents.lines import NOTHING, Kind, Line, differing, numbered, written

SIGNS = {Kind.SAME: " ", Kind.ADDED: "+", Kind.REMOVED: "-", Kind.HUNK: "@"}


def shown(old: Any, new: Any) -> list[str]:
    """The lines with their signs."""
    return [f"{SIGNS[line.kind]}{line.text}" for line in differing(old, new)]


def test_a_member_that_changes_stands_under_itself_and_one_that_comes_stands_where_it_belongs() -> None:
    old = {"b": {"type": "string"}, "c": 1}
    new = {"a": [], "b": {"type": "number"}, "c": 1}
    assert shown(old, new) == [
        "@@@ a @@",
        " {",
        '+  "a": [],',
        '   "b": {',
        '-    "type": "string"',
        '+    "type": "number"',
        "   },",
        '   "c": 1',
        " }",
    ]


def test_every_line_that_changed_has_what_leads_to_its_value() -> None:
    old = {"a/b": [{"x": 1}, "gone"], "same": {"deep": [1]}}
    new = {"a/b": [{"x": 2}, "gone", {"y": []}], "same": {"deep": [1]}}
    assert [
        (line.text.strip(), line.pointer) for line in differing(old, new) if line.kind in {Kind.ADDED, Kind.REMOVED}
    ] == [
        ('"x": 1', "/a~1b/0/x"),
        ('"x": 2', "/a~1b/0/x"),
        ("{", "/a~1b/2"),
        ('"y": []', "/a~1b/2/y"),
        ("}", "/a~1b/2"),
    ]


def test_of_a_first_document_every_line_is_new() -> None:
    assert [line.kind for line in differing(NOTHING, {"a": 1})] == [Kind.HUNK, Kind.ADDED, Kind.ADDED, Kind.ADDED]


def test_the_order_of_members_says_nothing() -> None:
    assert shown({"a": 1, "b": 2}, {"b": 2, "a": 1}) == []


def test_an_item_that_comes_into_a_list_moves_the_others_along() -> None:
    assert shown(["a", "c"], ["a", "b", "c"]) == ["@@@ the whole @@", " [", '   "a",', '+  "b",', '   "c"', " ]"]


def test_unchanged_lines_are_left_out_and_a_heading_says_where_it_goes_on() -> None:
    old = {f"m{number:02}": number for number in range(30)}
    assert shown(old, old | {"m00": "x", "m20": "y"}) == [
        "@@@ m00 @@",
        " {",
        '-  "m00": 0,',
        '+  "m00": "x",',
        '   "m01": 1,',
        '   "m02": 2,',
        '   "m03": 3,',
        "@@@ m20 @@",
        '   "m17": 17,',
        '   "m18": 18,',
        '   "m19": 19,',
        '-  "m20": 20,',
        '+  "m20": "y",',
        '   "m21": 21,',
        '   "m22": 22,',
        '   "m23": 23,',
    ]


@pytest.mark.parametrize("seed", range(40))
def test_both_documents_can_be_read_off_it_with_their_numbers(seed: int) -> None:
    """Whatever the two are: the lines of either side are that document, in order, numbered without a gap."""
    chance = random.Random(seed)  # noqa: S311 - for documents, not for secrets
    old, new = _anything(chance, 4), _anything(chance, 4)
    lines = list(numbered(written(old, new)))
    for side, document in (("old", old), ("new", new)):
        mine = [line for line in lines if getattr(line, side) is not None]
        assert [getattr(line, side) for line in mine] == list(range(1, len(mine) + 1))
        assert _read(mine) == document


def _anything(chance: random.Random, depth: int) -> Any:
    kind = chance.choice(["object", "list", "value"]) if depth else "value"
    if kind == "object":
        return {chance.choice("abcde"): _anything(chance, depth - 1) for _ in range(chance.randrange(4))}
    if kind == "list":
        return [_anything(chance, depth - 1) for _ in range(chance.randrange(4))]
    return chance.choice([None, True, 1, "x", 2.5, {}, []])


def _read(lines: list[Line]) -> Any:
    """The document that these lines are. A comma stands where the other one needs it; here where this one does."""
    words = [line.text.rstrip(",") for line in lines]
    following = [*(word.lstrip() for word in words[1:]), ""]
    needs = [
        word[-1] not in "{[" and next_[:1] not in {"}", "]", ""} for word, next_ in zip(words, following, strict=True)
    ]
    return json.loads("\n".join(word + "," * need for word, need in zip(words, needs, strict=True)))


def test_ten_thousand_lines_take_less_than_a_second() -> None:
    old = {f"p{number}": {"type": "string", "enum": ["a", "b"]} for number in range(1_500)}
    new = {name: schema | {"type": "number"} for name, schema in old.items()}
    began = time.monotonic()
    assert sum(1 for _ in differing(old, new)) > 10_000
    assert time.monotonic() - began < 1
