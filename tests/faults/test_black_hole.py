"""A destination that takes every connection and never answers: its neighbours are as quick as ever, nothing is lost."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

from controlplane.transactions.rules.states import TransactionState
from tests.faults.plants import SECRET, ask, drained, planted_with
from tests.faults.proxy import Door, Proxy
from tests.faults.sender import Sender
from tests.faults.witness import Witness
from tests.load.harness import percentile
from tests.standalone.installed import Installation
from tests.standalone.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600), pytest.mark.xdist_group("neighbours")]
soak = [pytest.mark.soak, pytest.mark.timeout(3600)]

RATE = 50
#: Events a second into the hole, at most: what is measured begins when they are all there.
FILLING = 1500
SILENT = "from transactions_destination d where d.id = destination_id and d.slug = 'silent'"
HOLD = f"update destination_state set paused_until = '9000-01-01Z' {SILENT} returning destination_id"
#: As on the first day: so that all that may be under way to it at once goes into the hole again.
LET_GO = f"""
update destination_state set paused_until = '2000-01-01Z', breaker = 0, failures = 0, openings = 0, probes = 0 {SILENT}
returning destination_id
"""
WAITING = """
select (select count(*) from inbox), count(*) from step_queue q
join transactions_destination d on d.id = q.destination_id where d.slug = 'silent'
"""

UNDER_WAY = """
select count(*) from step_queue q join transactions_destination d on d.id = q.destination_id
where d.slug = 'silent' and q.lease_token is not null
"""


class Watch:
    """How long events of the lively sender take to the lively target, in windows of so many seconds."""

    def __init__(self, sender: Sender, target: Witness, seconds: float) -> None:
        self._sender, self._target, self._seconds = sender, target, seconds

    def window(self) -> list[float]:
        """Seconds from sent to arrived, of the events that were sent within the next window."""
        first = self._sender.after + self._sender.sent + 1
        time.sleep(self._seconds)
        numbers = range(first, self._sender.after + self._sender.sent + 1)
        until(
            lambda: len({one.body["number"] for one in list(self._target.seen)}.intersection(numbers)) == len(numbers)
        )
        arrived: dict[int, float] = {}
        for one in list(self._target.seen):
            arrived.setdefault(one.body["number"], one.began)
        return [arrived[number] - self._sender.began[number] for number in numbers]


@contextmanager
def neighbours() -> Iterator[tuple[Installation, Witness, Witness, Proxy]]:
    """An installation, its lively target, its silent one, and the way to that."""
    with (
        Witness() as lively,
        Witness() as silent,
        Proxy(silent.port) as way,
        planted_with("neighbours.yaml", LIVELY=lively.url, SILENT=f"http://127.0.0.1:{way.port}/") as plant,
    ):
        yield plant, lively, silent, way


def p95(windows: Sequence[Sequence[float]]) -> float:
    """Of all that was measured in these windows, in seconds."""
    return percentile([one for window in windows for one in window], 0.95)


@pytest.mark.parametrize(
    ("events", "rounds", "seconds", "factor"),
    [(600, 3, 3.0, 4.0), pytest.param(100_000, 6, 20.0, 1.2, marks=soak)],
    ids=["hundreds", "a hundred thousand"],
)
def test_a_destination_that_never_answers_slows_no_other_down(
    events: int, rounds: int, seconds: float, factor: float
) -> None:
    with neighbours() as (plant, lively, silent, way):
        ask(plant, HOLD)
        with Sender(plant.url("/in/lively"), SECRET, rate=RATE) as sender:
            until(lambda: len(sender.acknowledged) >= 2 * RATE, within=60)
            watch = Watch(sender, lively, seconds)
            alone = [watch.window() for _ in range(rounds)]
            many = _fill(plant, events)
            way.door = Door.SILENT
            quiet, hole = [], []
            for _ in range(rounds):  # in turn: a machine that slows down slows both
                quiet.append(watch.window())
                before = way.accepted
                ask(plant, LET_GO)
                until(lambda: way.accepted > before, within=30)  # noqa: B023 - asked within the turn
                hole.append(watch.window())
                ask(plant, HOLD)
                until(lambda: ask(plant, UNDER_WAY) == [(0,)], within=30)
        _tell({"alone": alone, "beside what waits": quiet, "beside a black hole": hole})
        assert way.accepted >= rounds * 10
        until(lambda: ask(plant, WAITING) == [(0, events)])
        way.door = Door.OPEN
        way.reset()
        ask(plant, "update step_queue set due_at = now() where lease_token is null returning 1")
        ask(plant, LET_GO)
        until(lambda: drained(plant), within=60 + events / 50)
        states = dict(ask(plant, "select state, count(*) from transaction group by 1"))
        assert states == {TransactionState.SUCCEEDED: events + sender.sent}
        assert {one.body["number"] for one in silent.seen} == set(many.acknowledged)
        assert p95(hole) <= factor * p95(quiet)


def _fill(plant: Installation, events: int) -> Sender:
    """So many events for the silent destination, accepted and ready to go."""
    with Sender(plant.url("/in/silent"), SECRET, rate=FILLING, after=1_000_000, most=events) as sender:
        until(lambda: sender.sent == events, within=60 + events / 100)
        sender.enough()
    assert len(sender.acknowledged) == events
    until(lambda: ask(plant, WAITING) == [(0, events)], within=60 + events / 100)
    return sender


def _tell(measured: Mapping[str, Sequence[Sequence[float]]]) -> None:
    """What was measured, by window."""
    for name, windows in measured.items():
        milliseconds = [round(p95([window]) * 1000) for window in windows]
        sys.stderr.write(f"\n{name}: p95 {p95(windows) * 1000:.0f} ms; by window {milliseconds}")
