"""What the hot path copies into its tables, with the columns' types (``hot_tables.sql``)."""

from __future__ import annotations

from controlplane.foundation.copying import into

TRANSACTION = into(
    "transaction",
    {
        "id": "uuid",
        "event_id": "uuid",
        "canonical_id": "uuid",
        "integration_id": "int8",
        "endpoint_id": "int8",
        "sync_run_id": "int8",
        "flow_version_id": "int8",
        "source_id": "int8",
        "environment_id": "int2",
        "company_id": "int2",
        "event_type": "text",
        "resource": "text",
        "external_id": "text",
        "source_version": "int8",
        "state": "int2",
        "reason": "text",
        "error_class": "text",
        "headline": "text",
        "about": "text",
        "correlation_id": "uuid",
        "parent_span": "text",
        "amount_minor": "int8",
        "currency": "varchar",
        "retention": "int2",
        "lane": "int2",
        "occurred_at": "timestamptz",
        "received_at": "timestamptz",
        "finished_at": "timestamptz",
    },
)
KEY = into("transaction_key", {"kind_id": "int2", "value": "text", "transaction_id": "uuid"})
PAYLOAD = into(
    "payload",
    {
        "id": "uuid",
        "retention": "int2",
        "kind": "int2",
        "transaction_id": "uuid",
        "step_run_id": "uuid",
        "content_type": "text",
        "body": "bytea",
    },
)
SUBJECT = into("payload_subject", {"subject": "uuid", "payload_id": "uuid"})
TRACE = into("trace", {"id": "uuid", "transaction_id": "uuid", "spans": "jsonb"})
OBSERVED = into(
    "observed_break",
    {
        "id": "uuid",
        "transaction_id": "uuid",
        "contract_version_id": "int8",
        "integration_id": "int8",
        "place": "text",
    },
)
STEP_RUN = into(
    "step_run",
    {
        "id": "uuid",
        "transaction_id": "uuid",
        "flow_version_id": "int8",
        "ordinal": "int2",
        "name": "text",
        "kind": "int2",
        "required": "bool",
        "destination_id": "int8",
        "state": "int2",
        "retention": "int2",
        "reason": "text",
        "queued_at": "timestamptz",
    },
)
ATTEMPT = into(
    "attempt",
    {
        "id": "uuid",
        "step_run_id": "uuid",
        "number": "int2",
        "at": "timestamptz",
        "ms": "int4",
        "outcome": "int2",
        "status": "int2",
        "calls": "int2",
        "revision": "int2",
        "detail": "text",
        "worker": "text",
        "lease_token": "uuid",
    },
)
