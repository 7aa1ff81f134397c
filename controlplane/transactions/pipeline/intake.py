"""Judging one event: what it is, whose it is, whether it is news, and which flows it starts.

No database here: a snapshot of the configuration and what is known of our own writes come in, drafts
of transactions go out. The stages are ``reading``, ``understanding`` and ``starting``; each leaves a
span in the trace, also when it fails.
"""

from __future__ import annotations

from uuid import UUID

from controlplane.foundation.ids import uuid7
from controlplane.transactions.pipeline.catalogue import Snapshot
from controlplane.transactions.pipeline.drafts import Arrived, Draft, KnownWrite, Quarantined
from controlplane.transactions.pipeline.starting import matching, start, step_holds, with_inline_results
from controlplane.transactions.pipeline.understanding import key_texts, understand
from controlplane.transactions.rules import fingerprints
from controlplane.transactions.rules.states import TransactionState

__all__ = ["judge", "key_texts", "step_holds", "with_inline_results"]


def judge(arrived: Arrived, snapshot: Snapshot, written: KnownWrite | None, first: bool = True) -> list[Draft]:
    """The transactions that come of an event: one for each flow it starts, at least one in any case.

    The first one of a row has the row's id: the sender was told it.
    """
    draft = _draft(arrived, arrived.row.id if first else uuid7())
    try:
        context, normal = understand(draft, arrived, snapshot)
        if written is not None and _is_echo(arrived, written):
            return [_ignored(draft, "echo", "Our own write, seen again.")]
        if written is not None and _is_overtaken(arrived, written):
            return [_ignored(draft, "stale", "An older version of the record than the one that we wrote there.")]
        flows = matching(draft, arrived, snapshot, normal, context)
    except Quarantined as error:
        draft.state, draft.error_class, draft.reason = TransactionState.QUARANTINED, error.error_class, error.reason
        draft.headline = error.reason
        return [draft]
    if not flows:
        return [_ignored(draft, "no route", f"No flow takes {draft.event_type}.")]
    drafts = [draft, *(_sibling(draft) for _ in flows[1:])]
    for one, flow in zip(drafts, flows, strict=True):
        start(one, flow, context)
    return drafts


def _draft(arrived: Arrived, identifier: UUID) -> Draft:
    return Draft(
        identifier,
        arrived.row,
        arrived.source,
        arrived.event.type,
        TransactionState.RUNNING,
        event=arrived.event,
        record_key=arrived.record_key,
        headline=arrived.event.type,
        spans=list(arrived.spans),
    )


def _sibling(draft: Draft) -> Draft:
    """The same event in another flow."""
    return Draft(
        uuid7(),
        draft.row,
        draft.source,
        draft.event_type,
        draft.state,
        event=draft.event,
        record_key=draft.record_key,
        canonical=draft.canonical,
        canonical_id=uuid7(),
        keys=set(draft.keys),
        about=draft.about,
        amount_minor=draft.amount_minor,
        currency=draft.currency,
        observed=draft.observed,
        spans=list(draft.spans),
    )


def _ignored(draft: Draft, reason: str, headline: str) -> Draft:
    draft.state, draft.reason, draft.headline = TransactionState.IGNORED, reason, headline
    return draft


def _is_echo(arrived: Arrived, written: KnownWrite) -> bool:
    event = arrived.event
    if event.version is not None and written.version is not None and event.version == written.version:
        return True
    volatile = arrived.source.connector.volatile.get(event.resource, frozenset())
    return fingerprints.of_record(event.record, volatile) == written.fingerprint


def _is_overtaken(arrived: Arrived, written: KnownWrite) -> bool:
    """Invariant 13: what a record was like before our write is no edit of what we wrote, however late it is told."""
    version = arrived.event.version
    return version is not None and written.version is not None and version < written.version
