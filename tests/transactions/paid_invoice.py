"""What is agreed about the paid invoices of the tests' estate: schema, keys, and the canonical form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["id", "customer", "currency", "amount_paid"],
    "properties": {
        "id": {"type": "string"},
        "customer": {"type": "string"},
        "customer_email": {"type": "string"},
        "currency": {"type": "string", "minLength": 3, "maxLength": 3},
        "amount_paid": {"type": "integer"},
    },
}

KEYS: Sequence[Mapping[str, str]] = (
    {"kind": "customer", "value": "record.customer"},
    {"kind": "invoice", "value": "record.number"},
)

#: Vendor record → canonical invoice.
CANONICAL_LINES: Sequence[Mapping[str, str]] = (
    {"target": "number", "expression": "record.number"},
    {"target": "customer.id", "expression": "record.customer"},
    {"target": "customer.name", "expression": "record.customer_name"},
    {"target": "customer.email", "expression": "record.customer_email"},
    {"target": "amount", "expression": "major(record.amount_paid, 2)"},
    {"target": "amount_minor", "expression": "record.amount_paid"},
    {"target": "currency", "expression": "upper(record.currency)"},
)
