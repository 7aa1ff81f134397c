"""Back-pressure: who is told to come back when the disk or the inbox fills up, and who sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import connection
from prometheus_client import REGISTRY

from controlplane.foundation import exposition
from controlplane.inventory.models import Integration
from controlplane.transactions.ingress import pressure
from controlplane.transactions.ingress.pressure import (
    Importance,
    Pressure,
    Seen,
    Why,
    free_bytes,
    in_words,
    pause_after,
    refuses,
)
from controlplane.transactions.models import Inbox
from controlplane.transactions.rules.states import Lane
from tests.transactions.ingress.conftest import Opens
from tests.transactions.ingress.door import Door

MIB = 1024**2
CRITICAL, NORMAL, LOW = Importance


@pytest.mark.parametrize(
    ("free", "turned_away"),
    [
        (None, set()),
        (601, set()),
        (599, {LOW}),
        (399, {LOW, NORMAL}),
        (199, {LOW, NORMAL, CRITICAL}),
        (0, set(Importance)),
    ],
)
def test_as_the_disk_fills_the_least_important_go_first(
    settings: Any, free: int | None, turned_away: set[Importance]
) -> None:
    settings.DISK_RESERVE = 200 * MIB
    seen = Seen(None if free is None else free * MIB, {})
    assert {one for one in Importance if refuses(seen, one, Lane.NORMAL) is Why.DISK} == turned_away


@pytest.mark.parametrize(
    ("waiting", "turned_away"), [(499, set()), (500, {LOW}), (1000, {LOW, NORMAL}), (4000, {LOW, NORMAL, CRITICAL})]
)
def test_as_a_lane_fills_the_least_important_go_first(
    settings: Any, waiting: int, turned_away: set[Importance]
) -> None:
    settings.INBOX_LIMIT = 1000
    seen = Seen(None, {Lane.NORMAL: waiting})
    assert {one for one in Importance if refuses(seen, one, Lane.NORMAL) is Why.BACKLOG} == turned_away
    # What waits in one lane turns nobody away from another.
    assert {one for one in Importance if refuses(seen, one, Lane.CRITICAL)} == set()


def test_a_limit_of_zero_is_none(settings: Any) -> None:
    settings.INBOX_LIMIT = 0
    assert refuses(Seen(None, {Lane.NORMAL: 10**9}), LOW, Lane.NORMAL) is None


def test_it_is_said_in_words_the_worst_first(settings: Any) -> None:
    settings.INBOX_LIMIT, settings.DISK_RESERVE = 1000, 200 * MIB
    assert in_words(Seen(700 * MIB, {Lane.NORMAL: 10})) == ""
    assert in_words(Seen(None, {Lane.NORMAL: 500})) == (
        "senders of integrations of low criticality are told to come back: 500 events wait in the normal lane"
    )
    assert in_words(Seen(100 * MIB, {})) == (
        "all senders are told to come back: 100 MiB are free on the database's volume"
    )


def test_a_volume_that_is_elsewhere_or_cannot_be_asked_is_not_known(settings: Any, tmp_path: Any) -> None:
    settings.DATABASE_VOLUME = ""
    assert free_bytes() is None
    settings.DATABASE_VOLUME = str(tmp_path / "gone")
    assert free_bytes() is None
    settings.DATABASE_VOLUME = str(tmp_path)
    assert (free_bytes() or 0) > 0


# -- how often it is looked at ---------------------------------------------------------------------------


@pytest.mark.parametrize(("took", "pause"), [(0.0, 5.0), (0.1, 5.0), (0.2, 10.0), (0.6, 30.0), (10.0, 30.0)])
def test_a_backlog_that_takes_long_to_count_is_counted_again_after_half_a_minute(took: float, pause: float) -> None:
    assert pause_after(took) == pytest.approx(pause)


def test_the_disk_is_looked_at_while_a_count_does_not_come_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "WATCH_SECONDS", 0.0)
    monkeypatch.setattr(Pressure, "here", None)

    async def never(_: Pressure) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Pressure, "count", never)

    async def watched() -> tuple[int | None, Mapping[int, int]]:
        filling, full = iter([300, 200, 100]), asyncio.Event()

        def free() -> int:
            left = next(filling, 0)
            if left == 0:
                full.set()
            return left

        watching = Pressure(free)
        watching.seen = Seen(None, {Lane.NORMAL: 7})
        watching.start()
        async with asyncio.timeout(10):
            await full.wait()
        await watching.stop()
        return watching.seen.free, watching.seen.backlog

    assert asyncio.run(watched()) == (0, {Lane.NORMAL: 7})


# -- at the door ----------------------------------------------------------------------------------------

Sees = Callable[[int | None], None]


def look(door: Door, free: int | None = None) -> None:
    """Look once, and see so much free."""
    door.ingress.judge.pressure._look = lambda: free
    door.run(door.ingress.judge.pressure.look())


def wait_in_inbox(count: int, lane: int = Lane.NORMAL) -> None:
    """So many events wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into inbox (transaction_id, retention, lane) select gen_random_uuid(), 2, %s "
            "from generate_series(1, %s)",
            [lane, count],
        )


