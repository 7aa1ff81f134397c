"""Schemas with values that are none of their keywords: told of, and never a failure."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.contracts.rules.comparing import compare_schemas
from controlplane.governance.rules.changed import Level

_KEYWORDS = (
    *("type", "enum", "minimum", "multipleOf", "maxLength", "pattern", "required", "properties", "items", "allOf"),
    *("dependentRequired", "not", "$ref", "additionalProperties"),
)


@pytest.mark.parametrize("keyword", _KEYWORDS)
@pytest.mark.parametrize("value", [None, 1.5, [5], {"a": 5}, "text", [[]]])
def test_a_value_that_is_none_of_its_keyword_is_no_failure(keyword: str, value: Any) -> None:
    schema = {"type": "object", keyword: value}
    compare_schemas({"type": "object"}, schema)
    compare_schemas(schema, {"allOf": [schema, {"type": "object", "required": ["a"]}]})
    if keyword != "$ref":
        assert compare_schemas(schema, schema) == []


@pytest.mark.parametrize(
    ("keyword", "value"), [("type", 5), ("enum", "a"), ("minimum", "1"), ("required", True), ("items", 5), ("$ref", 5)]
)
def test_what_is_malformed_is_named_and_risky(keyword: str, value: Any) -> None:
    (found,) = compare_schemas({"maxLength": 5}, {"maxLength": 5, keyword: value})
    assert (found.rule, found.level) == ("unsupported-keyword", Level.RISKY)
    assert f"{keyword} (malformed)" in found.message


def test_a_constant_beside_a_list_that_is_none_is_the_only_value() -> None:
    assert compare_schemas({"const": 1}, {"const": 1, "enum": 5}) == []


def test_a_constant_that_is_not_on_the_list_beside_it_refuses_everything() -> None:
    found = [(one.rule, one.writers) for one in compare_schemas({"const": 1}, {"const": 1, "enum": [True]})]
    assert found == [("enum-value-removed", Level.BREAKING)]
