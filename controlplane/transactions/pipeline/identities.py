"""Identities learned from receipts and events, and the steps that wait for them: both in the finishing transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncCursor

from controlplane.foundation.expressions import BadExpression, ExpressionFailed, expression
from controlplane.foundation.logs import logger
from controlplane.transactions.pipeline import learning
from controlplane.transactions.pipeline import question_statements as statements
from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.drafts import Draft
from controlplane.transactions.pipeline.ended import Ended
from controlplane.transactions.pipeline.intake import key_texts
from controlplane.transactions.pipeline.learning import Pair, Woken
from controlplane.transactions.pipeline.scripts import play
from controlplane.transactions.rules.flow import Step
from controlplane.transactions.rules.questions import Link
from controlplane.transactions.rules.states import Outcome

log = logger(__name__)


async def learn_from_events(cursor: AsyncCursor[Any], drafts: Sequence[Draft]) -> Woken:
    """Learn what contracts say of a batch of events: one statement where they say anything, more for news only.

    Returns who is to be woken, once everything else is written.
    An older version of a record teaches nothing: who it was with may have changed since.
    """
    told = learning.in_order(pair for draft in drafts if draft.reason != "stale" for pair in draft.links)
    news = await play(cursor, learning.unknown(told)) if told else []
    if not news:
        return Woken()
    ends = [end for pair in news for end in pair.ends]
    await play(cursor, learning.lock([*ends, *await play(cursor, learning.live_names(ends))]))
    return await play(cursor, learning.learn(news))


async def write(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> Woken:
    """Learn what receipts tell and let those wait that have to; who is to be woken, once everything else is written."""
    waits = [one.delivery for one in ended if one.called.outcome is Outcome.WAITS]
    pairs = await _unknown(cursor, [one for one in ended if one.delivery.step.links and one.called.receipt is not None])
    if not waits and not pairs:
        return Woken()
    ends = [end for pair in pairs for end in pair.ends]
    named = await play(cursor, learning.live_names(ends))
    wanted = [one.wanted for one in waits if one.wanted is not None]
    await play(cursor, learning.lock([*ends, *named, *wanted]))
    await _park(cursor, waits)
    return await play(cursor, learning.learn(pairs))


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


async def _unknown(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> list[Pair]:
    """The pairs in these receipts that are not known yet, or not as the newest, each once, in one order."""
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
            target_id = delivery.destination.instance_id
            pairs.add(Pair(kind_id, issuer_id, key, target_id, value, delivery.integration_id))
    return learning.in_order(pairs)


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
    except (ExpressionFailed, BadExpression) as error:
        log.info("delivery.link_not_found", kind=link.kind, step=step.name, reason=error.reason)
        return ""
    return texts[0] if len(texts) == 1 else ""
