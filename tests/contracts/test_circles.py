"""Schemas that lead back to themselves."""

from __future__ import annotations

from controlplane.contracts.rules.comparing import compare_schemas


def test_what_is_left_over_is_judged_by_the_schema_that_leaves_it_and_nothing_has_changed() -> None:
    schema = {"$ref": "#/$defs/d", "$defs": {"d": {"unevaluatedProperties": {"$ref": "#/$defs/d"}}}}
    assert compare_schemas(schema, schema) == []


def test_a_part_that_leads_back_to_what_leaves_something_over_is_no_difference() -> None:
    part = {"oneOf": [{"$ref": "#/$defs/d"}], "unevaluatedProperties": {"$ref": "#/$defs/d"}}
    schema = {"$ref": "#/$defs/d", "$defs": {"d": part}}
    assert compare_schemas(schema, schema) == []


def test_what_is_left_over_is_judged_by_a_circle_that_has_changed() -> None:
    old = {"$ref": "#/$defs/d", "$defs": {"d": {"type": "object", "unevaluatedProperties": {"$ref": "#/$defs/d"}}}}
    new = {"$ref": "#/$defs/d", "$defs": {"d": {"unevaluatedProperties": {"$ref": "#/$defs/d"}}}}
    assert {one.rule for one in compare_schemas(old, new)} == {"type-widened", "unevaluated-changed"}
