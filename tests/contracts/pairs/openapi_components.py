"""Components: references, what is read only and written only, alternatives told apart, what nobody uses."""

from __future__ import annotations

from typing import Any, Final

from tests.contracts.pairs.openapi import (
    NUMBER,
    STRING,
    Api,
    B,
    Pair,
    R,
    S,
    api,
    given,
    json,
    obj,
    on,
    op,
    pair,
    ref,
    sent,
)

_READ: Final[Api] = {"type": "string", "readOnly": True}
_WRITTEN: Final[Api] = {"type": "string", "writeOnly": True}


def _defining(**schemas: Any) -> dict[str, Any]:
    return {"components": {"schemas": schemas}}


def _both(**schemas: Any) -> dict[str, Any]:
    """An operation that takes and gives an order, and another that gives it."""
    answer = {"200": {"description": "done", "content": json(ref("Order"))}}
    taking = op(requestBody={"content": json(ref("Order"))}, responses=answer)
    return api({"/orders": {"post": taking, "get": op(responses=answer)}}, **_defining(**schemas))


_PET: Final[Api] = {**obj(["kind"], kind=STRING), "discriminator": {"propertyName": "kind"}}
_DOG: Final[Api] = {"allOf": [ref("Pet"), obj(bark=STRING)]}
_LOUD_DOG: Final[Api] = {"allOf": [ref("Pet"), obj(bark=NUMBER)]}
_CHOICE: Final[Api] = {"oneOf": [ref("Cat"), ref("Dog")]}


def _kinds(**discriminator: Any) -> dict[str, Any]:
    choice = {**_CHOICE, "discriminator": {"propertyName": "kind", **discriminator}}
    return given(choice, **_defining(Cat=obj(kind={"enum": ["cat"]}), Dog=obj(kind={"enum": ["dog"]})))


