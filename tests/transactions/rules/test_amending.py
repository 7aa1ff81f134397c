"""A schema is amended by as little as lets in what was seen, and left to a person where that is not plain."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.foundation.errors import Invalid
from controlplane.transactions.rules.amending import amended, with_field, with_values

ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "total"],
    "properties": {
        "id": {"type": "string"},
        "total": {"type": "integer"},
        "state": {"type": "string", "enum": ["open", "paid"]},
        "lines": {"type": "array", "items": {"type": "object", "required": ["sku"], "properties": {"sku": {}}}},
        "party": {"$ref": "#/$defs/Party"},
    },
    "$defs": {"Party": {"properties": {"name": {}}}},
}


def test_a_field_is_put_where_it_was_seen() -> None:
    schema = {"properties": {"lines": {"items": {"type": "object"}}}}
    assert with_field(schema, "/lines/*/tax", ("number",)) == {
        "properties": {"lines": {"items": {"type": "object", "properties": {"tax": {"type": "number"}}}}}
    }
    assert schema == {"properties": {"lines": {"items": {"type": "object"}}}}
    assert with_field({}, "/tax", ("null", "number")) == {"properties": {"tax": {"type": ["null", "number"]}}}


def test_what_vanished_may_be_left_out() -> None:
    assert amended(ORDER, "vanished", "/total", ())["required"] == ["id"]
    assert "required" not in amended(ORDER, "vanished", "/lines/*/sku", ())["properties"]["lines"]["items"]
    assert amended(ORDER, "vanished", "/state", ()) == ORDER


@pytest.mark.parametrize(
    ("pointer", "kinds", "becomes"),
    [
        ("/total", ("number",), "number"),
        ("/total", ("string",), ["integer", "string"]),
        ("/total", ("null",), ["integer", "null"]),
        ("/id", ("string",), "string"),
    ],
)
def test_a_type_is_widened(pointer: str, kinds: tuple[str, ...], becomes: Any) -> None:
    assert amended(ORDER, "type", pointer, kinds)["properties"][pointer[1:]]["type"] == becomes


def test_null_among_an_enumeration_is_one_of_it() -> None:
    assert amended(ORDER, "null", "/state", ("null",))["properties"]["state"] == {
        "type": ["string", "null"],
        "enum": ["open", "paid", None],
    }


def test_an_enumeration_gets_what_came() -> None:
    assert with_values(ORDER, "/state", ["paid", "void"])["properties"]["state"]["enum"] == ["open", "paid", "void"]


@pytest.mark.parametrize(
    ("kind", "pointer"),
    [("new", "/party/vat"), ("type", "/party"), ("vanished", "/party/name"), ("broken", "/total"), ("new", "/lines/*")],
)
def test_what_is_not_plain_is_left_to_a_person(kind: str, pointer: str) -> None:
    with pytest.raises(Invalid, match="write it by hand"):
        amended(ORDER, kind, pointer, ("string",))