@pytest.mark.django_db(transaction=True)
def test_a_full_inbox_turns_senders_away_until_it_is_worked_off(opens: Opens, settings: Any) -> None:
    settings.INBOX_LIMIT = 50
    door = opens(event_id="event.id")
    wait_in_inbox(50)
    look(door)
    answer = door.send({"id": "evt_1"})
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert "Nothing was accepted" in answer.json()["detail"]
    Inbox.objects.all().delete()
    look(door)
    assert door.send({"id": "evt_1"}).status == 202


@pytest.mark.django_db(transaction=True)
def test_a_critical_endpoint_is_let_in_longer(opens: Opens, settings: Any) -> None:
    settings.DISK_RESERVE = 200 * MIB
    normal, critical = opens(event_id="event.id"), opens(prefix="sales", event_id="event.id", secrets=SECRETS)
    Integration.objects.filter(slug__startswith="sales").update(criticality="critical")
    for door in (normal, critical):
        look(door, 300 * MIB)
    assert normal.send({"id": "evt_1"}).status == 503
    assert critical.until_answer(202, {"id": "evt_1"}).status == 202
    look(critical, 100 * MIB)
    answer = critical.send({"id": "evt_2"})
    assert (answer.status, answer.json()["title"]) == (503, "Try again later")


SECRETS = ["env://BILLING_WEBHOOK_SECRET"]


@pytest.mark.django_db(transaction=True)
def test_bulk_records_that_wait_turn_no_sender_away(opens: Opens, settings: Any) -> None:
    settings.INBOX_LIMIT = 50
    door = opens(event_id="event.id")
    wait_in_inbox(500, Lane.BULK)
    look(door)
    assert door.send({"id": "evt_1"}).status == 202


@pytest.mark.django_db(transaction=True)
def test_what_presses_is_seen_in_the_metrics(opens: Opens, settings: Any) -> None:
    settings.INBOX_LIMIT = 50
    door = opens(event_id="event.id")
    wait_in_inbox(60)
    look(door, 10**9)

    def value(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(name, labels)

    assert value("interlock_ingress_backlog", lane="normal") == 60
    assert value("interlock_database_volume_free_bytes") == 10**9
    pressed = {one.name.lower(): value("interlock_ingress_pressed", criticality=one.name.lower()) for one in Importance}
    assert pressed == {"critical": 0, "normal": 1, "low": 1}
    door.send({"id": "evt_1"})
    assert value("interlock_ingress_requests_total", outcome="pressed") is not None
    said = exposition.exposed().decode().splitlines()
    assert {"interlock_ingress_waiting 0.0", "interlock_ingress_held_bytes 0.0"} <= set(said)


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_the_last_backlog_holds(
    opens: Opens, settings: Any, database_away: Callable[[], Callable[[], None]]
) -> None:
    settings.INBOX_LIMIT = 50
    door = opens(event_id="event.id")
    door.send({"id": "evt_1"})
    wait_in_inbox(60)
    look(door)
    comes_back = database_away()
    look(door)
    assert door.ingress.judge.pressure.seen.backlog[Lane.NORMAL] == 61
    comes_back()
