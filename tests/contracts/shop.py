"""A realistic description of an interface, and one as large as anybody's."""

from __future__ import annotations

from typing import Any, Final

from tests.contracts.pairs.openapi import NUMBER, STRING, Api, json, obj, ref

_LINE: Final = obj(["sku", "quantity"], sku=STRING, quantity={"type": "integer", "minimum": 1}, price=ref("Money"))
_ORDER: Final = obj(
    ["id", "customer", "lines"],
    id={"type": "string", "format": "uuid", "readOnly": True},
    customer=ref("Customer"),
    lines={"type": "array", "items": ref("Line"), "minItems": 1},
    parent=ref("Order"),
    note={"type": ["string", "null"], "maxLength": 500},
    payment={
        "oneOf": [ref("Card"), ref("Invoice")],
        "discriminator": {"propertyName": "kind", "mapping": {"card": "#/components/schemas/Card"}},
    },
)
_SCHEMAS: Final[Api] = {
    "Order": _ORDER,
    "Line": _LINE,
    "Money": obj(["amount"], amount=NUMBER, currency={"enum": ["EUR", "USD"]}),
    "Customer": {"allOf": [ref("Party"), obj(["email"], email={"type": "string", "format": "email"})]},
    "Party": {**obj(["kind"], kind=STRING, name=STRING), "discriminator": {"propertyName": "kind"}},
    "Card": obj(["kind"], kind={"const": "card"}, pan={"type": "string", "writeOnly": True}),
    "Invoice": obj(["kind"], kind={"const": "invoice"}, due={"type": "string", "format": "date"}),
    "Problem": obj(["title"], title=STRING, status={"type": "integer"}),
}
_LIMIT: Final[Api] = {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 50, "maximum": 200}}
_ID: Final[Api] = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_FAILED: Final[Api] = {"description": "failed", "content": {"application/problem+json": {"schema": ref("Problem")}}}
_REGION: Final[Api] = {"default": "eu", "enum": ["eu", "us"]}


def _answer(schema: Api, **more: Any) -> Api:
    return {"description": "done", "content": json(schema), **more}


def shop() -> Api:
    """Orders of a shop: lists, references in a circle, kinds, callbacks, links, webhooks, security and servers."""
    failed = {"4XX": ref("failed", "responses"), "default": ref("failed", "responses")}
    listing = {
        "operationId": "listOrders",
        "tags": ["orders"],
        "parameters": [ref("limit", "parameters"), {"name": "status", "in": "query", "schema": STRING}],
        "responses": {
            "200": _answer({"type": "array", "items": ref("Order")}, headers={"X-Total": {"schema": NUMBER}}),
            **failed,
        },
    }
    placing = {
        "operationId": "placeOrder",
        "security": [{"oauth": ["orders:write"]}],
        "requestBody": {"required": True, "content": json(ref("Order"))},
        "callbacks": {"shipped": {"{$request.body#/url}": {"post": {"responses": {"204": {"description": "seen"}}}}}},
        "responses": {"201": _answer(ref("Order"), links={"self": {"operationId": "getOrder"}}), **failed},
    }
    getting = {"operationId": "getOrder", "responses": {"200": _answer(ref("Order")), **failed}}
    paid = {"requestBody": {"content": json(ref("Order"))}, "responses": {"2XX": {"description": "seen"}}}
    flows = {"clientCredentials": {"tokenUrl": "https://id.example.com/token", "scopes": {"orders:write": "place"}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1.4.0"},
        "servers": [{"url": "https://{region}.example.com", "variables": {"region": _REGION}}],
        "security": [{"oauth": []}, {"key": []}],
        "paths": {
            "/orders": {"get": listing, "post": placing},
            "/orders/{id}": {"parameters": [_ID], "get": getting},
        },
        "webhooks": {"paid": {"post": paid}},
        "components": {
            "schemas": _SCHEMAS,
            "parameters": {"limit": _LIMIT},
            "responses": {"failed": _FAILED},
            "securitySchemes": {
                "oauth": {"type": "oauth2", "flows": flows},
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            },
        },
    }


def large(resources: int, *, price: Any = NUMBER) -> Api:
    """As many resources, each with five operations over components that refer to the next ones; ``price`` is in all."""
    paths: Api = {}
    schemas: Api = {"Money": obj(["amount"], amount=price, currency=STRING)}
    for number in range(resources):
        name, following = f"Resource{number}", f"Resource{(number + 1) % resources}"
        fields = {f"field{index}": {"type": "string", "maxLength": index + 1} for index in range(40)}
        schemas[name] = obj(["field0"], **fields, price=ref("Money"), next=ref(following))
        body = {"required": True, "content": json(ref(name))}
        answers = {"200": _answer(ref(name)), "400": {"description": "refused"}}
        paths[f"/resources{number}"] = {
            "get": {"responses": {"200": _answer({"type": "array", "items": ref(name)})}},
            "post": {"requestBody": body, "responses": answers},
        }
        paths[f"/resources{number}/{{id}}"] = {
            "parameters": [_ID],
            "get": {"responses": answers},
            "put": {"requestBody": body, "responses": answers},
            "delete": {"responses": {"204": {"description": "gone"}}},
        }
    about = {"title": "Large", "version": "1"}
    return {"openapi": "3.0.3", "info": about, "paths": paths, "components": {"schemas": schemas}}
