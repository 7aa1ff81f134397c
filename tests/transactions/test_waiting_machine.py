"""Every history of invoices that wait for their customer that Hypothesis can think of.

Invoices and customers come in any order, two workers claim, finish late or die, deadlines pass, the destination is
paused, people replay. After each act nobody waits for what is known; in the end whoever could go on has, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from controlplane.people.roles import Role
from controlplane.transactions.models import DestinationState
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.sweeping import sweep
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules.states import StepState, TransactionState, may_move_step, may_move_transaction
from tests.transactions.factories import an_access
from tests.transactions.identities import BRINGS, waiting_estate
from tests.transactions.machine import World, execute, picture
from tests.transactions.memory import Mood, install

workers = st.sampled_from("AB")
customers = st.sampled_from(["cus_A", "cus_B"])
moods: st.SearchStrategy[list[Mood]] = st.just([]) | st.lists(
    st.sampled_from([Mood.FAILS, Mood.SILENT_DONE, Mood.REJECTS]), max_size=2
)

FORGET = ("delete from inventory_identityalias", "delete from inventory_identity")
DEADLINES_PASS = "update step_queue set expires_at = now() - interval '1 second' where expires_at is not null"
#: Who waits although the target's id is known.
FORGOTTEN = """
select q.step_run_id from step_queue q
join inventory_identityalias a
  on q.waits_for = a.kind_id || '/' || a.instance_id || '/' || a.value and upper_inf(a.valid)
join transactions_destination d on d.id = q.destination_id
join inventory_identityalias b on b.identity_id = a.identity_id and b.instance_id = d.instance_id and upper_inf(b.valid)
where q.lease_token is null and q.due_at > now()
"""


def rows(statement: str) -> list[tuple[Any, ...]]:
    """What the database has."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


class Waiting(RuleBasedStateMachine):
    """One history. ``world`` is set on a subclass."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.world.begin()
        execute(*FORGET)
        self.before = picture()

    @rule(customer=customers)
    def an_invoice_comes(self, customer: str) -> None:
        self.world.send_new(customer, 50)

    @rule(customer=customers)
    def its_customer_comes(self, customer: str) -> None:
        self.world.send_new(customer, BRINGS)

    @rule()
    def the_inbox_is_processed(self) -> None:
        self.world.process()

    @rule(worker=workers)
    def a_worker_claims(self, worker: str) -> None:
        self.world.claim(worker)

    @rule(worker=workers, outcomes=moods)
    def a_worker_carries_out(self, worker: str, outcomes: list[Mood]) -> None:
        for held in [held for held in self.world.held[worker] if not held.carried][:1]:
            self.world.carry_out(worker, held, outcomes)

    @rule(worker=workers)
    def a_worker_finishes(self, worker: str) -> None:
        for held in [held for held in self.world.held[worker] if held.carried][:1]:
            self.world.finish(worker, held)

    @rule(worker=workers, outcomes=moods)
    def a_worker_does_it_all_at_once(self, worker: str, outcomes: list[Mood]) -> None:
        self.world.process()
        self.world.claim(worker)
        self.a_worker_carries_out(worker, outcomes)
        self.a_worker_finishes(worker)

    @precondition(lambda self: any(self.world.all_held()))
    @rule(worker=workers)
    def a_worker_dies(self, worker: str) -> None:
        self.world.held[worker].clear()

    @rule()
    def time_passes(self) -> None:
        self.world.pass_time()

    @rule()
    def deadlines_pass(self) -> None:
        execute(DEADLINES_PASS)

    @rule()
    def somebody_sweeps(self) -> None:
        self.world.run(sweep(self.world.workers["A"], catalogue))

    @rule(paused=st.booleans())
    def the_destination_is_paused_or_goes_on(self, paused: bool) -> None:
        until = datetime(9000 if paused else 1970, 1, 1, tzinfo=UTC)
        DestinationState.objects.filter(destination__slug="billing-erp").update(paused_until=until)

    @rule(place=st.integers(0, 40))
    def somebody_replays(self, place: int) -> None:
        dead = [run.id for run in self.before.runs.values() if run.state is StepState.DEAD]
        if dead:
            request_replay(self.world.access, step_run_ids=[dead[place % len(dead)]], reason="it will come")

    @invariant()
    def everything_holds(self) -> None:
        assert rows(FORGOTTEN) == []
        now = picture()
        for one, (_, state, _) in now.transactions.items():
            _, old, _ = self.before.transactions.get(one, (None, TransactionState.RECEIVED, None))
            assert may_move_transaction(old, state), f"{old.name} → {state.name}"
            waits = [run for run in now.of_transaction(one).values() if run.state is StepState.WAITING and run.queued]
            assert (state is TransactionState.WAITING) is bool(waits)
        for run in now.runs.values():
            assert run.id not in self.before.runs or may_move_step(self.before.runs[run.id].state, run.state)
            assert [number for number, *_ in now.tries_of(run.id)] == list(range(1, run.attempts + 1))
        self.before = now

    def teardown(self) -> None:
        """Both customers come, everybody is healthy: each invoice is written once, or died waiting."""
        for customer in ("cus_A", "cus_B"):
            self.world.send_new(customer, BRINGS)
        self.world.work_off()
        now = picture()
        written = self.world.target.records
        for sent in self.world.sent:
            (one,) = now.of_event(sent.id)
            runs, state = now.of_transaction(one), now.transactions[one][1]
            assert state in {TransactionState.SUCCEEDED, TransactionState.DEAD}
            last = runs.get("ledger") or runs["bring"]
            assert written[last.key] == 1 or state is TransactionState.DEAD
        assert all(count == 1 for count in written.values())


@pytest.fixture
def machine(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Waiting]]:
    target = install(monkeypatch)
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0")
    monkeypatch.setenv("BILLING_ERP_PASSWORD", "not-used")
    billing = waiting_estate(target, ordering="event.customer.id", retry_delays=(5, 30), max_in_flight=3)
    target.receipt = None
    world = World(billing, target, an_access(Role.OWNER, billing.team))
    yield type("WaitingHere", (Waiting,), {"world": world})
    world.close()


PLAIN = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    print_blob=True,
)


def test_no_history_leaves_one_waiting_for_what_is_known(machine: type[Waiting]) -> None:
    run_state_machine_as_test(machine, settings=settings(PLAIN, max_examples=20, stateful_step_count=30))


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_no_long_history_leaves_one_waiting_for_what_is_known(machine: type[Waiting]) -> None:
    run_state_machine_as_test(machine, settings=settings(PLAIN, max_examples=300, stateful_step_count=60))
