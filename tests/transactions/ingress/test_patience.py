"""Waits end when they have lasted too long, in the order in which they began."""

from __future__ import annotations

import time
from uuid import UUID

import pytest

from controlplane.transactions.ingress.batches import SETTLE_SECONDS, Accepted, Batches, Stored
from controlplane.transactions.ingress.patience import Patience


def test_who_waits_too_long_is_given_up_once_and_who_came_later_waits_on(monkeypatch: pytest.MonkeyPatch) -> None:
    now, over = [100.0], list[str]()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    patience = Patience(10.0, over.append)
    for name in ("first", "second"):
        patience.begin(name)
    now[0] = 105.0
    patience.begin("third")
    patience.look()
    assert over == []
    patience.end("second")
    now[0] = 110.0
    patience.look()
    assert over == ["first"]
    patience.look()
    assert over == ["first"]
    now[0] = 115.0
    patience.look()
    assert over == ["first", "third"]


def test_ending_a_wait_that_has_ended_is_harmless() -> None:
    patience = Patience[str](10.0, lambda _: None)
    patience.end("nobody")
    patience.begin("one")
    patience.end("one")
    patience.end("one")
    patience.look()


def test_events_whose_senders_were_told_in_vain_are_let_go_of_before_any_writer_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, told = [100.0], list[Stored | None]()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    event = Accepted(UUID(int=1), 1, UUID(int=2), UUID(int=3), 2, 1, "application/json", "{}", b"{}")
    batches = Batches()
    for _ in range(3):
        batches.add(event, told.append)
    now[0] += SETTLE_SECONDS / 2
    batches.add(event, told.append)
    now[0] += SETTLE_SECONDS / 2
    batches._look()
    assert (told, batches.waiting) == ([None] * 3, 1)