PAIRS: Final[list[Pair]] = [
    pair(
        "a component that goes both ways is told of once for each",
        _both(Order=obj(["total"], total=NUMBER)),
        _both(Order=obj(["total"], total=STRING)),
        ("type-changed", B, S),
        ("type-changed", S, B),
    ),
    pair(
        "a component becomes looser: it hurts only those who read",
        _both(Order=obj(["total"], total=NUMBER)),
        _both(Order=obj(total=NUMBER)),
        ("required-removed", S, B),
        harmless=["required-removed"],
    ),
    pair("a schema that nobody uses", api(**_defining(A=STRING)), api(**_defining(A=NUMBER, B=STRING)), harmless=[]),
    pair(
        "a required property is added that is only read",
        _both(Order=obj(a=STRING)),
        _both(Order=obj(["id"], a=STRING, id=_READ)),
        harmless=["required-property-added"],
    ),
    pair(
        "what is only read becomes required",
        sent(obj(a=STRING, id=_READ)),
        sent(obj(["id"], a=STRING, id=_READ)),
        harmless=[],
    ),
    pair(
        "what is only read is of another type",
        _both(Order=obj(id=_READ)),
        _both(Order=obj(id={"type": "integer", "readOnly": True})),
        ("type-changed", S, B),
    ),
    pair(
        "what was only read has to be sent",
        sent(obj(["id"], id=_READ)),
        sent(obj(["id"], id=STRING)),
        ("required-added", B, S),
        harmless=["read-only-dropped"],
    ),
    pair(
        "what had to be sent is only read now",
        sent(obj(["id"], id=STRING)),
        sent(obj(["id"], id=_READ)),
        ("read-only-set", R, S),
        harmless=["required-removed"],
    ),
    pair(
        "what is only written is gone",
        given(obj(["pin"], a=STRING, pin=_WRITTEN)),
        given(obj(a=STRING)),
        harmless=[],
    ),
    pair(
        "what came is only written now",
        given(obj(["pin"], pin=STRING)),
        given(obj(["pin"], pin=_WRITTEN)),
        ("required-removed", S, B),
        ("write-only-set", S, R),
    ),
    pair(
        "what was only written comes back",
        given(obj(pin=_WRITTEN)),
        given(obj(pin=STRING)),
        ("write-only-dropped", S, R),
    ),
    pair(
        "what is only written has to be sent",
        sent(obj(pin=_WRITTEN)),
        sent(obj(["pin"], pin=_WRITTEN)),
        ("required-added", B, S),
    ),
    pair(
        "read only stands in what is referred to",
        sent(obj(id=ref("Id")), **_defining(Id=_READ)),
        sent(obj(["id"], id=ref("Id")), **_defining(Id=_READ)),
        harmless=[],
    ),
    pair(
        "alternatives are told apart by another property",
        _kinds(),
        _kinds(propertyName="type"),
        ("discriminator-changed", S, R),
    ),
    pair(
        "another value tells an alternative",
        _kinds(mapping={"dog": "#/components/schemas/Dog"}),
        _kinds(mapping={"hound": "#/components/schemas/Dog"}),
        ("discriminator-changed", S, R),
    ),
    pair(
        "what may stand for another changes, though nothing names it",
        given(ref("Pet"), **_defining(Pet=_PET, Dog=_DOG)),
        given(ref("Pet"), **_defining(Pet=_PET, Dog=_LOUD_DOG)),
        ("type-changed", S, B),
    ),
    pair(
        "one more may stand for another",
        given(ref("Pet"), **_defining(Pet=_PET)),
        given(ref("Pet"), **_defining(Pet=_PET, Dog=_DOG)),
        ("alternative-added", S, R),
    ),
    pair(
        "one less may stand for another",
        sent(ref("Pet"), **_defining(Pet=_PET, Dog=_DOG)),
        sent(ref("Pet"), **_defining(Pet=_PET)),
        ("alternative-removed", B, S),
    ),
    pair(
        "one more alternative may come",
        given(_CHOICE, **_defining(Cat=STRING, Dog=NUMBER)),
        given({"oneOf": [*_CHOICE["oneOf"], {"type": "boolean"}]}, **_defining(Cat=STRING, Dog=NUMBER)),
        ("alternative-added", S, R),
    ),
    pair(
        "a schema is elsewhere, and never fetched",
        given({"$ref": "https://schemas.example.com/order.json"}),
        given({"$ref": "https://schemas.example.com/order.json"}),
        ("reference-unresolved", S, R),
    ),
    pair(
        "a body that is not in the document",
        sent(STRING),
        on(op(requestBody=ref("order", "requestBodies")), "post"),
        ("reference-unresolved", R, S),
    ),
    pair(
        "a body becomes a component",
        sent(STRING),
        on(
            op(requestBody=ref("order", "requestBodies")),
            "post",
            components={"requestBodies": {"order": {"required": True, "content": json(STRING)}}},
        ),
        harmless=[],
    ),
    pair(
        "a reference that leads in a circle",
        sent(STRING),
        on(
            op(requestBody=ref("a", "requestBodies")),
            "post",
            components={"requestBodies": {"a": ref("b", "requestBodies"), "b": ref("a", "requestBodies")}},
        ),
        ("reference-unresolved", R, S),
    ),
    pair(
        "a path that is another's",
        api({"/a": {"get": op()}, "/b": {"get": op()}}),
        api({"/a": {"get": op()}, "/b": {"$ref": "#/paths/~1a"}}),
        harmless=[],
    ),
    pair(
        "a path that is another's, and has an operation of its own",
        api({"/a": {"get": op()}, "/b": {"get": op(), "post": op()}}),
        api({"/a": {"get": op()}, "/b": {"$ref": "#/paths/~1a", "post": op()}}),
        harmless=[],
    ),
    pair(
        "a path that is not in the document",
        api({"/a": {"get": op()}}),
        api({"/a": {"$ref": "paths.yaml#/a"}}),
        ("reference-unresolved", R, S),
    ),
    pair(
        "a schema that holds itself",
        given(ref("Node"), **_defining(Node=obj(next=ref("Node"), name=STRING))),
        given(ref("Node"), **_defining(Node=obj(next=ref("Node"), name=NUMBER))),
        ("type-changed", S, B),
    ),
    pair(
        "what stands beside a reference counts in the next version",
        sent(ref("A"), version="3.1.0", **_defining(A=STRING)),
        sent({**ref("A"), "maxLength": 5}, version="3.1.0", **_defining(A=STRING)),
        ("max-length-lowered", B, S),
    ),
    pair(
        "what stands beside a reference says nothing in this one",
        sent(ref("A"), **_defining(A=STRING)),
        sent({**ref("A"), "maxLength": 5}, **_defining(A=STRING)),
        harmless=[],
    ),
]
