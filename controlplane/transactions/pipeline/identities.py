"""Identities learned from receipts, and the steps that wait for them: both in the finishing transaction.

Who learns and who begins to wait take the same locks, so neither misses what the other is about to commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from controlplane.foundation.expressions import ExpressionFailed, expression
from controlplane.foundation.ids import digest_uuid, uuid7
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline import question_statements as statements
from controlplane.transactions.pipeline.deliveries import Delivery, Wanted
from controlplane.transactions.pipeline.ended import Ended
from controlplane.transactions.pipeline.intake import key_texts
from controlplane.transactions.rules.flow import Step
from controlplane.transactions.rules.questions import Link
from controlplane.transactions.rules.states import Outcome

log = logger(__name__)

_SIGN_BIT = 1 << 63


@dataclass(frozen=True, slots=True)
class Woken:
    """Whom to wake: those that wait for one of ``names`` in one of ``instances``."""

    names: tuple[str, ...] = ()
    instances: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names of one thing: what its issuer calls it, and what the target does."""

    kind_id: int
    issuer_id: int
    key: str
    target_id: int
    value: str

    @property
    def ends(self) -> tuple[Wanted, Wanted]:
        """Both names."""
        return Wanted(self.kind_id, self.issuer_id, self.key), Wanted(self.kind_id, self.target_id, self.value)


async def write(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> Woken:
    """Learn what receipts tell and let those wait that have to; who is to be woken, once everything else is written."""
    waits = [one.delivery for one in ended if one.called.outcome is Outcome.WAITS]
    pairs = await _unknown(cursor, [one for one in ended if one.delivery.step.links and one.called.receipt is not None])
    if not waits and not pairs:
        return Woken()
    ends = [end for pair in pairs for end in pair.ends]
    await _lock(cursor, [*ends, *await _names(cursor, ends), *(one.wanted for one in waits if one.wanted is not None)])
    await _park(cursor, waits)
    for pair in pairs:
        await _learn(cursor, pair)
    names = await _names(cursor, ends)
    return Woken(tuple(name.text for name in names), tuple({name.issuer_id for name in names}))


async def wake(cursor: AsyncCursor[Any], woken: Woken) -> int:
    """Those that wait go on; returns how many."""
    if not woken.names:
        return 0
    await cursor.execute(statements.WAKE, [list(woken.names), list(woken.instances)])
    return int(cursor.rowcount)


async def _park(cursor: AsyncCursor[Any], waits: Sequence[Delivery]) -> None:
    """Due at the deadline, unless it was learned since they looked."""
    runs = [(one.claim.step_run_id, one.wanted.text) for one in waits if one.wanted is not None]
    if runs:
        await cursor.execute(statements.PARK, [list(column) for column in zip(*runs, strict=True)])
        await cursor.execute(statements.WAKE_KNOWN_OF, [[run for run, _ in runs]])


async def _lock(cursor: AsyncCursor[Any], wanted: Sequence[Wanted]) -> None:
    keys = {(digest_uuid(b"identity", one.text.encode()).int >> 64) - _SIGN_BIT for one in wanted}
    await cursor.execute(statements.LOCK_IDENTITIES, [sorted(keys)])


async def _names(cursor: AsyncCursor[Any], of: Sequence[Wanted]) -> list[Wanted]:
    """All live names of the identities that have one of these."""
    if not of:
        return []
    columns = [[one.kind_id for one in of], [one.issuer_id for one in of], [one.value for one in of]]
    await cursor.execute(statements.NAMES, columns)
    return [Wanted(*row[1:]) for row in await cursor.fetchall()]


async def _unknown(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> list[Pair]:
    """The pairs in these receipts that are not known yet, each once, in one order."""
    found = [(one.delivery, *named) for one in ended for named in _links(one)]
    if not found:
        return []
    columns = [
        [link.kind for _, link, _, _ in found],
        [link.issuer for _, link, _, _ in found],
        [delivery.source_id for delivery, _, _, _ in found],
        [key for _, _, key, _ in found],
        [delivery.destination.instance_id for delivery, _, _, _ in found],
    ]
    await cursor.execute(statements.RESOLVE, columns)
    pairs = set()
    for place, kind_id, issuer_id, known in await cursor.fetchall():
        delivery, _, key, value = found[place - 1]
        if known != value:
            pairs.add(Pair(kind_id, issuer_id, key, delivery.destination.instance_id, value))
    return sorted(pairs, key=lambda pair: (pair.kind_id, pair.issuer_id, pair.key, pair.value))


def _links(one: Ended) -> list[tuple[Link, str, str]]:
    """Each link of the step with its key and its value on this receipt; one that gives none is left out."""
    receipt, step = one.called.receipt, one.delivery.step
    if receipt is None:
        return []
    result = {"external_id": receipt.external_id, "record": dict(receipt.record)}
    context = {**one.delivery.context, "result": result}
    found = []
    for link in step.links:
        texts = [_text(link, source, context, step) for source in (link.key, link.value)]
        if all(texts):
            found.append((link, texts[0], texts[1]))
    return found


def _text(link: Link, source: str, context: dict[str, Any], step: Step) -> str:
    try:
        texts = key_texts(expression(source).evaluate(context))
    except ExpressionFailed as error:
        log.info("delivery.link_not_found", kind=link.kind, step=step.name, reason=error.reason)
        return ""
    return texts[0] if len(texts) == 1 else ""


async def _learn(cursor: AsyncCursor[Any], pair: Pair) -> None:
    """Both are names of one identity from now on; the target's, which it has just told, decides which."""
    key, value = pair.ends
    target, source = await _identity(cursor, value), await _identity(cursor, key)
    identity = target or source or await _new_identity(cursor, pair.kind_id)
    if source is not None and source != identity:
        await cursor.execute(statements.END_NAME, [key.kind_id, key.issuer_id, key.value])
    if target is not None and source == identity:
        # Known, and overtaken by another id: it is the newest again.
        await cursor.execute(statements.END_NAME, [value.kind_id, value.issuer_id, value.value])
    for name in (key, value):
        await cursor.execute(statements.ADD_NAME, [identity, name.kind_id, name.issuer_id, name.value])


async def _identity(cursor: AsyncCursor[Any], name: Wanted) -> UUID | None:
    await cursor.execute(statements.IDENTITY_OF, [name.kind_id, name.issuer_id, name.value])
    row = await cursor.fetchone()
    return row[0] if row else None


async def _new_identity(cursor: AsyncCursor[Any], kind_id: int) -> UUID:
    identity = uuid7()
    await cursor.execute(statements.NEW_IDENTITY, [identity, kind_id])
    return identity
