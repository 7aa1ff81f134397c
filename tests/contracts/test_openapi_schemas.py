"""A schema within a description is judged as it is by itself, for those whom it concerns where it stands."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given as drawn
from hypothesis import settings

from controlplane.contracts.rules.comparing import compare_openapi, compare_schemas
from controlplane.contracts.rules.judging import Finding
from controlplane.contracts.rules.rule import Side
from controlplane.governance.rules.changed import Level
from tests.contracts.pairs.openapi import Api, given, hooking, op, sent
from tests.contracts.pairs.openapi import json as in_json
from tests.contracts.schema_pairs import Pair, schema_pairs


@drawn(pair=schema_pairs())
@settings(max_examples=300, deadline=None)
def test_a_schema_of_a_request_is_judged_for_those_who_write_and_of_a_response_for_those_who_read(pair: Pair) -> None:
    by_itself = compare_schemas(*pair)
    of_request = compare_openapi(*(_placed(sent, one) for one in pair))
    of_response = compare_openapi(*(_placed(given, one) for one in pair))
    assert _levels(of_request, Side.WRITERS) == _levels(by_itself, Side.WRITERS)
    assert _levels(of_response, Side.READERS) == _levels(by_itself, Side.READERS)
    assert {one.readers for one in of_request} | {one.writers for one in of_response} <= {Level.SAFE}


@drawn(pair=schema_pairs())
@settings(max_examples=100, deadline=None)
def test_a_webhook_is_read_as_a_response_is(pair: Pair) -> None:
    response = compare_openapi(*(_placed(given, one) for one in pair))
    webhook = compare_openapi(*(_placed(_event, one) for one in pair))
    assert _levels(webhook, Side.READERS) == _levels(response, Side.READERS)


def _placed(place: Any, schema: Any) -> Api:
    """A description with the schema there; what it defines is a component."""
    moved = json.loads(json.dumps(schema).replace("#/$defs/d", "#/components/schemas/d"))
    defined = moved.pop("$defs", {}) if isinstance(moved, dict) else {}
    described: Api = place(moved, version="3.1.0", components={"schemas": defined})
    return described


def _event(schema: Any, version: str, **more: Any) -> Api:
    return hooking(op(requestBody={"content": in_json(schema)}), **more) | {"openapi": version}


def _levels(findings: list[Finding], side: Side) -> list[tuple[str, Level]]:
    """What is found, and how bad, in an order of its own."""
    return sorted(((one.rule, one.of(side)) for one in findings), key=str)
