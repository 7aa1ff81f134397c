"""Ingresses as processes of their own: stopped politely or by force, they lose nothing that they answered with 2xx."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest

from controlplane.foundation.database import connect
from controlplane.transactions.models import Endpoint, Inbox
from tests.faults.ingress_process import IngressProcess, ingress_process, proxy_to_database, signed
from tests.faults.proxy import CLEAR, Proxy, Weather
from tests.foundation.web_server import said
from tests.standalone.waiting import until
from tests.transactions import carrying
from tests.transactions.factories import estate

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(240),
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("ingress"),
]


@pytest.fixture
def slug(monkeypatch: pytest.MonkeyPatch) -> str:
    """An endpoint of a sender like most."""
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", carrying.SECRET)
    return estate(event_id="event.id").endpoint.slug


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """The way to the database."""
    with proxy_to_database() as made:
        yield made


def sent(to: IngressProcess, slug: str, numbers: range) -> list[tuple[int, str]]:
    """All of these at once; each answer's status and id."""

    async def send() -> list[tuple[int, str]]:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            return await asyncio.gather(*(to.post(session, slug, number) for number in numbers))

    return asyncio.run(send())


def test_sigterm_answers_what_was_accepted_and_ends_within_five_seconds(slug: str) -> None:
    with ingress_process() as process:
        answers: list[tuple[int, str]] = []
        with connect() as other, other.transaction():
            other.execute("lock table dedupe in access exclusive mode")
            sending = threading.Thread(target=lambda: answers.extend(sent(process, slug, range(40))))
            sending.start()
            until(lambda: held_bytes(process) == sum(len(signed(n)["data"]) for n in range(40)), within=20)
            began = time.monotonic()
            process.process.send_signal(signal.SIGTERM)
            until(lambda: process.asks("/health/live") == (0, {}), within=5)
        sending.join()
        process.process.wait(5)
        assert time.monotonic() - began < 5
    assert [status for status, _ in answers] == [202] * 40
    assert {str(row) for row in Inbox.objects.values_list("transaction_id", flat=True)} == {one for _, one in answers}


