"""Whole descriptions: what is refused, where findings say they are, and how much is looked at."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from controlplane.contracts.diff.openapi.documents import walked
from controlplane.contracts.rules.comparing import compare_openapi
from controlplane.foundation.errors import Invalid
from controlplane.governance.rules.changed import Level
from tests.contracts.pairs.openapi import NUMBER, STRING, Api, api, given, obj, op, ref, sent
from tests.contracts.shop import large, shop


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        ({"swagger": "2.0", "paths": {}}, "Swagger 2.0 is not judged: convert the description to OpenAPI 3.0 or 3.1."),
        ({"openapi": "3.2.0"}, "OpenAPI 3.2 is not judged; 3.0 and 3.1 are."),
        ({"asyncapi": "3.0.0"}, "OpenAPI without a version is not judged; 3.0 and 3.1 are."),
        (["openapi"], "An OpenAPI description is an object."),
    ],
)
def test_what_is_no_openapi_of_a_known_version_is_refused(description: Any, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        compare_openapi(api(), description)
    with pytest.raises(Invalid, match=sentence):
        compare_openapi(description, api())


def test_schemas_in_a_dialect_that_is_not_known_are_refused() -> None:
    with pytest.raises(Invalid, match="is not known"):
        compare_openapi(api(), api(version="3.1.0", jsonSchemaDialect="https://example.com/dialect"))


def test_a_description_is_no_different_from_itself() -> None:
    assert compare_openapi(shop(), shop()) == []


def _changed(**schemas: Any) -> Api:
    changed = deepcopy(shop())
    changed["components"]["schemas"].update(schemas)
    return changed


def test_findings_say_where_in_words_for_people() -> None:
    new = _changed(Money={"type": "object", "properties": {"amount": STRING}, "required": ["amount"]})
    del new["paths"]["/orders"]["get"]["responses"]["200"]["headers"]
    new["paths"]["/orders/{id}"]["parameters"][0]["schema"] = {"type": "integer"}
    new["paths"]["/orders/{orderId}"] = new["paths"].pop("/orders/{id}")
    new["paths"]["/orders/{orderId}"]["parameters"][0]["name"] = "orderId"
    new["servers"][0]["variables"]["region"]["default"] = "us"
    new["components"]["securitySchemes"]["key"]["name"] = "X-Token"
    del new["webhooks"]["paid"]
    found = [(one.rule, one.path) for one in compare_openapi(shop(), new) if one.level is not Level.SAFE]
    assert found == [
        ("header-removed", "GET /orders: 200: header X-Total"),
        ("type-changed", "GET /orders: 200: [].lines[].price.amount"),
        ("property-removed", "GET /orders: 200: [].lines[].price.currency"),
        ("type-changed", "POST /orders: request body: lines[].price.amount"),
        ("type-changed", "GET /orders/{orderId}: path parameter orderId"),
        ("webhook-removed", "webhook paid"),
        ("server-default-changed", "servers: https://{region}.example.com: region"),
        ("api-key-moved", "security scheme key"),
    ]


def test_other_media_types_than_json_are_named() -> None:
    new = _changed(Problem={"type": "object", "properties": {"title": STRING, "status": STRING}})
    found = [(one.rule, one.path) for one in compare_openapi(shop(), new) if one.level is not Level.SAFE]
    assert found == [
        ("required-removed", "GET /orders: 4XX (application/problem+json): title"),
        ("type-changed", "GET /orders: 4XX (application/problem+json): status"),
    ]


def test_components_are_looked_at_once_for_each_way_they_go() -> None:
    resources, fields = 30, 42
    once_each_way = 2 * (resources * fields + 2)  # each with its fields; what all have, with its two
    walk = walked(large(resources), large(resources, price=STRING))
    assert [fact.path for fact in walk.facts] == [
        "GET /resources0: 200: [].price.amount",
        "POST /resources0: request body: price.amount",
    ]
    # Beside: the places that refer to them, the lists, and "others" of each object.
    assert once_each_way < walk.pairs < 3 * once_each_way
    twice = walked(large(2 * resources), large(2 * resources, price=STRING))
    assert twice.pairs < 2.1 * walk.pairs


def _chain(length: int, last: Api) -> Api:
    """Components that each refer to the next one."""
    schemas = {f"C{number}": obj(next=ref(f"C{number + 1}")) for number in range(length)}
    return given(ref("C0"), components={"schemas": {**schemas, f"C{length}": last}})


def test_a_long_chain_of_components_is_judged_to_its_end() -> None:
    (found,) = compare_openapi(_chain(200, STRING), _chain(200, NUMBER))
    assert (found.rule, found.path) == ("type-changed", "GET /orders: 200: " + ".".join(["next"] * 200))


def test_what_is_written_too_deep_is_not_judged_and_that_is_said() -> None:
    old, new = STRING, NUMBER
    for _ in range(70):
        old, new = {"type": "array", "items": old}, {"type": "array", "items": new}
    (found,) = compare_openapi(given(old), given(new))
    assert (found.rule, found.writers, found.readers) == ("not-judged", Level.SAFE, Level.RISKY)


def test_other_words_everywhere_take_no_place_from_what_matters() -> None:
    fields: Api = {f"f{number}": {**STRING, "description": "old"} for number in range(6_000)}
    words: Api = {name: {**field, "description": "new"} for name, field in fields.items()}
    found = compare_openapi(given(obj(**fields, last=STRING)), given(obj(**words, last=NUMBER)))
    assert [one.rule for one in found if one.level is not Level.SAFE] == ["type-changed"]
    assert len(found) == 2_501


def test_more_than_can_be_told_is_said() -> None:
    paths = {f"/{number}": {"get": op()} for number in range(5_100)}
    found = compare_openapi(api(paths), api())
    assert [one.rule for one in found[4_999:]] == ["path-removed", "not-judged"]


def test_a_finding_that_hurts_nobody_asks_for_nothing() -> None:
    (found,) = compare_openapi(sent(STRING), sent({"type": ["string", "number"]}, version="3.0.3"))
    assert (found.rule, found.level, found.remedy) == ("type-widened", Level.SAFE, "")
