"""What a document says of interfaces and operations, whichever format and version it is written in."""

from __future__ import annotations

import json

import pytest

from controlplane.console.estate.problems import Refused
from controlplane.console.imports.described import Described, Document
from tests.console.imports.documents import ORDERS, SHIPPING_2, SHIPPING_3, asyncapi, in_yaml, openapi, orders

SWAGGER = """\
swagger: "2.0"
info: {title: Old orders, version: "1"}
consumes: [application/json]
produces: [application/json]
paths:
  /orders:
    put:
      operationId: putOrder
      parameters: [{in: body, name: body, schema: {$ref: "#/definitions/Order"}}]
      responses: {"200": {description: Done, schema: {$ref: "#/definitions/Order"}}, default: {description: Else}}
definitions:
  Order: {type: object}
"""


def only(document: Document, key: str) -> Described:
    """The operation of that key."""
    (found,) = [one for door in document.doors for one in door.operations if one.key == key]
    return found


def test_an_openapi_document_is_one_interface_and_its_webhooks_another() -> None:
    said = [
        (door.kind, door.name, door.version, door.purpose, door.documentation, [one.key for one in door.operations])
        for door in openapi(ORDERS).doors
    ]
    about = ("2.4", "Places and follows orders.", "https://docs.example.com/orders")
    assert said == [
        ("rest", "Orders", *about, ["GET /orders", "POST /orders", "DELETE /orders/{id}"]),
        ("webhook", "Orders webhooks", *about, ["SEND POST order.shipped"]),
    ]


def test_an_operation_keeps_what_it_is_called_and_what_its_bodies_refer_to() -> None:
    document = openapi(ORDERS)
    listed, placed, cancelled = (only(document, key) for key in ("GET /orders", "POST /orders", "DELETE /orders/{id}"))
    assert (listed.name, listed.action, listed.address) == ("listOrders", "get", "/orders")
    assert (listed.summary, listed.tags, listed.deprecated) == ("List orders", ["Orders"], False)
    order = {"$ref": "#/components/schemas/Order"}
    assert listed.responses == {"200": {"application/json": {"type": "array", "items": order}}}
    assert placed.request == {"application/json": {"$ref": "#/components/schemas/NewOrder"}}
    assert placed.responses == {"201": {}, "422": {"application/problem+json": {"type": "object"}}}
    assert (cancelled.name, cancelled.deprecated) == ("DELETE /orders/{id}", True)


def test_json_says_the_same_as_yaml() -> None:
    assert openapi(json.dumps(orders())) == openapi(ORDERS)


def test_swagger_2_is_read_in_its_own_words() -> None:
    found = only(openapi(SWAGGER), "PUT /orders")
    body = {"application/json": {"$ref": "#/definitions/Order"}}
    assert (found.request, found.responses) == (body, {"200": body, "default": {}})


def test_asyncapi_2_is_told_from_the_side_of_the_application() -> None:
    (door,) = asyncapi(SHIPPING_2).doors
    assert (door.kind, door.name, door.version) == ("topic", "Shipping events", "1.1.0")
    parcel = {"$ref": "#/components/schemas/Parcel"}
    said = [(one.key, one.name, one.summary, one.request) for one in door.operations]
    assert said == [
        ("send parcel/{id}/left", "parcelLeft", "A parcel left", {"Left": parcel}),
        ("receive parcel/ask", "receive parcel/ask", "", {"Ask": {"type": "object"}, "Left": parcel}),
    ]


