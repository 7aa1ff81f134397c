"""The fields of a schema as rows: what each holds, whether it has to be there, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.console.contracts.fields import MOST, Field, Reading, fields_of, type_of
from tests.contracts.given import an_order


def paths(schema: Any) -> list[str]:
    return [field.path for field in fields_of(Reading(schema))[0]]


def test_required_fields_stand_first_and_inner_ones_after_what_holds_them() -> None:
    assert paths(an_order()) == [
        "customer",
        "id",
        "email",
        "lines",
        "lines[].sku",
        "lines[].price",
        "status",
        "total",
    ]


def test_a_field_says_what_it_holds_and_how_personal_it_is() -> None:
    reading = Reading(
        an_order(card={"type": "object", "properties": {"number": {"type": "string"}}, "deprecated": True}),
        personal=["/email", "/lines/*/price"],
        secret=["/card"],
        keys=[{"kind": "order", "value": " record.id "}, {"kind": "line", "value": "record.lines[0].sku"}],
    )
    found = {field.path: field for field in fields_of(reading)[0]}
    assert found["id"] == Field("id", "string", required=True, description="As the shop prints it.", keys=("order",))
    assert found["total"] == Field("total", "number", required=False, bounds="minimum 0")
    assert found["email"].marks == (("personal", "warn"),)
    assert found["lines[].price"].marks == (("personal", "warn"),)
    assert found["card"].marks == (("secret", "bad"), ("deprecated", ""))
    assert found["card.number"].marks == (("secret", "bad"),)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({}, "anything"),
        (True, "anything"),
        ({"properties": {}}, "object"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": "string", "format": "date"}, "string (date)"),
        ({"enum": ["open", 1, None]}, 'one of "open", 1, null'),
        ({"const": "EUR"}, '"EUR"'),
        ({"type": "array"}, "list"),
        ({"type": "array", "items": {"type": "array", "items": {"type": "number"}}}, "list of list of number"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}, {"type": "string"}]}, "string or null"),
        ({"$ref": "#/$defs/money"}, "number"),
        ({"allOf": [{"$ref": "#/$defs/money"}, {"minimum": 0}]}, "number"),
        ({"$ref": "#/$defs/itself"}, "list of list of list of list of list of list of list of list of …"),
        ({"$ref": "#/$defs/circle"}, "anything"),
        ({"$ref": "https://elsewhere.example/"}, "anything"),
    ],
)
def test_types_are_said_in_words(schema: Any, words: str) -> None:
    root = {
        "$defs": {
            "money": {"type": "number"},
            "itself": {"type": "array", "items": {"$ref": "#/$defs/itself"}},
            "circle": {"$ref": "#/$defs/circle"},
        },
        "properties": {"it": schema},
    }
    ((field,), _) = ([one for one in fields_of(Reading(root))[0] if one.path == "it"], None)
    assert field.type == words


def test_parts_of_all_of_are_one() -> None:
    root = {
        "allOf": [{"properties": {"a": {}}, "required": ["a"]}, {"$ref": "#/$defs/more"}],
        "$defs": {"more": {"properties": {"b": {}}, "required": ["b"]}},
        "properties": {"c": {}},
    }
    assert [(one.path, one.required) for one in fields_of(Reading(root))[0]] == [
        ("a", True),
        ("b", True),
        ("c", False),
    ]


def test_what_goes_on_for_ever_is_cut() -> None:
    root = {"properties": {name: {"$ref": "#"} for name in "abcdef"}}
    rows, more = fields_of(Reading(root))
    assert (len(rows), more) == (MOST, True)
    assert type_of(Reading(root), {"oneOf": [{"type": "string"}] * 9}) == "string …"


def test_a_schema_that_is_a_switch_has_no_fields() -> None:
    assert fields_of(Reading(True)) == ([], False)
