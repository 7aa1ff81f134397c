"""Journeys are told with the real peers: billing, an ERP, and the plane between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.company import SECRET, Company
from tests.journeys.plant import Plant, found_estate
from tests.peers.fixtures import localstripe, receiver, tryton
from tests.peers.receiver import Receiver
from tests.peers.rig import Localstripe, Tryton

__all__ = ["localstripe", "receiver", "tryton"]


@pytest.fixture
def company(
    settings: Any, monkeypatch: pytest.MonkeyPatch, localstripe: Localstripe, tryton: Tryton
) -> Iterator[Company]:
    """Everything runs, and billing sends its webhooks to the plane."""
    settings.PRIVATE_NETWORKS = ["127.0.0.0/8"]
    settings.SWEEP_SECONDS = 0.1
    monkeypatch.setenv("JOURNEY_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("JOURNEY_BILLING_KEY", "sk_test_12345")
    monkeypatch.setenv("JOURNEY_ERP_PASSWORD", tryton.password)
    tryton.start()
    with Receiver() as listener, Plant() as plant:
        found_estate(BILLING=localstripe.base_url, ERP=tryton.base_url, ERP_USER=tryton.user, LISTENER=listener.url)
        localstripe.register_webhook("journey", f"{plant.url}/in/billing", SECRET)
        yield Company(plant, localstripe, tryton, listener)
