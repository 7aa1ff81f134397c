"""Reading the audit: pages of it, and whether the chain is whole."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Subquery

from controlplane.audit import chain
from controlplane.audit.models import AuditRecord, ChainCheck, ChainHead


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page, newest first; ``older`` is the id to continue before, None on the last page."""

    records: list[AuditRecord]
    older: int | None


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What a walk along the chain found.

    ``records`` is how many were looked at and fit, ``head_hash`` the hash of the last of them:
    written down elsewhere, it also proves later that nobody cut the end off and rewrote the head.
    """

    records: int
    head_hash: bytes
    complete: bool = True
    broken_at: int | None = None
    finding: str = ""

    @property
    def intact(self) -> bool:
        """Nothing broken was seen, and the whole chain was looked at."""
        return self.complete and self.broken_at is None


def newest(*, before: int | None = None, size: int = 50) -> AuditPage:
    """The newest ``size`` records, or those before the record ``before``."""
    found = AuditRecord.objects.order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    records = list(found[: size + 1])
    return AuditPage(records[:size], records[size - 1].id if len(records) > size else None)


def last_check() -> ChainCheck | None:
    """What the newest check found; None when the chain was never checked."""
    return ChainCheck.objects.order_by("-id").first()


def verify_chain(batch: int = 1000, *, seconds: float | None = None) -> ChainVerdict:
    """Recompute every hash from the first record on, ``batch`` rows a query; names the first that fails.

    Needs no lock: rows up to the head are final, and the head is read first. With ``seconds`` the
    walk ends early and says so. Beyond the head there may be nothing, which one statement (one
    snapshot) checks at the end.
    """
    head = ChainHead.objects.filter(pk=1).first()
    until = None if seconds is None else time.monotonic() + seconds
    expected, previous = 1, chain.GENESIS
    for record in _in_order(head.last_id if head else 0, batch):
        if finding := _misfit(record, expected, previous):
            return ChainVerdict(expected - 1, previous, broken_at=min(record.id, expected), finding=finding)
        expected, previous = record.id + 1, bytes(record.hash)
        if until is not None and time.monotonic() > until:
            return ChainVerdict(record.id, previous, complete=False)
    return _at_the_end(head, expected, previous)


def _in_order(last_id: int, batch: int) -> Iterator[AuditRecord]:
    reached = 0
    while found := list(AuditRecord.objects.filter(id__gt=reached, id__lte=last_id).order_by("id")[:batch]):
        yield from found
        reached = found[-1].id


def _misfit(record: AuditRecord, expected: int, previous: bytes) -> str:
    if record.id != expected:
        return f"Record {expected} is missing: {record.id} follows {expected - 1}."
    if bytes(record.previous_hash) != previous:
        return f"Record {record.id} does not continue from record {record.id - 1}."
    if bytes(record.hash) != chain.link(previous, record):
        return f"Record {record.id} was changed after it was written."
    return ""


def _at_the_end(head: ChainHead | None, expected: int, previous: bytes) -> ChainVerdict:
    reached = expected - 1
    if head is not None and head.last_id != reached:
        finding = f"The chain ends at record {reached}, but its head says {head.last_id}: the end is missing."
        return ChainVerdict(reached, previous, broken_at=expected, finding=finding)
    if head is not None and bytes(head.last_hash) != previous:
        finding = f"The head does not hold the hash of record {reached}."
        return ChainVerdict(reached, previous, broken_at=reached, finding=finding)
    head_now = ChainHead.objects.filter(pk=1).values("last_id")
    beyond = AuditRecord.objects.filter(id__gt=Subquery(head_now)) if head else AuditRecord.objects
    if (stray := beyond.order_by("id").first()) is not None:
        finding = f"Record {stray.id} stands behind the head: it was not written by the audit."
        return ChainVerdict(reached, previous, broken_at=stray.id, finding=finding)
    return ChainVerdict(reached, previous)
