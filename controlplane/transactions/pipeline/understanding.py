"""Understanding one event: its contract, its business keys and its canonical form.

Each stage leaves a span in the trace, also when it fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from connectors.messages import Event
from controlplane.foundation.expressions import ExpressionFailed
from controlplane.foundation.ids import uuid7
from controlplane.transactions.pipeline import storing
from controlplane.transactions.pipeline.canaries import chosen
from controlplane.transactions.pipeline.catalogue import Snapshot
from controlplane.transactions.pipeline.drafts import Arrived, Draft, Quarantined, correlation_of, span
from controlplane.transactions.pipeline.learning import Pair
from controlplane.transactions.pipeline.normals import Normal
from controlplane.transactions.rules import mapping
from controlplane.transactions.rules.breaks import places
from controlplane.transactions.rules.mapping import MappingFailed

MAX_KEY_LENGTH = 200


def understand(draft: Draft, arrived: Arrived, snapshot: Snapshot) -> tuple[dict[str, Any], Normal | None]:
    """Check against the contract, extract keys, normalise; fills the draft and gives the CEL context."""
    event = arrived.event
    normal = snapshot.normal(arrived.source.interface_id, event.type)
    record = dict(event.record)
    draft.event_type = normal.canonical_type if normal else event.type
    if normal and normal.defect:
        raise Quarantined("unconfigured", normal.defect)
    if normal and normal.contract:
        if normal.canary is not None:
            normal = replace(normal, contract=chosen(normal.canary, draft, arrived, normal.contract))
        _check(draft, normal, record)
        _extract(draft, normal, record)
    data = _normalised(draft, normal, event, record)
    draft.canonical_id = uuid7()
    draft.canonical = _envelope(draft, event, data, record)
    amount, currency = data.get("amount_minor"), data.get("currency")
    draft.amount_minor = storing.bigint(amount)
    draft.currency = str(currency or "").upper()[:3]
    return cel_context(draft, data, record, event.type), normal


def _check(draft: Draft, normal: Normal, record: dict[str, Any]) -> None:
    contract = normal.contract
    if contract is None or contract.validator is None:
        return
    with span(draft.spans, "contract", contract_version=contract.id) as entry:
        if contract.validator.is_valid(record):
            return  # as nearly all are: to look for what is wrong takes three times as long
        errors = _first(contract, record)
        findings = [f"{'/'.join(map(str, e.instance_path)) or 'record'}: {e.message}" for e in errors]
        entry["detail"] = {"findings": findings}
        entry["error"] = findings[0][:500]
        if contract.quarantines:
            raise Quarantined("contract", findings[0])
        draft.observed = (contract.id, next(places(errors[0])))


def _first(contract: Any, record: dict[str, Any]) -> list[Any]:
    """At most ten findings: a broken body can have thousands."""
    return [error for error, _ in zip(contract.validator.iter_errors(record), range(10), strict=False)]


def _extract(draft: Draft, normal: Normal, record: dict[str, Any]) -> None:
    with span(draft.spans, "keys") as entry:
        missing = []
        context = {"record": record, "event": record}
        for kind, key in normal.contract.keys if normal.contract else ():
            try:
                value = key.evaluate(context)
            except ExpressionFailed as error:
                missing.append(error.reason)
                continue
            texts = key_texts(value)
            draft.about = draft.about or next(iter(texts), "")
            draft.keys.update((kind, text) for text in texts)
        missing += _link(draft, normal, record)
        if missing:
            entry["detail"] = {"missing": missing[:10]}


def _link(draft: Draft, normal: Normal, record: dict[str, Any]) -> list[str]:
    """The ids that the contract says name one thing; the reasons of those that the record does not have."""
    missing = []
    for link in normal.contract.links if normal.contract else ():
        context = {"record": record, "event": record}
        try:
            key = key_texts(link.key.evaluate(context))
            value = key_texts(link.target[1].evaluate(context)) if link.target else [""]
        except ExpressionFailed as error:
            missing.append(error.reason)
            continue
        if len(key) == len(value) == 1:
            issuer = link.issuer_id or draft.source.instance_id
            target_id = link.target[0] if link.target else None
            draft.links.append(Pair(link.kind_id, issuer, key[0], target_id, value[0], draft.source.integration_id))
    return missing


def key_texts(value: Any) -> list[str]:
    """The searchable texts in a key's value: one, several of a list, or none."""
    found = value if isinstance(value, list) else [value]
    texts = [storing.text(str(one)).strip()[:MAX_KEY_LENGTH] for one in found if one is not None]
    return [text for text in texts if text]


def _normalised(draft: Draft, normal: Normal | None, event: Event, record: dict[str, Any]) -> dict[str, Any]:
    if normal is None or normal.lines is None:
        return record
    with span(draft.spans, "normalise", mapping_version=normal.mapping_id):
        try:
            return mapping.apply(normal.lines, {"record": record, "event": record, "type": event.type})
        except MappingFailed as error:
            raise Quarantined("mapping", f"{error.target}: {error.reason}") from error


def _envelope(draft: Draft, event: Event, data: Mapping[str, Any], record: Mapping[str, Any]) -> bytes:
    """The canonical event: a CloudEvents 1.0 envelope with the vendor's record beside the data."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": draft.row.id,
            "source": f"urn:interlock:instance:{draft.source.instance_id}",
            "type": draft.event_type,
            "subject": f"{event.resource}/{event.external_id}" if event.external_id else None,
            "time": event.occurred_at,
            "datacontenttype": "application/json",
            "data": data,
            "record": record,
            "vendortype": event.type,
        }
    )


def cel_context(draft: Draft, data: Mapping[str, Any], record: Mapping[str, Any], vendor_type: str) -> dict[str, Any]:
    """What expressions of a flow can read."""
    event_id, correlation_id = draft.row.id, correlation_of(draft.row).trace_id
    told = str(event_id)  # most often all three are the same
    return {
        "event": dict(data),
        "record": dict(record),
        "type": vendor_type,
        "steps": {},
        "transaction": {
            "id": told if draft.id is event_id else str(draft.id),
            "event_id": told,
            "correlation_id": told if correlation_id is event_id else str(correlation_id),
        },
    }
