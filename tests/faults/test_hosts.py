"""A target's link goes down in the middle of deliveries: packets vanish, nobody is told, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from controlplane.transactions.models import Attempt, Inbox, StepQueue, Transaction
from controlplane.transactions.rules.states import Outcome, TransactionState
from tests.faults import hosts
from tests.faults.hosts import Host
from tests.faults.test_twins import ledger
from tests.faults.witness import Witness
from tests.faults.workers import drained, working
from tests.load.client import event
from tests.standalone.waiting import until
from tests.transactions.filling import fill

WHY_NOT = hosts.why_not()
pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(400),
    pytest.mark.xdist_group("hosts"),
    pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "-"),
]
EVENTS = 200


@pytest.fixture
def host() -> Iterator[Host]:
    """Another host, whose link is up."""
    with Host() as made:
        yield made


def test_what_was_under_way_when_the_link_went_down_is_unknown_and_arrives_once_it_is_back(host: Host) -> None:
    away = Witness(seconds=1.0)
    away.at = host.listening()
    with away:
        made = ledger(away.url)
        chosen = {"INTERLOCK_PRIVATE_NETWORKS": hosts.NETWORK, "INTERLOCK_CALL_DEADLINE": "3"}
        with working(1, **chosen, BILLING_ERP_PASSWORD="not-used"):
            fill(made, [event(f"h{number}") for number in range(EVENTS)])
            until(lambda: away.seen, within=120)
            host.cut()
            until(lambda: Attempt.objects.filter(outcome=Outcome.UNKNOWN).exists(), within=60)
            arrived = len(away.seen)
            host.join()
            away.seconds = 0.0
            until(drained, within=200)
    assert (Inbox.objects.count(), StepQueue.objects.count()) == (0, 0)
    assert Transaction.objects.filter(state=TransactionState.SUCCEEDED).count() == EVENTS
    assert arrived < len(away.seen)
    _every_extra_request_has_an_unknown_attempt(away)


def _every_extra_request_has_an_unknown_attempt(away: Witness) -> None:
    unknown = Counter(
        f"{run}:0" for run in Attempt.objects.filter(outcome=Outcome.UNKNOWN).values_list("step_run_id", flat=True)
    )
    heard = Counter(one.key for one in away.seen)
    assert len(heard) == EVENTS
    assert {key: count for key, count in heard.items() if count - 1 > unknown[key]} == {}
