"""Paths and operations come, go, and are called otherwise."""

from __future__ import annotations

from typing import Final

from tests.contracts.pairs.openapi import OK, STRING, B, Pair, R, S, api, on, op, pair

_ID: Final = {"name": "id", "in": "path", "required": True, "schema": STRING}
_ORDER_ID: Final = {**_ID, "name": "orderId"}
_TWO: Final = {"/orders": {"get": op()}, "/lines": {"get": op()}}
_BOTH: Final = {"/orders": {"get": op(), "post": op()}}
_GONE: Final = {"deprecated": True, "x-sunset": "2030-01-01"}

PAIRS: Final[list[Pair]] = [
    pair("a path is added", on(op()), api(_TWO), harmless=["path-added"]),
    pair("a path is removed", api(_TWO), on(op()), ("path-removed", B, B)),
    pair(
        "a path is called otherwise",
        on(op(), path="/orders"),
        on(op(), path="/sales-orders"),
        ("path-removed", B, B),
        harmless=["path-added"],
    ),
    pair("a slash at the end makes another path", on(op()), on(op(), path="/orders/"), ("path-removed", B, B)),
    pair("a path stands for an extension", api({"x-paths": {"a": 1}}), api({"x-paths": {"b": 1}}), harmless=[]),
    pair("an operation is added", on(op()), api(_BOTH), harmless=["operation-added"]),
    pair("an operation is removed", api(_BOTH), on(op()), ("operation-removed", B, B)),
    pair(
        "an operation is removed that was deprecated",
        api({"/orders": {"get": op(), "post": op(**_GONE)}}),
        on(op()),
        ("operation-removed", B, B),
    ),
    pair(
        "another method does what one did",
        on(op(), "put"),
        on(op(), "patch"),
        ("operation-removed", B, B),
        harmless=["operation-added"],
    ),
    pair(
        "the parameter of a path is called otherwise",
        on(op(parameters=[_ID]), path="/orders/{id}"),
        on(op(parameters=[_ORDER_ID]), path="/orders/{orderId}"),
        harmless=["path-parameter-renamed"],
    ),
    pair(
        "two parameters of a path are called otherwise, and the second is another thing",
        on(op(parameters=[_ID, {**_ID, "name": "line"}]), path="/orders/{id}/{line}"),
        on(
            op(parameters=[{**_ID, "name": "b", "schema": {"type": "integer"}}, {**_ID, "name": "a"}]),
            path="/orders/{a}/{b}",
        ),
        ("type-changed", B, S),
        harmless=["path-parameter-renamed"],
    ),
    pair(
        "a fixed part of a path becomes a parameter",
        on(op(), path="/orders/latest"),
        on(op(parameters=[_ID]), path="/orders/{id}"),
        ("path-removed", B, B),
        harmless=["path-added"],
    ),
    pair(
        "an operation has another id",
        on(op(operationId="listOrders")),
        on(op(operationId="orders")),
        ("operation-id-changed", R, R),
    ),
    pair("an operation has an id now", on(op()), on(op(operationId="orders")), ("operation-id-changed", R, R)),
    pair("an operation has no id any more", on(op(operationId="a")), on(op()), ("operation-id-changed", R, R)),
    pair("other tags", on(op(tags=["a"])), on(op(tags=["b"])), harmless=["tags-changed"]),
    pair(
        "another summary and description",
        on(op(summary="a", description="b")),
        on(op(summary="c", description="d")),
        harmless=["words-changed", "words-changed"],
    ),
    pair("an operation is deprecated", on(op()), on(op(deprecated=True)), harmless=["deprecated"]),
    pair("an operation is not deprecated any more", on(op(deprecated=True)), on(op()), harmless=["deprecated"]),
    pair(
        "an operation is deprecated, with a day", on(op()), on(op(**_GONE)), harmless=["deprecated", "sunset-announced"]
    ),
    pair(
        "it ends earlier than announced",
        on(op(**_GONE)),
        on(op(**{**_GONE, "x-sunset": "2029-12-31"})),
        ("sunset-brought-forward", R, R),
    ),
    pair(
        "it ends on a day that cannot be read",
        on(op(**_GONE)),
        on(op(**{**_GONE, "x-sunset": "soon"})),
        ("sunset-brought-forward", R, R),
    ),
    pair(
        "it ends later than announced",
        on(op(**_GONE)),
        on(op(**{**_GONE, "x-sunset": "2031-01-01T00:00:00Z"})),
        harmless=["sunset-put-off"],
    ),
    pair(
        "it is not said any more when it ends",
        on(op(**_GONE)),
        on(op(deprecated=True)),
        ("sunset-withdrawn", R, R),
    ),
    pair("it does not end any more", on(op(**_GONE)), on(op()), harmless=["deprecated", "sunset-withdrawn"]),
    pair("an extension of an operation", on(op(**{"x-a": 1})), on(op(**{"x-a": 2})), harmless=[]),
    pair(
        "a keyword of an operation that nobody knows",
        on(op()),
        on(op(wonders=True)),
        ("unsupported-keyword", R, R),
    ),
    pair(
        "a method that these versions do not have",
        on(op()),
        api({"/orders": {"get": op(), "query": op()}}),
        ("unsupported-keyword", R, R),
    ),
    pair("a part that is no object", on(op()), on(op(callbacks=["what"])), ("unsupported-keyword", R, R)),
    pair("an operation that is no object", on(op()), api({"/orders": {"get": "yes"}}), ("unsupported-keyword", R, R)),
    pair("a keyword of the whole that nobody knows", api(), api(wonders=1), ("unsupported-keyword", R, R)),
    pair("the next version of the specification", api(), api(version="3.1.0"), harmless=["openapi-version-changed"]),
    pair("its last number", api(), api(version="3.0.4"), harmless=[]),
    pair(
        "what the description is called",
        api(info={"title": "a", "version": "1"}),
        api(info={"title": "b", "version": "2"}),
        harmless=["words-changed", "words-changed"],
    ),
    pair(
        "what a path and its operation say to people",
        api({"/orders": {"get": op(), "summary": "a"}}),
        api({"/orders": {"get": op(externalDocs={"url": "https://docs.example.com"}), "summary": "b"}}),
        harmless=[],
    ),
    pair(
        "statuses as numbers, as YAML reads them",
        on({"responses": {200: {"description": "done"}}}),
        on({"responses": OK}),
        harmless=[],
    ),
]
