"""For how long a sender's id is known: 90 days, in which a repeat is answered with the first id."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from controlplane.credentials import providers
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor
from controlplane.transactions.ingress.application import Ingress
from controlplane.transactions.models import Dedupe, Refusal, Repeat, RepeatKind
from controlplane.transactions.upkeep import PURGE_BATCH, keep_retention
from tests.transactions.carrying import SECRET, Answered, Sender
from tests.transactions.factories import Estate, estate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Estate]:
    """An estate whose sender's key is known."""
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", SECRET)
    providers.forget()
    yield estate(event_id="event.id")
    providers.forget()


def sent(made: Estate, document: Any) -> Answered:
    """What the ingress answers to an event of the sender."""

    async def sending() -> Answered:
        ingress = Ingress()
        await ingress.start()
        try:
            return await Sender(ingress, made.endpoint.slug).send(document)
        finally:
            await ingress.stop()

    return asyncio.run(sending())


def an_id_of(days: int) -> UUID:
    """The id of an event that came so many days ago."""
    return uuid7_floor(clock.now() - timedelta(days=days))


def let_pass(days: int) -> UUID:
    """The one event that is known came so many days ago; gives its id."""
    first = an_id_of(days)
    assert Dedupe.objects.update(transaction_id=first) == 1
    return first


def test_an_id_of_89_days_ago_is_still_answered_with_the_first_one(made: Estate) -> None:
    assert sent(made, {"id": "evt_1"}).status == 202
    first = let_pass(89)

    keep_retention()

    repeated = sent(made, {"id": "evt_1"})
    assert (repeated.status, repeated.json()) == (200, {"id": str(first), "status": "duplicate"})


def test_an_id_of_91_days_ago_is_forgotten_and_the_event_is_a_new_one(made: Estate) -> None:
    assert sent(made, {"id": "evt_1"}).status == 202
    first = let_pass(91)

    keep_retention()

    assert Dedupe.objects.count() == 0
    again = sent(made, {"id": "evt_1"})
    assert (again.status, again.json()["status"], again.id == first) == (202, "accepted", False)


def test_more_than_a_batch_is_forgotten_in_one_run(made: Estate) -> None:
    rows = "insert into dedupe select %s, gen_random_uuid(), %s, gen_random_uuid() from generate_series(1, %s)"
    young = an_id_of(89)
    with connection.cursor() as cursor:
        cursor.execute(rows, [made.endpoint.pk, an_id_of(91), 2 * PURGE_BATCH + 1])
        cursor.execute(rows, [made.endpoint.pk, young, 3])

    keep_retention()

    assert list(Dedupe.objects.values_list("transaction_id", flat=True)) == [young] * 3


def test_receipts_of_what_came_again_and_of_what_was_turned_away_are_kept_as_long(made: Estate) -> None:
    receipt = {
        "endpoint": made.endpoint,
        "transaction_id": uuid4(),
        "kind": RepeatKind.DUPLICATE,
        "body_digest": uuid4(),
    }
    kept, _gone = (Repeat.objects.create(id=an_id_of(days), **receipt) for days in (89, 91))
    turned_away = {"endpoint": made.endpoint, "reason": "mismatch", "last_digest": "a"}
    young, _old = (
        Refusal.objects.create(minute=clock.now() - timedelta(days=days), **turned_away) for days in (89, 91)
    )

    keep_retention()

    assert list(Repeat.objects.all()) == [kept]
    assert list(Refusal.objects.all()) == [young]
