"""Steps that ask before something is written: what they ask, and how much time is left (``ended``: what then).

``looking_up`` asks another system, ``waiting`` our own table of identities. A batch without such steps costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from controlplane.foundation.database import AsyncConnection
from controlplane.foundation.errors import Invalid
from controlplane.foundation.expressions import ExpressionFailed, expression
from controlplane.foundation.ids import uuid7
from controlplane.transactions.pipeline import looking_up, waiting
from controlplane.transactions.pipeline import question_statements as statements
from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.pipeline.expiring import expire, is_over
from controlplane.transactions.pipeline.outward import Called
from controlplane.transactions.rules.questions import LONGEST_KEY, Identity, LookUp
from controlplane.transactions.rules.states import Outcome


async def make_ready(connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
    """Work out what is asked, and answer what is known already; what is left is to be called."""
    asked = [delivery for delivery in deliveries if delivery.step.question is not None and delivery.called is None]
    if not asked:
        return
    await give_time(connection, asked)
    for delivery in asked:
        _prepare(delivery)
    await looking_up.answer_from_memory(connection, asked)
    await waiting.resolve(connection, asked)


async def give_time(connection: AsyncConnection, asked: Sequence[Delivery]) -> None:
    """How long each may still take: by the database's clock, carried on by our own. A replay has its time from now."""
    rows = await connection.execute(statements.TIME_LEFT, [[delivery.claim.step_run_id for delivery in asked]])
    left: dict[UUID, float | None] = dict(await rows.fetchall())
    now = time.monotonic()
    anew = []
    for delivery in asked:
        run, seconds = delivery.claim.step_run_id, left.get(delivery.claim.step_run_id)
        if seconds is None:
            seconds = delivery.step.question.deadline if delivery.step.question else 0.0
            anew.append((run, seconds))
        delivery.expires = now + seconds
    if anew:
        await connection.execute(statements.SET_DEADLINES, [list(column) for column in zip(*anew, strict=True)])


def _prepare(delivery: Delivery) -> None:
    """The question, by its key unless an earlier try had one; a look-up whose time ran out asks no more."""
    if delivery.body is None:
        _ask(delivery)
    else:
        _ask_again(delivery, delivery.body)
    if delivery.called is not None or not isinstance(delivery.step.question, LookUp):
        return
    if delivery.attempts and is_over(delivery):
        expire(delivery)


def _ask(delivery: Delivery) -> None:
    question = delivery.step.question
    if delivery.canonical is None or question is None:
        delivery.called = Called(Outcome.MAPPING_FAILED, reason="The event's payload is gone: its retention ended.")
        return
    try:
        if delivery.step.when:
            expression(delivery.step.when).holds(delivery.context)
        key = _key(expression(question.key).evaluate(delivery.context), repr(question.key))
    except (ExpressionFailed, Invalid) as error:
        reason = error.reason if isinstance(error, ExpressionFailed) else error.detail
        delivery.called = Called(Outcome.MAPPING_FAILED, reason=f"key: {reason}"[:500])
        return
    delivery.body = _body(question, key)
    delivery.new_request, delivery.request_id = orjson.dumps(delivery.body), uuid7()


def _ask_again(delivery: Delivery, body: dict[str, Any]) -> None:
    """With the very key that was asked for before; a person may have written another one since."""
    try:
        _key(body.get("key"), "The kept question")
    except Invalid as error:
        delivery.called = Called(Outcome.MAPPING_FAILED, reason=f"key: {error.detail}")


def _key(value: Any, source: str) -> str:
    """A business key is a text or a whole number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Invalid(f"{source} gave {'nothing' if value is None else 'no text or number'}.")
    text = str(value).strip()
    if not text or len(text) > LONGEST_KEY or "\0" in text:
        raise Invalid(f"{source} gave {'an empty text' if not text else 'what cannot be a key'}.")
    return text


def _body(question: LookUp | Identity, key: str) -> dict[str, Any]:
    if isinstance(question, LookUp):
        return {"stream": question.stream, "by": question.by, "key": key}
    return {"of": question.of, "issuer": question.issuer, "key": key}
