"""Security and servers."""

from __future__ import annotations

from typing import Any, Final

from tests.contracts.pairs.openapi import Api, B, Pair, R, api, on, op, pair, secured

_KEY: Final[Api] = {"type": "apiKey", "in": "header", "name": "X-Key"}
_BEARER: Final[Api] = {"type": "http", "scheme": "bearer"}
_TWO: Final = {"key": _KEY, "auth": _BEARER}


def _oauth(**flow: Any) -> dict[str, Any]:
    of = {"tokenUrl": "https://id.example.com/token", "scopes": {"read": "", "write": ""}, **flow}
    return secured({"auth": ["read"]}, type="oauth2", flows={"clientCredentials": of})


def _flows(*names: str) -> dict[str, Any]:
    of = {"tokenUrl": "https://id.example.com", "authorizationUrl": "https://id.example.com", "scopes": {}}
    return secured({"auth": []}, type="oauth2", flows=dict.fromkeys(names, of))


def _throughout(*alternatives: Any, **more: Any) -> dict[str, Any]:
    """Two operations that ask for what the whole description does."""
    return api(
        {"/a": {"get": op(), "post": op()}},
        security=list(alternatives),
        components={"securitySchemes": _TWO},
        **more,
    )


def _at(*servers: Any) -> dict[str, Any]:
    return on(op(), servers=[one if isinstance(one, dict) else {"url": one} for one in servers])


def _region(**variable: Any) -> dict[str, Any]:
    return _at({"url": "https://{region}.example.com", "variables": {"region": {"default": "eu", **variable}}})