def test_asyncapi_3_names_its_operations_and_calls_over_http_are_webhooks() -> None:
    (door,) = asyncapi(SHIPPING_3).doors
    assert (door.kind, door.documentation) == ("webhook", "https://docs.example.com/shipping")
    (found,) = door.operations
    assert (found.key, found.name, found.action, found.address) == ("send tellLeft", "tellLeft", "send", "parcel.left")
    assert (found.summary, found.tags) == ("A parcel left", ["Parcels"])
    assert found.request == {"Left": {"$ref": "#/components/schemas/Parcel"}}


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("openapi: 3.2.0", "1:1: This imports OpenAPI 3.0 and 3.1 and Swagger 2.0, not '3.2.0'."),
        ("openapi: 4.0.0", "1:1: This imports OpenAPI 3.0 and 3.1 and Swagger 2.0, not '4.0.0'."),
        ("swagger: '1.2'", "1:1: This imports OpenAPI 3.0 and 3.1 and Swagger 2.0, not '1.2'."),
        (
            "asyncapi: 3.0.0",
            (
                "1:1: This imports OpenAPI 3.0 and 3.1 and Swagger 2.0; a document says so at its head: "
                "openapi: 3.1.0. "
                "This is an AsyncAPI document."
            ),
        ),
    ],
)
def test_a_version_that_is_not_known_is_refused_with_those_that_are(version: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        openapi(f"{version}\ninfo: {{title: Any}}\npaths: {{}}\n")
    assert refused.value.problems == (f"orders.yaml:{words}",)


def test_all_that_is_wrong_is_told_at_once_with_line_and_column() -> None:
    broken = ORDERS.replace('{$ref: "#/components/requestBodies/Placed"}', '{$ref: "#/components/requestBodies/Gone"}')
    broken = broken.replace("webhooks:\n", "  orders: {}\n  /late:\n    get: soon\nwebhooks:\n")
    with pytest.raises(Refused) as refused:
        openapi(broken)
    assert refused.value.problems == (
        "orders.yaml:23:21: #/components/requestBodies/Gone leads to nothing in this document.",
        "orders.yaml:32:3: a path begins with a slash, not 'orders'.",
        "orders.yaml:34:5: an operation holds names with values.",
    )


def test_json_is_told_by_line_and_column_as_well() -> None:
    text = '{"openapi": "3.1.0", "info": {"title": "A"},\n  "paths": {"/a": {"get": {"responses":\n'
    text += '    {"200": {"$ref": "#/components/responses/None"}}}}}}'
    with pytest.raises(Refused) as refused:
        openapi(text, "a.json")
    assert refused.value.problems == ("a.json:3:14: #/components/responses/None leads to nothing in this document.",)


def test_references_that_lead_in_a_circle_end() -> None:
    document = orders()
    document["components"]["requestBodies"] |= {
        "Placed": {"$ref": "#/components/requestBodies/Other"},
        "Other": {"$ref": "#/components/requestBodies/Placed"},
    }
    with pytest.raises(Refused, match="leads back to itself"):
        openapi(in_yaml(document))


def test_nothing_is_fetched_and_a_path_that_is_elsewhere_is_refused() -> None:
    document = orders()
    document["paths"]["/away"] = {"$ref": "https://example.com/paths.yaml#/away"}
    with pytest.raises(Refused) as refused:
        openapi(in_yaml(document))
    (words,) = refused.value.problems
    assert "https://example.com/paths.yaml#/away is in another document, and nothing is fetched." in words


def test_a_body_that_is_described_elsewhere_is_kept_as_a_reference_and_said() -> None:
    document = orders()
    away = {"$ref": "./order.yaml#/Order"}
    document["components"]["requestBodies"]["Placed"]["content"]["application/json"]["schema"] = away
    found = openapi(in_yaml(document))
    assert only(found, "POST /orders").request == {"application/json": away}
    assert found.notes == ["./order.yaml#/Order is in another document: kept as it is written, never fetched."]


def test_an_operation_id_that_stands_twice_is_said_and_both_are_kept() -> None:
    document = orders()
    document["paths"]["/orders"]["post"]["operationId"] = "listOrders"
    found = openapi(in_yaml(document))
    assert [only(found, key).name for key in ("GET /orders", "POST /orders")] == ["listOrders", "listOrders"]
    assert found.notes == ["The operationId 'listOrders' stands at GET /orders and at POST /orders."]
