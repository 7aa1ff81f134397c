"""Responses: statuses, headers, links, and what is written in them."""

from __future__ import annotations

from typing import Any, Final

from tests.contracts.pairs.openapi import NUMBER, STRING, B, Pair, R, S, answering, given, json, obj, on, op, pair, ref


def _response(**more: Any) -> dict[str, Any]:
    return on(op(responses={"200": {"description": "done", **more}}))


def _headers(**headers: Any) -> dict[str, Any]:
    return _response(headers={name.replace("_", "-"): header for name, header in headers.items()})


def _saying(**statuses: Any) -> dict[str, Any]:
    """Statuses and the schemas of their answers: ``_2XX``."""
    return on(
        op(responses={name.strip("_"): {"description": "so", "content": json(one)} for name, one in statuses.items()})
    )


def _in(*names: str) -> dict[str, Any]:
    return _response(content={name: {"schema": STRING} for name in names})


_TOTAL: Final = {"schema": {"type": "integer"}}
_JSON: Final = "application/json"

PAIRS: Final[list[Pair]] = [
    pair("success in one more way", answering("200"), answering("200", "202"), ("success-response-added", S, R)),
    pair("success in one way less", answering("200", "202"), answering("200"), ("success-response-removed", S, B)),
    pair(
        "success is called otherwise",
        answering("200"),
        answering("201"),
        ("success-response-removed", S, B),
        ("success-response-added", S, R),
    ),
    pair("an error is added", answering("200"), answering("200", "409", "5XX"), harmless=["error-response-added"] * 2),
    pair("an error is removed", answering("200", "404"), answering("200"), harmless=["error-response-removed"]),
    pair("the answer may be elsewhere", answering("200"), answering("200", "303"), ("redirect-added", S, R)),
    pair("the answer is not elsewhere", answering("200", "303"), answering("200"), ("redirect-removed", S, R)),
    pair(
        "all others are described", answering("200"), answering("200", "default"), harmless=["default-response-added"]
    ),
    pair(
        "all others are not described any more",
        answering("200", "default"),
        answering("200"),
        ("default-response-removed", S, R),
    ),
    pair(
        "success is described for all of its statuses",
        answering("200"),
        answering("2XX"),
        ("success-response-added", S, R),
    ),
    pair("one status of all of success", answering("2XX"), answering("201"), harmless=["success-response-removed"]),
    pair(
        "an error that the default described has an answer of its own",
        _saying(_200=STRING, default=obj(["code"], code=STRING)),
        _saying(_200=STRING, _404=STRING, default=obj(["code"], code=STRING)),
        ("type-changed", S, B),
    ),
    pair(
        "an error is described by the default now",
        _saying(_200=STRING, _404=obj(code=STRING), default=obj(code=STRING)),
        _saying(_200=STRING, default=obj(code=STRING)),
        harmless=[],
    ),
    pair(
        "the default describes success where nothing else does",
        _saying(default=STRING),
        _saying(_200=NUMBER, default=STRING),
        ("type-changed", S, B),
    ),
    pair(
        "one status of a range has an answer of its own",
        _saying(_2XX=STRING),
        _saying(_2XX=STRING, _201=NUMBER),
        ("type-changed", S, B),
    ),
    pair("one more media type", _in(_JSON), _in(_JSON, "text/csv"), ("media-type-added", S, R)),
    pair("one media type less", _in(_JSON, "text/csv"), _in(_JSON), ("media-type-removed", S, B)),
    pair("any of a range instead of one", _in(_JSON), _in("application/*"), ("media-type-widened", S, B)),
    pair("one of a range instead of any", _in("application/*"), _in(_JSON), harmless=["media-type-narrowed"]),
    pair("there is no answer's body any more", _in(_JSON), _response(), ("media-type-removed", S, B)),
    pair("what comes is not described any more", _in(_JSON), _response(content={_JSON: {}}), ("type-widened", S, B)),
    pair("what comes is described now", _response(content={_JSON: {}}), _in(_JSON), harmless=["type-narrowed"]),
    pair("a header is added", _headers(), _headers(X_Total=_TOTAL), harmless=["header-added"]),
    pair(
        "a header is added that is always there",
        _headers(),
        _headers(X_Total={**_TOTAL, "required": True}),
        harmless=["required-header-added"],
    ),
    pair("a header is removed", _headers(X_Total=_TOTAL), _headers(), ("header-removed", S, R)),
    pair(
        "a header is removed that was always there",
        _headers(X_Total={**_TOTAL, "required": True}),
        _headers(),
        ("required-header-removed", S, B),
    ),
    pair(
        "a header may be left out",
        _headers(X_Total={**_TOTAL, "required": True}),
        _headers(X_Total=_TOTAL),
        ("header-became-optional", S, B),
    ),
    pair(
        "a header is always there",
        _headers(X_Total=_TOTAL),
        _headers(X_Total={**_TOTAL, "required": True}),
        harmless=["header-became-required"],
    ),
    pair(
        "another type of a header",
        _headers(X_Total=_TOTAL),
        _headers(X_Total={"schema": STRING}),
        ("type-changed", S, B),
    ),
    pair("the case of a header", _headers(X_Total=_TOTAL), _headers(x_total=_TOTAL), harmless=[]),
    pair("a header that is no header of its own", _headers(), _headers(Content_Type={"schema": STRING}), harmless=[]),
    pair(
        "the members of a header are written otherwise",
        _headers(X_Map={"schema": obj(a=STRING)}),
        _headers(X_Map={"schema": obj(a=STRING), "explode": True}),
        ("parameter-style-changed", S, B),
    ),
    pair("a link is added", _response(), _response(links={"next": {"operationId": "a"}}), harmless=["link-added"]),
    pair("a link is removed", _response(links={"next": {"operationId": "a"}}), _response(), ("link-removed", R, R)),
    pair(
        "a link leads elsewhere",
        _response(links={"next": {"operationId": "a"}}),
        _response(links={"next": {"operationId": "b"}}),
        ("link-changed", R, R),
    ),
    pair(
        "a link says another thing to people",
        _response(links={"next": {"operationId": "a", "description": "a"}}),
        _response(links={"next": {"operationId": "a", "description": "b"}}),
        harmless=[],
    ),
    pair("another type", given(STRING), given(NUMBER), ("type-changed", S, B)),
    pair("a property is added", given(obj(a=STRING)), given(obj(a=STRING, b=STRING)), harmless=["property-added"]),
    pair(
        "an optional property is removed",
        given(obj(a=STRING, b=STRING)),
        given(obj(a=STRING)),
        ("property-removed", S, R),
    ),
    pair(
        "a property is removed that was always there",
        given(obj(["b"], a=STRING, b=STRING)),
        given(obj(a=STRING)),
        ("required-property-removed", S, B),
    ),
    pair("a property may be left out", given(obj(["a"], a=STRING)), given(obj(a=STRING)), ("required-removed", S, B)),
    pair("a property is always there", given(obj(a=STRING)), given(obj(["a"], a=STRING)), harmless=["required-added"]),
    pair("null may come", given(STRING), given({"type": "string", "nullable": True}), ("null-allowed", S, B)),
    pair("a new value may come", given({"enum": ["a"]}), given({"enum": ["a", "b"]}), ("enum-value-added", S, R)),
    pair(
        "a value does not come any more",
        given({"enum": ["a", "b"]}),
        given({"enum": ["a"]}),
        harmless=["enum-value-removed"],
    ),
    pair(
        "a response of one's own becomes a component",
        _in(_JSON),
        on(
            op(responses={"200": ref("done", "responses")}),
            components={"responses": {"done": {"description": "done", "content": json(STRING)}}},
        ),
        harmless=[],
    ),
    pair(
        "a header that is not in the document",
        _headers(X_Total={"$ref": "#/components/headers/total"}),
        _headers(X_Total=_TOTAL),
        ("reference-unresolved", S, R),
    ),
    pair("a response that is no object", _response(), on(op(responses={"200": "fine"})), ("unsupported-keyword", S, R)),
]