PAIRS: Final[list[Pair]] = [
    pair("something is asked for", on(op()), secured({"auth": []}), ("security-asked", B, B)),
    pair(
        "nothing has to be proved, or something: now something",
        secured({}, {"auth": []}),
        secured({"auth": []}),
        ("security-asked", B, B),
    ),
    pair("nothing is asked for any more", secured({"auth": []}), secured(), ("security-dropped", R, R)),
    pair(
        "nothing has to be proved any more",
        secured({"auth": []}),
        secured({"auth": []}, {}),
        ("security-dropped", R, R),
    ),
    pair("one more scope", secured({"auth": ["a"]}), secured({"auth": ["a", "b"]}), ("security-scope-added", B, B)),
    pair(
        "one scope less", secured({"auth": ["a", "b"]}), secured({"auth": ["a"]}), harmless=["security-scope-removed"]
    ),
    pair("another scope", secured({"auth": ["a"]}), secured({"auth": ["b"]}), ("security-scope-added", B, B)),
    pair(
        "one more alternative",
        secured({"auth": []}, schemes=_TWO),
        secured({"auth": []}, {"key": []}, schemes=_TWO),
        harmless=["security-alternative-added"],
    ),
    pair(
        "one alternative less",
        secured({"auth": []}, {"key": []}, schemes=_TWO),
        secured({"auth": []}, schemes=_TWO),
        ("security-alternative-removed", B, B),
    ),
    pair(
        "both instead of one",
        secured({"auth": []}, schemes=_TWO),
        secured({"auth": [], "key": []}, schemes=_TWO),
        ("security-alternative-removed", B, B),
        harmless=[],
    ),
    pair(
        "one of the two that were asked for is enough",
        secured({"auth": [], "key": []}, schemes=_TWO),
        secured({"auth": []}, schemes=_TWO),
        harmless=["security-alternative-added"],
    ),
    pair(
        "the order of alternatives",
        secured({"auth": []}, {"key": []}, schemes=_TWO),
        secured({"key": []}, {"auth": []}, schemes=_TWO),
        harmless=[],
    ),
    pair(
        "a scheme is called otherwise, and is what it was",
        secured({"key": []}, schemes={"key": _KEY}),
        secured({"apiKey": []}, schemes={"apiKey": {**_KEY, "description": "the same"}}),
        harmless=["words-changed"],
    ),
    pair(
        "a scheme is not defined any more",
        secured({"auth": []}),
        secured({"auth": []}, schemes={"key": _KEY}),
        ("reference-unresolved", R, R),
    ),
    pair(
        "a scheme is of another type",
        secured({"auth": []}),
        secured({"auth": []}, **_KEY),
        ("security-scheme-changed", B, B),
    ),
    pair(
        "HTTP proves it in another way",
        secured({"auth": []}, type="http", scheme="basic"),
        secured({"auth": []}, type="http", scheme="Bearer"),
        ("security-scheme-changed", B, B),
    ),
    pair(
        "how a bearer's token looks is a hint",
        secured({"auth": []}),
        secured({"auth": []}, **_BEARER, bearerFormat="JWT"),
        harmless=[],
    ),
    pair(
        "a key goes elsewhere",
        secured({"auth": []}, **_KEY),
        secured({"auth": []}, **{**_KEY, "in": "query"}),
        ("api-key-moved", B, B),
    ),
    pair(
        "a key is called otherwise",
        secured({"auth": []}, **_KEY),
        secured({"auth": []}, **{**_KEY, "name": "X-Token"}),
        ("api-key-moved", B, B),
    ),
    pair(
        "the case of a key's header",
        secured({"auth": []}, **_KEY),
        secured({"auth": []}, **{**_KEY, "name": "x-key"}),
        harmless=[],
    ),
    pair(
        "tokens are elsewhere", _oauth(), _oauth(tokenUrl="https://id.example.org"), ("security-address-changed", R, R)
    ),
    pair(
        "tokens are renewed elsewhere",
        _oauth(),
        _oauth(refreshUrl="https://id.example.org"),
        ("security-address-changed", R, R),
    ),
    pair(
        "what is known of tokens is elsewhere",
        secured({"auth": []}, type="openIdConnect", openIdConnectUrl="https://a.example.com"),
        secured({"auth": []}, type="openIdConnect", openIdConnectUrl="https://b.example.com"),
        ("security-address-changed", R, R),
    ),
    pair(
        "one more scope to ask for",
        _oauth(),
        _oauth(scopes={"read": "", "write": "", "x": ""}),
        harmless=["oauth-scope-offered"],
    ),
    pair("one scope less to ask for", _oauth(), _oauth(scopes={"read": ""}), ("oauth-scope-withdrawn", R, R)),
    pair("one more way to a token", _flows("implicit"), _flows("implicit", "password"), harmless=["oauth-flow-added"]),
    pair("one way less to a token", _flows("implicit", "password"), _flows("password"), ("oauth-flow-removed", B, B)),
    pair(
        "throughout, and told of once",
        _throughout({"key": []}),
        _throughout({"auth": []}),
        ("security-alternative-removed", B, B),
    ),
    pair(
        "what was throughout is of the one operation",
        on(op(), security=[{"auth": []}], components=secured()["components"]),
        secured({"auth": []}),
        harmless=[],
    ),
    pair("a scheme that nobody asks for", on(op(), components={"securitySchemes": {"a": _KEY}}), on(op()), harmless=[]),
    pair(
        "one more server",
        _at("https://a.example.com"),
        _at("https://a.example.com", "https://b.example.com"),
        harmless=["server-added"],
    ),
    pair(
        "one server less",
        _at("https://a.example.com", "https://b.example.com"),
        _at("https://a.example.com"),
        ("server-removed", B, B),
    ),
    pair(
        "another server",
        _at("https://a.example.com/v1"),
        _at("https://a.example.com/v2"),
        ("server-removed", B, B),
        harmless=["server-added"],
    ),
    pair("a slash at the end of a server", _at("https://a.example.com"), _at("https://a.example.com/"), harmless=[]),
    pair(
        "another server comes first",
        _at("https://a.example.com", "https://b.example.com"),
        _at("https://b.example.com", "https://a.example.com"),
        ("server-order-changed", R, R),
    ),
    pair("what is the server anyway is said", on(op()), _at("/"), harmless=[]),
    pair(
        "a value of an address is gone",
        _region(enum=["eu", "us"]),
        _region(enum=["eu"]),
        ("server-values-narrowed", B, B),
    ),
    pair("values of an address are listed", _region(), _region(enum=["eu"]), ("server-values-narrowed", B, B)),
    pair(
        "one more value of an address",
        _region(enum=["eu"]),
        _region(enum=["eu", "us"]),
        harmless=["server-values-widened"],
    ),
    pair(
        "values of an address are not listed any more",
        _region(enum=["eu"]),
        _region(),
        harmless=["server-values-widened"],
    ),
    pair("another value where nobody says", _region(), _region(default="us"), ("server-default-changed", R, R)),
    pair(
        "an operation has a server of its own",
        on(op(), servers=[{"url": "https://a.example.com"}]),
        on(op(servers=[{"url": "https://b.example.com"}]), servers=[{"url": "https://a.example.com"}]),
        ("server-removed", B, B),
        harmless=["server-added"],
    ),
    pair(
        "a path's server, for two operations and told of once",
        api({"/a": {"get": op(), "post": op(), "servers": [{"url": "https://a.example.com"}]}}),
        api({"/a": {"get": op(), "post": op(), "servers": [{"url": "https://b.example.com"}]}}),
        ("server-removed", B, B),
        harmless=["server-added"],
    ),
]
