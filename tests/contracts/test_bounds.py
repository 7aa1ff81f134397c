"""Documents that are huge, deep, or go round: bounded time, and what was not judged is said."""

from __future__ import annotations

import time
from typing import Any

from controlplane.contracts.diff.schemas import DEEPEST, MOST_FACTS
from controlplane.contracts.rules.comparing import compare_schemas
from controlplane.contracts.rules.judging import Finding
from controlplane.governance.rules.changed import Level


def judged_in(seconds: float, old: Any, new: Any) -> list[Finding]:
    """What is found, in no more than so many seconds of a processor."""
    began = time.process_time()
    found = compare_schemas(old, new)
    assert time.process_time() - began < seconds
    return found


def deep(levels: int, leaf: dict[str, Any]) -> dict[str, Any]:
    schema = leaf
    for _ in range(levels):
        schema = {"type": "object", "properties": {"in": schema}}
    return schema


def test_as_deep_as_it_looks_it_sees() -> None:
    levels = DEEPEST - 1
    (found,) = compare_schemas(deep(levels, {"type": "string"}), deep(levels, {"type": "number"}))
    assert (found.rule, found.path) == ("type-changed", ".".join(["in"] * levels))


def test_deeper_than_it_looks_is_not_judged_and_says_so() -> None:
    found = judged_in(5, deep(5000, {"type": "string"}), deep(5000, {"type": "number"}))
    assert [(one.rule, one.writers, one.readers) for one in found] == [("not-judged", Level.RISKY, Level.RISKY)]


def test_more_differences_than_anybody_reads_end_with_that_there_are_more() -> None:
    old = {"properties": {f"p{n}": {"type": "string"} for n in range(MOST_FACTS * 2)}}
    new = {"properties": {f"p{n}": {"type": "number"} for n in range(MOST_FACTS * 2)}}
    found = judged_in(10, old, new)
    assert len(found) == MOST_FACTS + 1
    assert found[-1].rule == "not-judged"


def test_definitions_that_branch_into_each_other_are_looked_at_once() -> None:
    """Written out, this is two to the power of forty schemas."""

    def branching(leaf: str) -> dict[str, Any]:
        definitions: dict[str, Any] = {
            f"d{n}": {
                "properties": {
                    "left": {"$ref": f"#/$defs/d{n + 1}"},
                    "right": {"$ref": f"#/$defs/d{n + 1}"},
                }
            }
            for n in range(40)
        }
        return {"$ref": "#/$defs/d0", "$defs": {**definitions, "d40": {"type": leaf}}}

    found = judged_in(5, branching("string"), branching("number"))
    assert [one.rule for one in found] == ["type-changed"]


def test_alternatives_that_branch_into_each_other_are_looked_at_once() -> None:
    def branching(leaf: str) -> dict[str, Any]:
        definitions: dict[str, Any] = {
            f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"items": {"$ref": f"#/$defs/d{n + 1}"}}]}
            for n in range(30)
        }
        return {"$ref": "#/$defs/d0", "$defs": {**definitions, "d30": {"type": leaf}}}

    found = judged_in(20, branching("string"), branching("number"))
    assert {one.rule for one in found} >= {"type-changed"}


def test_references_in_a_circle_lead_nowhere() -> None:
    round_about = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
    assert {one.rule for one in judged_in(1, round_about, {"type": "string"})} >= {"reference-unresolved"}


def test_parts_that_contain_themselves_end() -> None:
    itself = {"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}, {"type": "string"}]}}}
    judged_in(5, itself, {"type": "string"})


def test_keywords_of_the_wrong_kind_are_no_crash() -> None:
    """What a validator refuses is refused before; this only has to end."""
    broken: dict[str, Any] = {
        "type": 5,
        "enum": "a",
        "required": {"a": 1},
        "properties": ["a"],
        "items": 3,
        "allOf": {"type": "string"},
        "minimum": "1",
        "dependentRequired": [],
        "$ref": 7,
        "multipleOf": 0,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
    }
    judged_in(1, broken, {"type": "string"})
    judged_in(1, {"type": "string"}, broken)