def held_bytes(process: IngressProcess) -> int:
    """How many bytes of bodies it holds that it has not answered yet."""
    scraped = said(process.port, b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n").decode()
    return int(float(scraped.partition("\ninterlock_ingress_held_bytes ")[2].partition("\n")[0] or 0))


def test_a_sender_that_goes_on_for_ever_does_not_hold_the_end_up(slug: str) -> None:
    with ingress_process() as process:
        stop = threading.Event()

        def dribble() -> None:
            import socket

            with socket.create_connection(("127.0.0.1", process.port)) as client:
                client.sendall(f"POST /in/{slug} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n".encode())
                while not stop.wait(0.1):
                    try:
                        client.sendall(b"x")
                    except OSError:
                        return

        dribbling = threading.Thread(target=dribble)
        dribbling.start()
        assert sent(process, slug, range(1))[0][0] == 202
        began = time.monotonic()
        process.process.send_signal(signal.SIGTERM)
        process.process.wait(10)
        assert time.monotonic() - began < 5.5
        stop.set()
        dribbling.join()


def test_of_several_one_is_killed_by_force_and_nothing_acknowledged_is_lost(slug: str) -> None:
    """Each event goes to one of the two, and to the other when no 2xx came; nothing is lost and nothing is double."""
    with ingress_process() as first, ingress_process() as second:
        killer = threading.Timer(0.5, lambda: os.kill(first.process.pid, signal.SIGKILL))
        acknowledged: dict[int, str] = {}

        async def send(session: aiohttp.ClientSession, number: int, room: asyncio.Semaphore) -> None:
            async with room:
                for to in (first, second) if number % 2 else (second, first):
                    status, identifier = await to.post(session, slug, number)
                    if status in {200, 202}:
                        acknowledged[number] = identifier
                        return

        async def send_all() -> None:
            room = asyncio.Semaphore(32)
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
                await asyncio.gather(*(send(session, number, room) for number in range(1500)))

        killer.start()
        asyncio.run(send_all())
        killer.join()
        assert first.process.wait(5) == -signal.SIGKILL
        assert set(acknowledged) == set(range(1500))
        kept = {str(row) for row in Inbox.objects.values_list("transaction_id", flat=True)}
        assert kept == set(acknowledged.values())
        assert len(kept) == 1500


LOST: dict[str, Callable[[Proxy], None]] = {
    "reset": Proxy.reset,
    "closed": Proxy.hang_up,
    "half open": Proxy.half_open,
}


@pytest.mark.parametrize("way", LOST)
def test_a_changed_endpoint_is_known_although_the_listening_connection_died(slug: str, proxy: Proxy, way: str) -> None:
    """Half open, nobody tells that it died: the next look by the clock finds out."""
    with ingress_process(proxy) as process:
        assert sent(process, slug, range(1))[0][0] == 202
        LOST[way](proxy)
        Endpoint.objects.update(active=False)
        until(lambda: sent(process, slug, range(1))[0][0] == 404, within=40)
        Endpoint.objects.update(active=True)
        until(lambda: sent(process, slug, range(1))[0][0] == 200, within=10)


def test_while_the_database_cannot_be_reached_it_says_so_and_comes_back_by_itself(slug: str, proxy: Proxy) -> None:
    with ingress_process(proxy) as process:
        assert sent(process, slug, range(1))[0][0] == 202
        proxy.to_client = proxy.to_server = Weather(holds=True)
        until(lambda: process.asks("/health/ready")[0] == 503, within=20)
        assert process.asks("/health/live") == (200, {"status": "alive"})
        assert {status for status, _ in sent(process, slug, range(1, 5))} == {503}
        proxy.to_client = proxy.to_server = CLEAR
        until(process.ready, within=30)
        until(lambda: sent(process, slug, range(1, 2))[0][0] in {200, 202}, within=30)


def test_a_commit_whose_answer_was_lost_is_a_503_and_its_repeat_is_known(slug: str, proxy: Proxy) -> None:
    """Committed, and the word of it cut off on the way: not acknowledged, and not stored twice either."""
    with ingress_process(proxy) as process:
        for known in range(10):  # both writers are connected and have prepared their statement
            sent(process, slug, range(100 + 50 * known, 150 + 50 * known))
        before = Inbox.objects.count()
        proxy.to_client = Weather(holds=True)
        answers: list[tuple[int, str]] = []
        sending = threading.Thread(target=lambda: answers.extend(sent(process, slug, range(1, 2))))
        sending.start()
        until(lambda: Inbox.objects.count() == before + 1, within=10)
        proxy.reset()
        proxy.to_client = CLEAR
        sending.join()
        assert answers[0][0] == 503
        status, identifier = _until_answered(process, slug)
        assert status == 200
        assert identifier in {str(row) for row in Inbox.objects.values_list("transaction_id", flat=True)}
        assert Inbox.objects.count() == before + 1


def _until_answered(process: IngressProcess, slug: str) -> tuple[int, str]:
    found: list[tuple[int, str]] = []

    def answered() -> bool:
        found.extend(sent(process, slug, range(1, 2)))
        return found[-1][0] in {200, 202}

    until(answered, within=30)
    return found[-1]


def test_behind_pgbouncer_nothing_listens_and_changes_are_known_all_the_same(slug: str) -> None:
    with ingress_process(INTERLOCK_PGBOUNCER="1") as process:
        assert sent(process, slug, range(1))[0][0] == 202
        with connect() as asking:
            listening: Any = asking.execute(
                "select count(*) from pg_stat_activity where query ilike 'listen %' and datname = current_database()"
            ).fetchone()
        assert listening == (0,)
        Endpoint.objects.update(active=False)
        until(lambda: sent(process, slug, range(1))[0][0] == 404, within=15)
