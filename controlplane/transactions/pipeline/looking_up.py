"""Look-ups: one record of another system, asked for once by those of a batch that ask the same, and remembered.

A try costs no write anywhere, so silence is only a failure like another. What is kept of a record are the fields that
the step names, and nothing else.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
from psycopg import AsyncCursor

from connectors.messages import Question, Receipt
from controlplane.foundation.database import AsyncConnection
from controlplane.foundation.ids import digest_uuid
from controlplane.transactions.pipeline import question_statements as statements
from controlplane.transactions.pipeline import storing
from controlplane.transactions.pipeline.deliveries import Claimed, Delivery
from controlplane.transactions.pipeline.ended import Ended
from controlplane.transactions.pipeline.expiring import expire
from controlplane.transactions.pipeline.outward import Called, Outward, TooLate
from controlplane.transactions.rules.questions import NEGATIVE_CACHE, LookUp, kept
from controlplane.transactions.rules.states import Outcome

#: A system that had less time than this to answer is not unwell for its silence.
FAIR_SECONDS = 5.0
#: Bytes of the kept fields as JSON: they travel with the transaction.
MOST_KEPT = 64 * 1024


def same_question(delivery: Delivery) -> UUID | None:
    """Equal for those that one answer does for; None for a delivery. It changes with the destination's settings."""
    look_up, body = delivery.step.question, delivery.body
    if not isinstance(look_up, LookUp) or body is None:
        return None
    asked = (delivery.destination.id, delivery.destination.revision, sorted(body.items()), look_up.keep)
    return digest_uuid(repr(asked).encode())


async def answer_from_memory(connection: AsyncConnection, asked: Sequence[Delivery]) -> None:
    """Answer those whose question was answered a short while ago, by whichever worker."""
    waiting = [(key, d) for d in asked if d.called is None and _caches(d) and (key := same_question(d)) is not None]
    if not waiting:
        return
    rows = await (await connection.execute(statements.REMEMBERED, [[key for key, _ in waiting]])).fetchall()
    known = {key: (external_id, fields) for key, external_id, fields in rows}
    for key, delivery in waiting:
        if key in known:
            external_id, fields = known[key]
            known_missing = _missing(delivery, Outcome.ABSENT)
            delivery.called = known_missing if fields is None else _from_memory(external_id, fields)


def _caches(delivery: Delivery) -> bool:
    return isinstance(delivery.step.question, LookUp) and delivery.step.question.cache > 0


def _from_memory(external_id: str, fields: Mapping[str, Any]) -> Called:
    receipt = Receipt(external_id=external_id, record=fields, found=True, calls=0)
    return Called(Outcome.CACHED, receipt=receipt, fields=fields)


async def ask(outward: Outward, claimed: Claimed, deliveries: Sequence[Delivery]) -> None:
    """Ask once for all of them: they have the same question."""
    first, began = deliveries[0], time.monotonic()
    ends = first.expires if first.expires is not None and first.expires > began else math.inf
    try:
        (answer,) = await outward.call(first.destination, [_question(first)], min(claimed.until, ends))
    except TooLate:
        if claimed.until <= ends:
            raise
        for delivery in deliveries:
            expire(delivery)
        return
    if answer.outcome is Outcome.UNKNOWN and ends - began < min(FAIR_SECONDS, first.destination.deadline):
        for delivery in deliveries:
            expire(delivery)
        return
    first.called = called = judged(first, answer)
    for delivery in deliveries[1:]:
        if called.fields is not None and called.receipt is not None:
            delivery.called = _from_memory(called.receipt.external_id, called.fields)
        else:
            delivery.called = called


def _question(delivery: Delivery) -> Question:
    body = delivery.body or {}
    return Question(str(body.get("stream", "")), str(body.get("key", "")), str(body.get("by", "")))


def judged(delivery: Delivery, called: Called) -> Called:
    """The answer with nothing in it but what is kept."""
    look_up, receipt = delivery.step.question, called.receipt
    if not isinstance(look_up, LookUp) or receipt is None:
        outcome = Outcome.TRANSIENT if called.outcome is Outcome.UNKNOWN else called.outcome
        return replace(called, outcome=outcome, calls=0)
    if not receipt.found:
        return replace(_missing(delivery, Outcome.NOT_FOUND), ms=called.ms)
    fields, missing = kept(receipt.record, look_up.keep)
    if (size := _size(fields)) is None or size > MOST_KEPT:
        reason = f"What is to be kept of the answer is more than {MOST_KEPT // 1024} KiB, or no plain document."
        return Called(Outcome.CONTRACT_BROKEN, called.ms, reason=reason)
    reason = f"It has no {', '.join(missing)}." if missing else ""
    return Called(Outcome.SUCCEEDED, called.ms, replace(receipt, record=fields), reason=reason, fields=fields)


def _size(fields: Mapping[str, Any]) -> int | None:
    try:
        return len(orjson.dumps(fields))
    except orjson.JSONEncodeError:
        return None


def _missing(delivery: Delivery, outcome: Outcome) -> Called:
    body = delivery.body or {}
    by = f" with the {body['by']}" if body.get("by") else ""
    reason = f"{delivery.destination.name} has no {body.get('stream')}{by} {body.get('key')}."
    return Called(outcome, reason=reason)


async def remember(cursor: AsyncCursor[Any], ended: Sequence[Ended]) -> None:
    """Keep what was answered for as long as the steps say; that there is none for a short while only."""
    rows: dict[UUID, tuple[str, str | None, float]] = {}
    for one in ended:
        look_up, called = one.delivery.step.question, one.called
        if not isinstance(look_up, LookUp) or not look_up.cache or (key := same_question(one.delivery)) is None:
            continue
        if called.outcome is Outcome.SUCCEEDED and called.receipt is not None:
            rows[key] = (storing.text(called.receipt.external_id), storing.jsonb(called.fields), look_up.cache)
        elif called.outcome is Outcome.NOT_FOUND:
            rows[key] = ("", None, min(look_up.cache, NEGATIVE_CACHE))
    if rows:
        ordered = [(key, *rows[key]) for key in sorted(rows)]
        await cursor.execute(statements.REMEMBER, [list(column) for column in zip(*ordered, strict=True)])
