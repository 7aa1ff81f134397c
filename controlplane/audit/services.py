"""Writing to the audit: one verb.

Call :func:`record` inside the transaction of the act itself, and **last**: it takes the lock on the
chain's head and everyone else who records waits until your transaction ends. Last also keeps it
free of deadlocks, since nothing is locked after the head. Never call another system, or sleep,
between it and the commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError

from controlplane.audit import chain
from controlplane.audit.models import SYSTEM, Actor, AuditRecord, ChainCheck, ChainHead, Subject, Via
from controlplane.audit.selectors import ChainVerdict, verify_chain
from controlplane.foundation import trace_context

#: The door through which all of one request comes; None where each verb says it itself.
_door: ContextVar[Via | None] = ContextVar("audit_door", default=None)

_ACTION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")

# The CTE makes PostgreSQL read the clock after the lock was granted, so times follow the chain.
_LOCK_HEAD = """
with head as materialized (select last_id, last_hash from audit_chainhead where id = 1 for update)
select last_id, last_hash, clock_timestamp() from head
"""


@contextmanager
def through(via: Via) -> Iterator[None]:
    """What is recorded in this block came through ``via``, whatever a verb takes for granted."""
    token = _door.set(via)
    try:
        yield
    finally:
        _door.reset(token)


def record(
    action: str,
    *,
    actor: Actor = SYSTEM,
    via: Via = Via.SYSTEM,
    subject: Subject | None = None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditRecord:
    """Append one act to the chain, in the caller's transaction; returns the record as kept.

    ``action`` is a dotted word (``replay.requested``); ``details`` hold text, whole numbers, truth
    values and null, never a secret (:class:`chain.NotRecordable`). The correlation id is taken from
    the current trace context.
    """
    if not _ACTION.fullmatch(action):
        message = f"{action!r} is no action; write a dotted word such as replay.requested"
        raise ValueError(message)
    if not connection.in_atomic_block:
        message = "record an act in the transaction that does it: the audit and the act commit together"
        raise TransactionManagementError(message)
    context = trace_context.current.get()
    entry = AuditRecord(
        actor_person=actor.person,
        actor_account=actor.account,
        actor_label=chain.storable(actor.label),
        via=_door.get() or via,
        action=action,
        subject_kind=subject.kind if subject else "",
        subject_id=chain.storable(subject.id) if subject else "",
        reason=chain.storable(reason),
        details=chain.recordable(details or {}),
        correlation_id=context.trace_id if context else None,
    )
    _append(entry)
    return entry


def _append(entry: AuditRecord) -> None:
    last_id, entry.previous_hash, entry.at = _lock_head()
    entry.id = last_id + 1
    entry.hash = chain.link(entry.previous_hash, entry)
    entry.save(force_insert=True)
    ChainHead.objects.filter(pk=1).update(last_id=entry.id, last_hash=entry.hash)


def _lock_head() -> tuple[int, bytes, datetime]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_HEAD)
        if (row := cursor.fetchone()) is None:
            # The very first record: two writers may both come here, and the loser reads the winner's row.
            ChainHead.objects.bulk_create([ChainHead(last_id=0, last_hash=chain.GENESIS)], ignore_conflicts=True)
            cursor.execute(_LOCK_HEAD)
            row = cursor.fetchone()
    return row[0], bytes(row[1]), row[2]


def check_chain(*, by: Actor, seconds: float | None = None) -> ChainVerdict:
    """Walk the chain (for at most ``seconds``) and keep what was found for the page that shows it."""
    verdict = verify_chain(seconds=seconds)
    ChainCheck.objects.create(
        by_label=by.label,
        records=verdict.records,
        complete=verdict.complete,
        head_hash=verdict.head_hash,
        broken_at=verdict.broken_at,
        finding=verdict.finding,
    )
    return verdict
