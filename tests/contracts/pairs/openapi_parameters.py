"""Parameters, by where they go and how they are called."""

from __future__ import annotations

from typing import Any, Final

from tests.contracts.pairs.openapi import (
    NUMBER,
    STRING,
    B,
    Pair,
    R,
    S,
    api,
    json,
    obj,
    on,
    op,
    pair,
    query,
    ref,
    taking,
)

_LIST: Final = {"type": "array", "items": STRING}
_ID: Final = {"name": "id", "in": "path", "required": True, "schema": STRING}


def _header(name: str = "X-Tenant", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": STRING, **more}


def _of_path(*parameters: Any, own: Any = ()) -> dict[str, Any]:
    """A path that says the parameters for its operation, which may have its own."""
    return api({"/orders": {"parameters": list(parameters), "get": op(parameters=list(own))}})


PAIRS: Final[list[Pair]] = [
    pair("an optional parameter is added", taking(), taking(query()), harmless=["parameter-added"]),
    pair("a required parameter is added", taking(), taking(query(required=True)), ("required-parameter-added", B, S)),
    pair("a required header is added", taking(), taking(_header(required=True)), ("required-parameter-added", B, S)),
    pair("an optional parameter is removed", taking(query()), taking(), ("parameter-removed", R, S)),
    pair("a required parameter is removed", taking(query(required=True)), taking(), ("parameter-removed", R, S)),
    pair(
        "a parameter is called otherwise",
        taking(query("state")),
        taking(query("status")),
        ("parameter-removed", R, S),
        harmless=["parameter-added"],
    ),
    pair(
        "the case of a parameter's name",
        taking(query("Status", required=True)),
        taking(query("status", required=True)),
        ("parameter-removed", R, S),
        ("required-parameter-added", B, S),
    ),
    pair("the case of a header's name", taking(_header()), taking(_header("x-tenant")), harmless=[]),
    pair(
        "a parameter becomes required",
        taking(query()),
        taking(query(required=True)),
        ("parameter-became-required", B, S),
    ),
    pair(
        "a parameter becomes optional",
        taking(query(required=True)),
        taking(query()),
        harmless=["parameter-became-optional"],
    ),
    pair("a parameter goes elsewhere", taking(query("tenant")), taking(_header("tenant")), ("parameter-moved", B, S)),
    pair(
        "a parameter goes elsewhere, and has to be there",
        taking(query("tenant")),
        taking(_header("tenant", required=True)),
        ("parameter-moved", B, S),
        ("parameter-became-required", B, S),
    ),
    pair(
        "a list is written in one",
        taking(query(schema=_LIST)),
        taking(query(schema=_LIST, explode=False)),
        ("parameter-style-changed", B, S),
    ),
    pair(
        "a list is put apart by blanks",
        taking(query(schema=_LIST, explode=False)),
        taking(query(schema=_LIST, style="spaceDelimited")),
        ("parameter-style-changed", B, S),
    ),
    pair(
        "a single value does not care how a list would be written",
        taking(query()),
        taking(query(explode=False)),
        harmless=["parameter-style-changed"],
    ),
    pair(
        "what is the default anyway is said",
        taking(query(schema=_LIST)),
        taking(query(schema=_LIST, style="form", explode=True, required=False)),
        harmless=[],
    ),
    pair(
        "a path's parameter has a dot before it",
        taking(_ID, path="/orders/{id}"),
        taking({**_ID, "style": "label"}, path="/orders/{id}"),
        ("parameter-style-changed", B, S),
    ),
    pair(
        "characters may stand as they are",
        taking(query()),
        taking(query(allowReserved=True)),
        ("parameter-characters-changed", R, S),
    ),
    pair(
        "characters have to be escaped",
        taking(query(allowReserved=True)),
        taking(query()),
        ("parameter-characters-changed", R, S),
    ),
    pair("it may be empty", taking(query()), taking(query(allowEmptyValue=True)), harmless=["parameter-empty-allowed"]),
    pair(
        "it must not be empty",
        taking(query(allowEmptyValue=True)),
        taking(query()),
        ("parameter-empty-refused", B, S),
    ),
    pair(
        "a value becomes a document",
        taking(query()),
        taking({"name": "status", "in": "query", "content": json(STRING)}),
        ("parameter-content-changed", B, S),
    ),
    pair(
        "a document within a parameter has one more required member",
        taking({"name": "f", "in": "query", "content": json(obj(a=STRING))}),
        taking({"name": "f", "in": "query", "content": json(obj(["a"], a=STRING))}),
        ("required-added", B, S),
    ),
    pair(
        "a document within a parameter is of another media type",
        taking({"name": "f", "in": "query", "content": json(STRING)}),
        taking({"name": "f", "in": "query", "content": {"application/xml": {"schema": STRING}}}),
        ("media-type-removed", B, S),
        harmless=["media-type-added"],
    ),
    pair("another type", taking(query()), taking(query(schema=NUMBER)), ("type-changed", B, S)),
    pair(
        "a value is not let in any more",
        taking(query(schema={"enum": ["a", "b"]})),
        taking(query(schema={"enum": ["a"]})),
        ("enum-value-removed", B, S),
    ),
    pair(
        "one more value is let in",
        taking(query(schema={"enum": ["a"]})),
        taking(query(schema={"enum": ["a", "b"]})),
        harmless=["enum-value-added"],
    ),
    pair(
        "another default",
        taking(query(schema={"type": "integer", "default": 10})),
        taking(query(schema={"type": "integer", "default": 50})),
        ("default-changed", R, S),
    ),
    pair(
        "a list may hold fewer",
        taking(query(schema={**_LIST, "maxItems": 10})),
        taking(query(schema={**_LIST, "maxItems": 5})),
        ("max-items-lowered", B, S),
    ),
    pair("a parameter is deprecated", taking(query()), taking(query(deprecated=True)), harmless=["deprecated"]),
    pair("headers that are no parameters", taking(), taking(_header("Authorization", required=True)), harmless=[]),
    pair("what was said of each operation is said of the path", taking(query()), _of_path(query()), harmless=[]),
    pair(
        "a path says that a parameter is required",
        _of_path(query()),
        _of_path(query(required=True)),
        ("parameter-became-required", B, S),
    ),
    pair(
        "an operation has its own instead of the path's",
        _of_path(query(required=True)),
        _of_path(query(required=True), own=[query()]),
        harmless=["parameter-became-optional"],
    ),
    pair(
        "the path's parameter is described now",
        api({"/orders/{id}": {"get": op()}}),
        on(op(parameters=[{**_ID, "schema": {"type": "integer"}}]), path="/orders/{id}"),
        ("type-narrowed", B, S),
    ),
    pair(
        "the path's parameter is not described any more",
        on(op(parameters=[_ID]), path="/orders/{id}"),
        api({"/orders/{id}": {"get": op()}}),
        harmless=["type-widened"],
    ),
    pair(
        "a component becomes a parameter of one's own",
        taking(ref("status", "parameters"), components={"parameters": {"status": query()}}),
        taking(query()),
        harmless=[],
    ),
    pair(
        "a component of two operations is told of once",
        api(
            {one: {"get": op(parameters=[ref("s", "parameters")])} for one in ("/a", "/b")},
            components={"parameters": {"s": query()}},
        ),
        api(
            {one: {"get": op(parameters=[ref("s", "parameters")])} for one in ("/a", "/b")},
            components={"parameters": {"s": query(required=True)}},
        ),
        ("parameter-became-required", B, S),
    ),
    pair(
        "a parameter that is not in the document",
        taking({"$ref": "common.yaml#/status"}),
        taking({"$ref": "common.yaml#/status"}),
        ("reference-unresolved", R, S),
    ),
    pair(
        "a keyword of a parameter that nobody knows",
        taking(query()),
        taking(query(collectionFormat="csv")),
        ("unsupported-keyword", R, S),
    ),
]
