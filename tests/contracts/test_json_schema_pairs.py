"""Pairs of JSON Schemas, each with exactly what has to be found of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from controlplane.contracts.diff.facts import What
from controlplane.contracts.rules import json_schema, openapi
from controlplane.contracts.rules.comparing import compare_schemas
from controlplane.contracts.rules.judging import RULES
from tests.contracts.pairs import json_schema_lists, json_schema_objects, json_schema_unions, json_schema_values
from tests.contracts.pairs.labels import Labelled, labels

PAIRS: Final = (
    *json_schema_values.PAIRS,
    *json_schema_lists.PAIRS,
    *json_schema_objects.PAIRS,
    *json_schema_unions.PAIRS,
)
#: Only seen where a document is too large: see ``test_bounds``.
BEYOND_LIMITS: Final = {"not-judged"}


@pytest.mark.parametrize("labelled", PAIRS, ids=lambda one: one.name)
def test_what_is_found_of_a_pair(labelled: Labelled) -> None:
    assert labels(compare_schemas(labelled.old, labelled.new)) == labelled.expected


@pytest.mark.parametrize("labelled", PAIRS, ids=lambda one: one.name)
def test_nothing_is_found_where_nothing_changed(labelled: Labelled) -> None:
    expected = frozenset({"reference-unresolved RR"}) if "out of the document" in labelled.name else frozenset()
    assert labels(compare_schemas(labelled.old, labelled.old)) == expected


def test_every_rule_is_shown_by_a_pair() -> None:
    found = {one.rule for labelled in PAIRS for one in compare_schemas(labelled.old, labelled.new)}
    assert set(json_schema.RULES) - found == BEYOND_LIMITS


def test_no_kind_of_fact_is_without_a_rule() -> None:
    """What no rule looks at would be silently safe."""
    assert {rule.what for rule in RULES.values()} == set(What)


def test_every_file_of_rules_is_one_rule_called_like_it() -> None:
    for package in (json_schema, openapi):
        files = {path.stem for folder in package.__path__ for path in Path(folder).glob("[a-z]*.py")}
        assert {name.replace("-", "_") for name in package.RULES} == files
