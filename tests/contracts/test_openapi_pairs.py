"""Each labelled pair of OpenAPI descriptions is judged as its label says, and every rule is met."""

from __future__ import annotations

from typing import Final

import pytest

from controlplane.contracts.rules.comparing import compare_openapi
from controlplane.contracts.rules.openapi import RULES
from controlplane.governance.rules.changed import Level
from tests.contracts.pairs import (
    openapi_bodies,
    openapi_components,
    openapi_operations,
    openapi_parameters,
    openapi_responses,
    openapi_security,
    openapi_webhooks,
)
from tests.contracts.pairs.openapi import Pair

_FILES: Final = (
    openapi_bodies,
    openapi_components,
    openapi_operations,
    openapi_parameters,
    openapi_responses,
    openapi_security,
    openapi_webhooks,
)
PAIRS: Final[list[Pair]] = [pair for file in _FILES for pair in file.PAIRS]
_NAMES: Final = [f"{file.__name__.rsplit('_', 1)[-1]}: {pair.name}" for file in _FILES for pair in file.PAIRS]


@pytest.mark.parametrize("pair", PAIRS, ids=_NAMES)
def test_a_pair_is_judged_as_its_label_says(pair: Pair) -> None:
    findings = compare_openapi(pair.old, pair.new)
    found = [(one.rule, one.writers, one.readers) for one in findings if one.level is not Level.SAFE]
    assert sorted(found, key=str) == sorted(pair.found, key=str)
    if pair.harmless is not None:
        assert sorted(one.rule for one in findings if one.level is Level.SAFE) == sorted(pair.harmless)


@pytest.mark.parametrize("pair", PAIRS, ids=_NAMES)
def test_a_description_of_a_pair_is_no_different_from_itself(pair: Pair) -> None:
    for one in (pair.old, pair.new):
        assert [found.rule for found in compare_openapi(one, one) if found.rule != "reference-unresolved"] == []


def test_every_rule_is_met_by_a_pair() -> None:
    met = {found.rule for pair in PAIRS for found in compare_openapi(pair.old, pair.new)}
    assert RULES.keys() - met == set()


def test_each_pair_has_a_name_of_its_own() -> None:
    assert len(set(_NAMES)) == len(_NAMES)
    assert len(_NAMES) >= 130
