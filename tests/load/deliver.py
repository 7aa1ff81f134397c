"""Traced deliveries a second, against a bare loop of POSTs to the same sink and against Celery's no-op tasks.

Ours is the whole pipeline from the inbox: claim, check against the contract, extract keys, normalise, route,
write transaction, keys, trace and step run; claim again, map, POST, write attempt, bodies and outcome. One
worker does it, as in the one-machine runtime: with two processors, it has a twin that does the same. The bare loop is
one process that does nothing else.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import aiohttp
import orjson
import redis
from django.db import connection

from controlplane.transactions.rules.states import Outcome, TransactionState
from tests.load.client import event
from tests.load.harness import LOOPBACK, Result, Size, free_port, percentile, ratio, running, tell
from tests.load.usual.tasks import nothing
from tests.transactions.factories import Estate, deliver, estate
from tests.transactions.filling import fill

IN_FLIGHT = 64
#: Pairs, events of each, no-op tasks of each.
AMOUNTS = {Size.QUICK: (1, 500, 500), Size.DEFAULT: (5, 8_000, 4_000), Size.FULL: (9, 30_000, 15_000)}
MAPPING = {"number": "event.number", "customer": "event.customer.id", "total": "event.amount"}
QUEUE = "usual"
PATIENCE = 300.0


def measure(size: Size) -> Result:
    """The bare loop, ours and Celery, in turn."""
    pairs, events, tasks = AMOUNTS[size]
    port = free_port()
    rates: list[tuple[float, float, float]] = []
    with running("-m", "tests.load.sink", str(port), port=port):
        made = _estate(f"http://{LOOPBACK}:{port}/ledger")
        for number in range(-1, pairs):
            bare = asyncio.run(_bare(f"http://{LOOPBACK}:{port}/ledger", events))
            ours = _ours(made, events, f"r{number}")
            celery = _celery(tasks)
            if number < 0:
                continue  # to warm up
            rates.append((ours, bare, celery))
            tell(f"  {number + 1}/{pairs}: bare POSTs {bare:.0f}/s, ours {ours:.0f}/s, Celery no-ops {celery:.0f}/s")
    _check((pairs + 1) * events)
    return Result(
        ratios={
            "bare_post": ratio([(ours, bare) for ours, bare, _ in rates]),
            "celery_noop": ratio([(ours, celery) for ours, _, celery in rates]),
        },
        figures={"events_per_s": percentile([ours for ours, _, _ in rates], 0.5)},
        runs=pairs,
    )


# -- ours -----------------------------------------------------------------------------------------


def _estate(url: str) -> Estate:
    steps = [deliver("ledger", "bench-erp", "send", title="Post to the ledger", mapping=MAPPING)]
    return estate(
        "bench", steps=steps, erp_connector="webhook", erp_url=url, max_in_flight=4 * IN_FLIGHT, event_id="event.id"
    )


def _ours(made: Estate, events: int, prefix: str) -> float:
    """Events a second from a full inbox to the last outcome."""
    fill(made, [event(f"{prefix}_{number}") for number in range(events)])
    with _working():
        began = time.perf_counter()
        _wait_until("select not exists (select from inbox) and not exists (select from step_queue)")
        return events / (time.perf_counter() - began)


@contextmanager
def _working() -> Iterator[None]:
    """A worker, from the moment when it begins."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.load.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with worker:
        if worker.stdin is None or worker.stdout is None or worker.stdout.readline() != "ready\n":
            raise RuntimeError("the worker did not start")
        worker.stdin.write("begin\n")
        worker.stdin.flush()
        yield
        worker.stdin.close()


def _wait_until(question: str) -> None:
    until = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(question)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise RuntimeError(f"not within {PATIENCE:.0f} seconds: {question}")


def _check(events: int) -> None:
    """Every event was delivered once, with its trace, keys and bodies."""
    questions: Mapping[str, tuple[str, list[int], int]] = {
        "transactions": ("select count(*) from transaction where state = %s", [TransactionState.SUCCEEDED], events),
        "attempts": ("select count(*) from attempt where outcome = %s", [Outcome.SUCCEEDED], events),
        "traces": ("select count(*) from trace", [], events),
        "keys": ("select count(*) from transaction_key", [], 2 * events),
        "bodies": ("select count(*) from payload", [], 4 * events),
    }
    with connection.cursor() as cursor:
        for name, (question, parameters, expected) in questions.items():
            cursor.execute(question, parameters)
            if (found := cursor.fetchone()[0]) != expected:
                raise RuntimeError(f"there are {found} {name}, there should be {expected}")


# -- what it is compared with ---------------------------------------------------------------------


async def _bare(url: str, posts: int) -> float:
    """POSTs a second of an aiohttp loop with as many in flight, and nothing else."""
    body = orjson.dumps({"number": "INV-0001", "customer": "cus_1", "total": "3940.00"})
    headers = {"content-type": "application/json", "webhook-id": "x" * 40, "traceparent": "0" * 55}
    left = iter(range(posts))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as session:

        async def post_on() -> None:
            for _ in left:
                async with session.post(url, data=body, headers=headers) as answer:
                    await answer.read()

        began = time.perf_counter()
        await asyncio.gather(*(post_on() for _ in range(IN_FLIGHT)))
        return posts / (time.perf_counter() - began)


def _celery(tasks: int) -> float:
    """No-op tasks a second of a Celery worker with a process for each processor, from a full queue."""
    broker = redis.Redis.from_url(
        os.environ["BROKER_URL"].replace("redis+socket", "unix").replace("virtual_host", "db")
    )
    try:
        for _ in range(tasks):
            nothing.delay()
        command = ["-m", "celery", "--quiet", "-A", "tests.load.usual.tasks", "worker", "--pool", "prefork"]
        options = ["--concurrency", str(os.cpu_count()), "--loglevel", "ERROR", "--without-mingle", "--without-gossip"]
        with running(*command, *options):
            # From when it is at work: starting is not what is measured.
            at_work = _drained(broker, tasks - tasks // 10)
            left, began = broker.llen(QUEUE), at_work
            return left / (_drained(broker, 0) - began)
    finally:
        broker.close()


def _drained(broker: redis.Redis, to: int) -> float:
    """When no more than so many tasks were left in the queue."""
    until = time.monotonic() + PATIENCE
    while broker.llen(QUEUE) > to:
        if time.monotonic() > until:
            raise RuntimeError("Celery's queue does not get shorter")
        time.sleep(0.002)
    return time.perf_counter()
