"""Schemas of bodies as contracts: complete in themselves, in JSON Schema 2020-12, whatever they were written in."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from controlplane.console.estate.problems import Refused
from controlplane.console.imports import schemas
from controlplane.console.imports.schemas import Wanted
from tests.console.imports.documents import ORDERS, SHIPPING_3, asyncapi, in_yaml, openapi, orders

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def converted(schema: dict[str, Any], version: str = "3.0.3") -> dict[str, Any]:
    """One schema of a document in that version."""
    document = {"openapi": version, "info": {"title": "A"}, "paths": {}, "components": {"schemas": {"It": schema}}}
    found = openapi(in_yaml(document), wanted=Wanted(["It"])).schemas["It"]
    assert found.pop("$schema") == DRAFT
    return found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        (
            {"type": "string", "nullable": True, "enum": ["a"]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"allOf": [{"type": "object"}], "nullable": True},
            {"anyOf": [{"allOf": [{"type": "object"}]}, {"type": "null"}]},
        ),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, {"type": "number", "exclusiveMinimum": 1}),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": False}, {"type": "number", "minimum": 1}),
        ({"type": "number", "maximum": 9, "exclusiveMaximum": True}, {"type": "number", "exclusiveMaximum": 9}),
        ({"type": "string", "example": "x"}, {"type": "string", "examples": ["x"]}),
        (
            {"oneOf": [{"type": "object"}], "discriminator": {"propertyName": "kind"}, "xml": {}, "x-order": 1},
            {"oneOf": [{"type": "object"}]},
        ),
        (
            {"properties": {"nullable": {"type": "string", "nullable": True}, "example": {"type": "string"}}},
            {"properties": {"nullable": {"type": ["string", "null"]}, "example": {"type": "string"}}},
        ),
        ({"enum": [{"nullable": True, "$ref": "text"}]}, {"enum": [{"nullable": True, "$ref": "text"}]}),
        ({"default": {"example": 1}, "type": "object"}, {"default": {"example": 1}, "type": "object"}),
    ],
)
def test_the_dialect_of_openapi_3_0_is_translated(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert converted(old) == new


def test_openapi_3_1_is_json_schema_already() -> None:
    schema = {"type": ["string", "null"], "exclusiveMinimum": 3, "examples": ["x"], "const": "a"}
    assert converted(schema, "3.1.0") == schema


def test_what_stands_beside_a_reference_counts_in_3_1_and_not_in_3_0() -> None:
    document = orders()
    document["components"]["schemas"]["Line"] = {"type": "object"}
    document["components"]["schemas"]["It"] = {"properties": {"a": {"$ref": "#/components/schemas/Line", "title": "A"}}}
    in_3_0 = openapi(in_yaml(document), wanted=Wanted(["It"])).schemas["It"]
    in_3_1 = openapi(in_yaml(document | {"openapi": "3.1.0"}), wanted=Wanted(["It"])).schemas["It"]
    assert in_3_0["properties"]["a"] == {"$ref": "#/$defs/Line"}
    assert in_3_1["properties"]["a"] == {"$ref": "#/$defs/Line", "title": "A"}


def test_a_contract_has_all_it_refers_to_also_where_that_refers_back() -> None:
    order = openapi(ORDERS, wanted=Wanted(["Order"])).schemas["Order"]
    assert sorted(order["$defs"]) == ["Line", "NewOrder", "Order"]
    validator = jsonschema_rs.validator_for(order)
    assert validator.is_valid({"lines": [{"quantity": 1}], "note": None, "id": "a", "parent": {"lines": []}})
    assert not validator.is_valid({"lines": [{"quantity": 0}]})
    assert not validator.is_valid({"lines": [], "parent": {"note": "no lines"}})


def test_all_that_bodies_name_can_be_asked_for() -> None:
    assert list(openapi(ORDERS, wanted=Wanted(used=True)).schemas) == ["Order", "NewOrder"]
    assert list(asyncapi(SHIPPING_3, wanted=Wanted(used=True)).schemas) == ["Parcel"]


def test_a_schema_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match=r"orders\.yaml:\d+:3: There is no schema 'Bill' in this document"):
        openapi(ORDERS, wanted=Wanted(["Bill"]))


def test_a_contract_whose_parts_are_elsewhere_is_refused() -> None:
    document = orders()
    document["components"]["schemas"]["Line"]["properties"]["price"] = {"$ref": "https://example.com/money.json"}
    with pytest.raises(Refused, match=r"https://example.com/money.json is in another document, and nothing is fetched"):
        openapi(in_yaml(document), wanted=Wanted(["Line"]))


def test_a_schema_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="this is no JSON Schema"):
        converted({"type": "strung"})


def test_contracts_are_of_a_size_that_people_can_agree_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "MOST_BYTES", 300)
    found = openapi(ORDERS, wanted=Wanted(["Order", "Line"]))
    assert list(found.schemas) == ["Line"]
    assert found.notes == [
        (
            "Order is no contract: with all that it refers to it is larger than 0 kB, and nobody could agree on that. "
            "Write the part that you use."
        )
    ]


def test_so_many_contracts_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "MOST_CONTRACTS", 1)
    with pytest.raises(Refused, match="2 schemas would become contracts; 1 at once are made at most"):
        openapi(ORDERS, wanted=Wanted(used=True))
