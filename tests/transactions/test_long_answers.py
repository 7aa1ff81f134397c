"""Of a long answer the beginning is kept, and the rest is let go of before it is written."""

from __future__ import annotations

import asyncio

import pytest

from connectors.errors import Rejected
from connectors.messages import Receipt, Secret
from controlplane.credentials.masking import Mask
from controlplane.transactions.models import Payload, PayloadKind
from controlplane.transactions.pipeline.outward import MOST_KEPT, Called, _kept
from tests.transactions import carrying, memory
from tests.transactions.conftest import paid
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, tell

pytestmark = pytest.mark.django_db(transaction=True)

KIBIBYTE = 1024
LONG = b"x" * (1024 * KIBIBYTE)


def called(target: Target) -> Called:
    """What a worker holds of the only delivery until its outcome is written."""
    story = tell(target, steps=[LEDGER])
    story.send(paid())
    carrying.process()
    (delivery,) = asyncio.run(carrying.claim_and_vanish()).deliveries
    assert delivery.called is not None
    return delivery.called


def test_of_a_long_refusal_64_kib_are_held(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(memory.ERRORS, Mood.REJECTS, Rejected("the period is closed", status=422, body=LONG))
    target.moods.append(Mood.REJECTS)
    assert len(called(target).body) == 64 * KIBIBYTE


def test_of_a_long_answer_that_is_a_receipt_64_kib_are_held(target: Target) -> None:
    target.receipt = Receipt("1", record={"id": "1"}, status=200, response=LONG)
    held = called(target)
    assert held.receipt is not None
    assert (len(held.body), len(held.receipt.response)) == (64 * KIBIBYTE, 64 * KIBIBYTE)
    assert (held.receipt.external_id, held.receipt.record) == ("1", {"id": "1"})


def test_they_are_what_is_stored(target: Target) -> None:
    target.receipt = Receipt("1", status=200, response=LONG)
    tell(target, steps=[LEDGER]).send(paid())
    carrying.carry()
    assert len(Payload.objects.get(kind=PayloadKind.RESPONSE).body) == 64 * KIBIBYTE


def test_a_secret_that_would_be_cut_in_two_is_taken_out_as_a_whole() -> None:
    body = b"x" * (MOST_KEPT - 5) + b"secret-of-ours, and more"
    kept = _kept(body, Mask([Secret("secret-of-ours")]))
    assert kept == (b"x" * (MOST_KEPT - 5) + "•••".encode())[:MOST_KEPT]
