"""Bodies of requests: whether they are there, their media types, and what is written in them."""

from __future__ import annotations

from typing import Any, Final

from tests.contracts.pairs.openapi import NUMBER, STRING, B, Pair, R, S, json, obj, on, op, pair, sent


def _body(content: Any = None, *, required: bool = True) -> dict[str, Any]:
    body = {"required": required, "content": content or json(STRING)}
    return on(op(requestBody=body), "post")


def _in(*names: str, schema: Any = None) -> dict[str, Any]:
    return _body({name: {"schema": schema or STRING} for name in names})


def _form(**encoding: Any) -> dict[str, Any]:
    part = {"schema": obj(file=STRING), **({"encoding": encoding} if encoding else {})}
    return _body({"multipart/form-data": part})


_NONE: Final = on(op(), "post")
_XML: Final = "application/xml"
_JSON: Final = "application/json"

PAIRS: Final[list[Pair]] = [
    pair("an optional body is added", _NONE, _body(required=False), harmless=["request-body-added"]),
    pair("a required body is added", _NONE, _body(), ("required-request-body-added", B, S)),
    pair("a body is removed", _body(), _NONE, ("request-body-removed", B, S)),
    pair("an optional body is removed", _body(required=False), _NONE, ("request-body-removed", B, S)),
    pair("a body becomes required", _body(required=False), _body(), ("request-body-became-required", B, S)),
    pair("a body becomes optional", _body(), _body(required=False), harmless=["request-body-became-optional"]),
    pair("one more media type", _in(_JSON), _in(_JSON, _XML), harmless=["media-type-added"]),
    pair("one media type less", _in(_JSON, _XML), _in(_JSON), ("media-type-removed", B, S)),
    pair(
        "another media type",
        _in(_JSON),
        _in(_XML),
        ("media-type-removed", B, S),
        harmless=["media-type-added"],
    ),
    pair("any of a range instead of one", _in(_JSON), _in("application/*"), harmless=["media-type-widened"]),
    pair("one of a range instead of any", _in("*/*"), _in(_JSON), ("media-type-narrowed", B, S)),
    pair(
        "any of a range instead of one, of another type",
        _in(_JSON),
        _in("application/*", schema=NUMBER),
        ("type-changed", B, S),
        harmless=["media-type-widened"],
    ),
    pair(
        "another version of a media type",
        _in("application/json; v=1"),
        _in("application/json; v=2"),
        ("media-type-parameters-changed", R, S),
    ),
    pair(
        "blanks and case of a media type, and the order of its parameters",
        _in("Application/JSON;v=1 ; charset=utf-8"),
        _in("application/json; charset=UTF-8; v=1"),
        harmless=[],
    ),
    pair("a media type has a schema now", _body({_JSON: {}}), _body(), ("type-narrowed", B, S)),
    pair("a media type has no schema any more", _body(), _body({_JSON: {}}), harmless=["type-widened"]),
    pair(
        "a part of a form is encoded otherwise",
        _form(),
        _form(file={"contentType": "image/png"}),
        ("part-encoding-changed", R, S),
    ),
    pair(
        "a keyword of a media type that nobody knows",
        _body(),
        _body({_JSON: {"schema": STRING, "itemSchema": STRING}}),
        ("unsupported-keyword", R, S),
    ),
    pair("another example", _body({_JSON: {"schema": STRING, "example": "a"}}), _body(), harmless=[]),
    pair("another type", sent(STRING), sent(NUMBER), ("type-changed", B, S)),
    pair("a number may be a text, too", sent({"type": "integer"}), sent(NUMBER), harmless=["type-widened"]),
    pair(
        "an optional property is added: anything could stand under its name",
        sent(obj(a=STRING)),
        sent(obj(a=STRING, b=STRING)),
        ("property-added", R, S),
    ),
    pair(
        "a required property is added",
        sent(obj(a=STRING)),
        sent(obj(["b"], a=STRING, b=STRING)),
        ("required-property-added", B, S),
    ),
    pair("a property is removed", sent(obj(a=STRING, b=STRING)), sent(obj(a=STRING)), harmless=["property-removed"]),
    pair(
        "a property is removed where no other is let in",
        sent({**obj(a=STRING, b=STRING), "additionalProperties": False}),
        sent({**obj(a=STRING), "additionalProperties": False}),
        ("property-removed-from-closed", B, S),
    ),
    pair(
        "no other properties are let in any more",
        sent(obj(a=STRING)),
        sent({**obj(a=STRING), "additionalProperties": False}),
        ("closed-to-unknown", B, S),
    ),
    pair(
        "a property becomes required deep within",
        sent(obj(lines={"type": "array", "items": obj(price=NUMBER)})),
        sent(obj(lines={"type": "array", "items": obj(["price"], price=NUMBER)})),
        ("required-added", B, S),
    ),
    pair(
        "null is not let in any more",
        sent({"type": "string", "nullable": True}),
        sent(STRING),
        ("null-refused", B, S),
    ),
    pair(
        "null is let in, in the words of the next version",
        sent(STRING),
        sent({"type": ["string", "null"]}, version="3.1.0"),
        harmless=["null-allowed", "openapi-version-changed"],
    ),
    pair(
        "a limit is itself refused, as the next version says it",
        sent({"type": "number", "minimum": 0, "exclusiveMinimum": True}),
        sent({"type": "number", "exclusiveMinimum": 0}, version="3.1.0"),
        harmless=["openapi-version-changed"],
    ),
    pair(
        "a text may be less long",
        sent({"type": "string", "maxLength": 10}),
        sent({"type": "string", "maxLength": 9}),
        ("max-length-lowered", B, S),
    ),
]
