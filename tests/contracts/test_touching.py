"""Whether a difference touches somebody who uses only some fields: where nobody can tell, it does."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.contracts.rules.judging import Finding
from controlplane.contracts.rules.rule import Side
from controlplane.contracts.rules.touching import describes, touches
from controlplane.governance.rules.changed import Level


def a_finding(path: str, rule: str = "type-changed", writers: str = "breaking", readers: str = "breaking") -> Finding:
    return Finding(rule, path, Level(writers), Level(readers), "It is another.")


@pytest.mark.parametrize(
    ("field", "path", "is_touched"),
    [
        ("/total", "total", True),
        ("/total", "note", False),
        ("/total", "total.amount", True),
        ("/total/amount", "total", True),
        ("/total", "", True),
        ("/lines/*/price", "lines[].price", True),
        ("/lines/*/price", "lines[].sku", False),
        ("/lines/0/price", "lines[0].price", True),
        ("/lines", "lines[].sku", True),
        # Who forgot the star means the price of each line.
        ("/lines/price", "lines[].price", True),
        ("/lines/price", "lines[].sku", False),
        ("/meta/*/x", "meta.colour.x", True),
        ("/meta/*/x", "meta.colour.y", False),
        # What stands for any name may be this one.
        ("/meta/colour", "meta.*", True),
        ("/total", "*", True),
        ("/meta/b", "meta./^a/.z", True),
        ("/total", "meta./^a/.z", False),
        # Words beside a place are no names.
        ("/payment/pan", "payment (card).pan", True),
        ("/pan", "(card).pan", True),
        ("/payment/iban", "payment (card).pan", False),
        ("/total", "a ((", True),
        # Names with dots, slashes and numbers.
        ("/a.b", "a.b", True),
        ("/a~1b", "a/b", True),
        ("/total", "meta.a/b", False),
        ("/years/2024", "years.2024.x", True),
        ("/years/2024", "years", True),
    ],
)
def test_a_place_and_a_pointer_meet(field: str, path: str, is_touched: bool) -> None:
    assert touches(a_finding(path), [field], [Side.READERS]) is is_touched


def test_who_names_no_field_is_touched_by_all_of_them() -> None:
    assert touches(a_finding("note"), [], [Side.READERS])


def test_only_the_side_that_is_hurt_is_touched() -> None:
    finding = a_finding("total", writers="breaking", readers="safe")
    assert not touches(finding, ["/total"], [Side.READERS])
    assert touches(finding, ["/total"], [Side.WRITERS])
    assert touches(finding, [], [Side.READERS, Side.WRITERS])
    assert not touches(finding, [], [])


def test_what_nobody_can_prove_touches_as_well() -> None:
    assert touches(a_finding("total", writers="safe", readers="risky"), ["/total"], [Side.READERS])


@pytest.mark.parametrize("rule", ["required-added", "required-property-added", "dependent-required-added"])
def test_what_is_asked_for_anew_touches_those_who_do_not_send_it(rule: str) -> None:
    finding = a_finding("note", rule, writers="breaking", readers="safe")
    assert touches(finding, ["/total"], [Side.WRITERS])
    both = a_finding("note", rule, writers="safe", readers="breaking")
    assert not touches(both, ["/total"], [Side.READERS])


SCHEMA: dict[str, Any] = {
    "$defs": {"line": {"properties": {"sku": {}, "next": {"$ref": "#/$defs/line"}}}},
    "properties": {
        "total": {"type": "number"},
        "lines": {"items": {"$ref": "#/$defs/line"}},
        "pair": {"prefixItems": [{"properties": {"first": {}}}]},
        "meta": {"additionalProperties": {"properties": {"x": {}}}},
        "circle": {"$ref": "#/properties/circle"},
    },
    "allOf": [{"anyOf": [{"properties": {"note": {}}}]}],
    "if": {"properties": {"kind": {}}},
}


@pytest.mark.parametrize(
    ("pointer", "is_described"),
    [
        ("", True),
        ("/total", True),
        ("/totl", False),
        ("/total/amount", False),
        ("/lines/*/sku", True),
        ("/lines/0/sku", True),
        ("/lines/sku", False),
        ("/lines/*/next/next/sku", True),
        ("/pair/0/first", True),
        ("/meta/colour/x", True),
        ("/meta/*/x", True),
        ("/meta/colour/y", False),
        ("/note", True),
        ("/kind", True),
        ("/circle/x", False),
        ("/*", True),
    ],
)
def test_a_pointer_is_found_in_a_schema(pointer: str, is_described: bool) -> None:
    assert describes(SCHEMA, pointer) is is_described


@pytest.mark.parametrize("document", [True, [], "x", None, {"properties": []}, {"items": 5, "allOf": {}}])
def test_what_describes_nothing_describes_no_field(document: Any) -> None:
    assert not describes(document, "/total")
