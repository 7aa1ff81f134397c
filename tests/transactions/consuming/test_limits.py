"""Messages are let in as fast as the endpoint allows; what is too fast waits, and is not turned away."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from controlplane.transactions.consuming import limits
from controlplane.transactions.consuming.limits import Limits
from controlplane.transactions.ingress import pace
from controlplane.transactions.ingress.endpoints import KnownEndpoint
from controlplane.transactions.ingress.pressure import Seen
from controlplane.transactions.rules.states import Lane


def endpoint(rate: float) -> KnownEndpoint:
    return KnownEndpoint(
        id=1,
        slug="orders",
        active=True,
        scheme="stripe",
        scheme_settings={},
        references=(),
        event_id=None,
        max_body=1000,
        refuse_broken=False,
        retention=2,
        drop_fields=(),
        lane=Lane.NORMAL,
        rate=rate,
    )


async def test_messages_beyond_the_budget_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BURST_SECONDS", 0.0)
    door, began = Limits(), time.monotonic()
    await asyncio.gather(*(door.let_in(endpoint(rate=50.0)) for _ in range(11)))
    assert time.monotonic() - began >= 0.19


async def test_a_backlog_holds_messages_back_until_it_is_worked_off(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INBOX_LIMIT = 100
    monkeypatch.setattr(limits, "PRESSED_SECONDS", 0.01)
    door = Limits()
    door.pressure.seen = Seen(None, {Lane.NORMAL: 120})
    waiting = asyncio.create_task(door.let_in(endpoint(rate=1e9)))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert done == set()
    door.pressure.seen = Seen(None, {Lane.NORMAL: 10})
    await asyncio.wait_for(waiting, 5)
