"""A run down the same path as webhooks: inbox, contract, transactions, and the run that says when it is done."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from controlplane.people.access import Access
from controlplane.sync import tasks
from controlplane.sync.models import SyncException, SyncJob, SyncRun
from controlplane.sync.rules.states import RunState
from controlplane.sync.runs.start import start
from controlplane.transactions.models import Inbox, Transaction
from controlplane.transactions.rules.states import TransactionState
from tests.sync.running import run, settled
from tests.sync.shelf import Shelf
from tests.transactions import carrying
from tests.transactions.factories import Estate, an_access, estate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def billing(transactional_db: None) -> Estate:
    """Parties need a code by contract; those without one are quarantined."""
    return estate(
        steps=[],
        event_type="party.changed",
        canonical_type="party.changed.v1",
        schema={"type": "object", "required": ["code"]},
        keys=[{"kind": "customer", "value": "record.code"}],
        lines=[{"target": "code", "expression": "record.code"}],
    )


def test_records_become_transactions_of_their_run_and_the_run_is_done_after_them(
    shelf: Shelf, job: SyncJob, owner: Access
) -> None:
    shelf.fill(4)
    shelf.put("p5", name="No code")
    found = run(job, owner)
    assert (found.state, Inbox.objects.count()) == (RunState.SETTLING, 5)
    assert settled(found).state == RunState.SETTLING
    assert carrying.process() == 5
    made = Transaction.objects.filter(sync_run_id=found.pk).order_by("id")
    assert [(one.external_id, one.resource, TransactionState(one.state)) for one in made] == [
        *((f"p{number}", "party", TransactionState.SUCCEEDED) for number in range(1, 5)),
        ("p5", "party", TransactionState.QUARANTINED),
    ]
    assert (settled(found).state, found.died) == (RunState.DONE, 1)
    (one,) = SyncException.objects.all()
    assert (one.key, one.cause, one.page, one.transaction_id) == ("p5", "contract", 2, made[4].pk)
    assert "code" in one.detail


def test_workers_at_once_pass_every_record_of_every_job_on_exactly_once(
    shelf: Shelf, make_job: Any, billing: Estate, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "call_worker", lambda: None)
    shelf.fill(10)
    jobs = [make_job(f"job-{number}") for number in range(3)]
    for job in jobs:
        start(job, owner, reason="now")
    gate, failed = threading.Barrier(3), []

    def work() -> None:
        try:
            gate.wait()
            tasks.work()
        except Exception as error:  # noqa: BLE001 - shown by the test
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    passed_on = [(row.sync["run"], row.sync["id"]) for row in Inbox.objects.all() if row.sync is not None]
    runs = SyncRun.objects.values_list("pk", flat=True)
    assert sorted(passed_on) == sorted((pk, f"p{number}") for pk in runs for number in range(1, 11))


def test_two_people_at_once_start_one_run(shelf: Shelf, job: SyncJob, billing: Estate) -> None:
    from controlplane.foundation.errors import Conflict
    from controlplane.people.roles import Role

    people = [an_access(Role.OWNER, billing.team, f"Owner {number}") for number in range(3)]
    gate, refused = threading.Barrier(3), []

    def begin(access: Access) -> None:
        try:
            gate.wait()
            start(job, access, reason="now")
        except Conflict as error:
            refused.append(error.extra["run"])
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=(access,)) for access in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one = SyncRun.objects.get()
    assert refused == [one.pk, one.pk]
