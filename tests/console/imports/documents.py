"""Small documents of each format, written for these tests after their specifications."""

from __future__ import annotations

import copy
from typing import Any

import yaml

from controlplane.console.imports import reading
from controlplane.console.imports.described import Document
from controlplane.console.imports.formats import understand
from controlplane.console.imports.schemas import NONE, Wanted

Json = dict[str, Any]

ORDERS = """\
openapi: 3.0.3
info:
  title: Orders
  version: "2.4"
  description: Places and follows orders.
externalDocs: {url: https://docs.example.com/orders}
paths:
  /orders:
    parameters:
      - {name: tenant, in: header, schema: {type: string}}
    get:
      operationId: listOrders
      summary: List orders
      tags: [Orders]
      responses:
        "200":
          description: A page
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Order"}}
    post:
      operationId: placeOrder
      requestBody: {$ref: "#/components/requestBodies/Placed"}
      responses:
        "201": {description: Placed}
        "422": {$ref: "#/components/responses/Refused"}
  /orders/{id}:
    delete:
      summary: Cancel an order
      deprecated: true
      responses: {"204": {description: Gone}}
webhooks:
  order.shipped:
    post:
      operationId: orderShipped
      requestBody:
        content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
      responses: {"200": {description: Taken}}
components:
  requestBodies:
    Placed:
      content: {application/json: {schema: {$ref: "#/components/schemas/NewOrder"}}}
  responses:
    Refused:
      description: No
      content: {application/problem+json: {schema: {type: object}}}
  schemas:
    NewOrder:
      type: object
      required: [lines]
      properties:
        lines: {type: array, items: {$ref: "#/components/schemas/Line"}}
        note: {type: string, nullable: true, example: Ring twice}
    Order:
      allOf:
        - {$ref: "#/components/schemas/NewOrder"}
        - type: object
          properties:
            id: {type: string}
            parent: {$ref: "#/components/schemas/Order"}
    Line:
      type: object
      properties:
        quantity: {type: integer, minimum: 0, exclusiveMinimum: true}
        nullable: {type: string}
      discriminator: {propertyName: kind}
      xml: {name: line}
"""

SHIPPING_2 = """\
asyncapi: 2.6.0
info: {title: Shipping events, version: 1.1.0, description: What leaves the house.}
servers: {main: {url: "broker.example.com:5672", protocol: amqp}}
channels:
  parcel/{id}/left:
    subscribe:
      operationId: parcelLeft
      summary: A parcel left
      message: {$ref: "#/components/messages/Left"}
  parcel/ask:
    publish:
      message:
        oneOf:
          - {name: Ask, payload: {type: object}}
          - {$ref: "#/components/messages/Left"}
components:
  messages:
    Left: {name: Left, payload: {$ref: "#/components/schemas/Parcel"}}
  schemas:
    Parcel: {type: object, properties: {number: {type: string}}}
"""

SHIPPING_3 = """\
asyncapi: 3.0.0
info: {title: Shipping events, version: 2.0.0, externalDocs: {url: https://docs.example.com/shipping}}
servers: {hooks: {host: hooks.example.com, protocol: https}}
channels:
  left:
    address: parcel.left
    messages: {Left: {$ref: "#/components/messages/Left"}}
operations:
  tellLeft:
    action: send
    channel: {$ref: "#/channels/left"}
    title: A parcel left
    tags: [{name: Parcels}]
    messages: [{$ref: "#/channels/left/messages/Left"}]
components:
  messages:
    Left: {name: Left, payload: {$ref: "#/components/schemas/Parcel"}}
  schemas:
    Parcel: {type: object, properties: {number: {type: string}}}
"""


def orders() -> Json:
    """The first of them as values, for a test to change."""
    found: Json = copy.deepcopy(reading.read(ORDERS.encode(), "orders.yaml").value)
    return found


def in_yaml(value: object) -> bytes:
    """As a file."""
    return yaml.safe_dump(value, sort_keys=False).encode()


def openapi(content: str | bytes, file: str = "orders.yaml", wanted: Wanted = NONE) -> Document:
    """An OpenAPI document, understood."""
    return _document("openapi", content, file, wanted)


def asyncapi(content: str | bytes, file: str = "shipping.yaml", wanted: Wanted = NONE) -> Document:
    """An AsyncAPI document, understood."""
    return _document("asyncapi", content, file, wanted)


def _document(name: str, content: str | bytes, file: str, wanted: Wanted) -> Document:
    found = understand(name, content if isinstance(content, bytes) else content.encode(), file, wanted)
    assert isinstance(found, Document)
    return found
