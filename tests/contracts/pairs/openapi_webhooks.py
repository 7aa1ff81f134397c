"""Webhooks and callbacks: here the request is read by those who are called, and they write the answer."""

from __future__ import annotations

from typing import Any, Final

from tests.contracts.pairs.openapi import NUMBER, STRING, B, Pair, R, S, api, hooking, json, obj, on, op, pair


def _event(schema: Any, **more: Any) -> dict[str, Any]:
    return hooking(op(requestBody={"required": True, "content": json(schema)}, **more))


def _answered(**responses: Any) -> dict[str, Any]:
    return hooking({"responses": {name.strip("_"): {"description": "so", **one} for name, one in responses.items()}})


def _calling(*addresses: str, schema: Any = None, name: str = "onPaid", **more: Any) -> dict[str, Any]:
    item = {"post": op(requestBody={"content": json(schema or STRING)}, **more)}
    return on(op(callbacks={name: dict.fromkeys(addresses, item)}), "post")


def _with(**header: Any) -> dict[str, Any]:
    return hooking(op(parameters=[{"name": "X-Signature", "in": "header", "schema": STRING, **header}]))


_URL: Final = "{$request.body#/url}"
_HEADER: Final = {"X-Seen": {"schema": STRING}}
_NEEDED: Final = {"X-Seen": {"schema": STRING, "required": True}}

PAIRS: Final[list[Pair]] = [
    pair("a webhook is added", api(version="3.1.0"), hooking(op()), ("webhook-added", S, R)),
    pair("a webhook is removed", hooking(op()), api(version="3.1.0"), ("webhook-removed", S, B)),
    pair(
        "a webhook comes by another method",
        hooking(op()),
        api(version="3.1.0", webhooks={"paid": {"put": op()}}),
        ("operation-removed", B, B),
    ),
    pair("a webhook's body is of another type", _event(STRING), _event(NUMBER), ("type-changed", S, B)),
    pair(
        "a webhook's property may be left out",
        _event(obj(["a"], a=STRING)),
        _event(obj(a=STRING)),
        ("required-removed", S, B),
    ),
    pair(
        "a webhook's property is always there",
        _event(obj(a=STRING)),
        _event(obj(["a"], a=STRING)),
        harmless=["required-added"],
    ),
    pair(
        "a webhook has one more property",
        _event(obj(a=STRING)),
        _event(obj(a=STRING, b=STRING)),
        harmless=["property-added"],
    ),
    pair("a webhook has a body now", hooking(op()), _event(STRING), harmless=["required-request-body-added"]),
    pair("a webhook has no body any more", _event(STRING), hooking(op()), ("request-body-removed", S, B)),
    pair(
        "a webhook may come without its body",
        _event(STRING),
        hooking(op(requestBody={"content": json(STRING)})),
        ("request-body-became-optional", S, B),
    ),
    pair(
        "a webhook may come in one more media type",
        _event(STRING),
        hooking(op(requestBody={"required": True, "content": {**json(STRING), "application/xml": {}}})),
        ("media-type-added", S, B),
    ),
    pair(
        "a webhook has a header that is always there",
        hooking(op()),
        _with(required=True),
        harmless=["required-parameter-added"],
    ),
    pair(
        "a webhook's header is gone that was always there",
        _with(required=True),
        hooking(op()),
        ("parameter-removed", S, B),
    ),
    pair("a webhook's header is gone", _with(), hooking(op()), ("parameter-removed", S, R)),
    pair("a webhook's header may be left out", _with(required=True), _with(), ("parameter-became-optional", S, B)),
    pair("a webhook's header may be empty", _with(), _with(allowEmptyValue=True), ("parameter-empty-allowed", S, B)),
    pair(
        "a webhook may be answered in one way less",
        _answered(_200={}, _202={}),
        _answered(_200={}),
        ("success-response-removed", B, S),
    ),
    pair(
        "a webhook may be answered in one more way",
        _answered(_200={}),
        _answered(_200={}, _202={}),
        harmless=["success-response-added"],
    ),
    pair(
        "a webhook's error is not understood any more",
        _answered(_200={}, _410={}),
        _answered(_200={}),
        ("error-response-removed", R, S),
    ),
    pair(
        "a webhook's answer has to be of another type",
        _answered(_200={"content": json(STRING)}),
        _answered(_200={"content": json(NUMBER)}),
        ("type-changed", B, S),
    ),
    pair(
        "a webhook's answer needs a header",
        _answered(_200={}),
        _answered(_200={"headers": _NEEDED}),
        ("required-header-added", B, S),
    ),
    pair(
        "a webhook's answer needs a header that could be left out",
        _answered(_200={"headers": _HEADER}),
        _answered(_200={"headers": _NEEDED}),
        ("header-became-required", B, S),
    ),
    pair(
        "a webhook's answer needs no header",
        _answered(_200={"headers": _NEEDED}),
        _answered(_200={}),
        ("required-header-removed", R, S),
    ),
    pair(
        "a webhook is proved otherwise",
        _event(STRING, security=[{"hmac": []}]),
        _event(STRING, security=[{"bearer": []}]),
        ("webhook-security-changed", S, R),
    ),
    pair(
        "a webhook's item is a component",
        hooking(op()),
        api(
            version="3.1.0",
            webhooks={"paid": {"$ref": "#/components/pathItems/paid"}},
            components={"pathItems": {"paid": {"post": op()}}},
        ),
        harmless=[],
    ),
    pair(
        "a webhook's item is not in the document",
        hooking(op()),
        api(version="3.1.0", webhooks={"paid": {"$ref": "hooks.yaml#/paid"}}),
        ("reference-unresolved", S, R),
    ),
    pair("a callback is added", on(op(), "post"), _calling(_URL), ("callback-added", S, R)),
    pair("a callback is removed", _calling(_URL), on(op(), "post"), ("callback-removed", S, B)),
    pair(
        "a callback is called elsewhere",
        _calling(_URL),
        _calling("{$request.query.url}"),
        ("callback-address-changed", R, R),
    ),
    pair(
        "a callback is called at one more address",
        _calling(_URL),
        _calling(_URL, "{$request.query.url}"),
        ("callback-added", S, R),
    ),
    pair("a callback's body is of another type", _calling(_URL), _calling(_URL, schema=NUMBER), ("type-changed", S, B)),
    pair(
        "a callback's answer may be one status less",
        _calling(_URL, responses={"200": {"description": "a"}, "204": {"description": "b"}}),
        _calling(_URL),
        ("success-response-removed", B, S),
    ),
]
