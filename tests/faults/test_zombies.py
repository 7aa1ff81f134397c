"""Workers that die or stand still with work in hand: others take it over, and what comes too late is refused."""

from __future__ import annotations

import json
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as chosen

from controlplane.foundation.database import MOST_IDLE, connect
from controlplane.foundation.ids import moment
from controlplane.transactions.models import Attempt, StepQueue, Transaction
from controlplane.transactions.pipeline.claim_statements import CLAIM_DESTINATIONS
from controlplane.transactions.rules import rate
from controlplane.transactions.rules.states import Outcome, TransactionState
from tests.faults.witness import Witness
from tests.faults.workers import drained, signal_all, start, working
from tests.load.client import event
from tests.load.harness import percentile
from tests.standalone.waiting import until
from tests.transactions import carrying
from tests.transactions.factories import deliver, estate
from tests.transactions.filling import fill

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("zombies"),
]
soak = [pytest.mark.soak, pytest.mark.timeout(3600)]

STEPS = [deliver("ledger", "zombies-erp", "send", mapping={"number": "event.number"})]
#: Seconds after its worker has died or stood still, within which 99 in 100 deliveries are with another one.
PROMISED = 45.0


def refused(log: Path) -> int:
    """How many late outcomes a worker has said were refused."""
    said = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return sum(line["step_runs"] for line in said if line["event"] == "delivery.fenced")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "stands still"])
@pytest.mark.parametrize(
    ("lease", "deliveries", "rounds"),
    [(5, 60, 1), pytest.param(0, 240, 4, marks=soak)],
    ids=["short leases", "leases as they come"],
)
def test_a_worker_that_vanishes_is_replaced_and_when_it_wakes_up_its_late_words_do_not_count(
    witness: Witness, tmp_path: Path, how: signal.Signals, lease: int, deliveries: int, rounds: int
) -> None:
    lease = lease or chosen.LEASE_SECONDS
    more = {"INTERLOCK_LEASE_SECONDS": str(lease), "INTERLOCK_LOG_LEVEL": "WARNING"}
    made = estate(
        "zombies", steps=STEPS, erp_connector="webhook", erp_url=witness.url, event_id="event.id", max_in_flight=512
    )
    waited: list[float] = []
    for number in range(rounds):
        before, log = len(witness.seen), tmp_path / f"worker-{number}"
        # Its calls are answered before the lease ends: what it has to say when it wakes up is that all went well.
        witness.seconds = lease / 2
        fill(made, [event(f"z{number}_{one}") for one in range(deliveries)])
        carrying.process()  # so that each claim is a full one: a worker has so many claims under way, however small
        victim = start(log, **more)
        try:
            until(lambda: len(witness.seen) == before + deliveries, within=60)  # noqa: B023 - asked within the turn
            signal_all(victim, how)
            vanished = datetime.now(UTC)
            until(lambda: all(one.ended for one in witness.seen), within=60)
            witness.seconds = 0.0
            with working(1, **more):
                until(drained, within=lease + 60)
                if how is signal.SIGSTOP:
                    signal_all(victim, signal.SIGCONT)
                    until(lambda: refused(log) == deliveries, within=30)  # noqa: B023 - as above
        finally:
            victim.kill()
            victim.wait()
        lost = Attempt.objects.filter(outcome=Outcome.TAKEN_OVER, at__lte=vanished).order_by("-id")[:deliveries]
        waited += [(moment(one.id) - vanished).total_seconds() for one in lost]
    sys.stderr.write(
        f"\n{len(waited)} taken over: p50 {percentile(waited, 0.5):.2f} s, p99 {percentile(waited, 0.99):.2f} s\n"
    )
    _check(witness, rounds * deliveries)
    assert percentile(waited, 0.99) <= (PROMISED if lease == chosen.LEASE_SECONDS else lease + 15)


def _check(witness: Witness, events: int) -> None:
    """Each was sent twice under one key, and has two attempts: the one that was taken over, and the one that counts."""
    assert StepQueue.objects.count() == 0
    assert Transaction.objects.filter(state=TransactionState.SUCCEEDED).count() == events
    told: dict[str, list[int]] = {}
    for run, outcome in Attempt.objects.order_by("number").values_list("step_run_id", "outcome"):
        told.setdefault(f"{run}:0", []).append(outcome)
    assert len(told) == events
    assert set(map(tuple, told.values())) == {(Outcome.TAKEN_OVER, Outcome.SUCCEEDED)}
    keys = [one.key for one in witness.seen]
    assert sorted(keys) == sorted([*told, *told])


def test_a_worker_that_stands_still_in_the_middle_of_a_claim_keeps_nobody_from_its_destination_for_long(
    witness: Witness,
) -> None:
    made = estate("zombies", steps=STEPS, erp_connector="webhook", erp_url=witness.url, event_id="event.id")
    fill(made, [event(f"c{one}") for one in range(20)])
    carrying.process()
    stands_still = connect()
    stands_still.execute("begin")
    assert stands_still.execute(CLAIM_DESTINATIONS, [rate.HORIZON, []]).fetchall() == [(made.to_erp.pk,)]
    with working(1):
        until(drained, within=MOST_IDLE + 20)
    assert len(witness.seen) == 20
    with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
        stands_still.execute("commit")
