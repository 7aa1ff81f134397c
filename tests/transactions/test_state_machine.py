"""Every history of transactions, step runs and attempts that Hypothesis can think of (invariants 3, 4, 5).

The pipeline and its SQL are the real ones, in a real database. Senders, two workers that may die or come
back too late, an unreliable target, and people who replay, stop, drop and release, act in any order; after
each act the database is compared with the tables of ``rules.states`` and with what the target has seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from controlplane.foundation.errors import NotFound
from controlplane.people.roles import Role
from controlplane.transactions.dead_letters.drop import drop
from controlplane.transactions.models import DestinationState
from controlplane.transactions.pipeline.deliveries import Claimed
from controlplane.transactions.releases.release import release
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.replay.stop import stop_replay
from controlplane.transactions.rules.flow import read_steps, skipped_by_when, transaction_state
from controlplane.transactions.rules.states import (
    QUEUED_STEP,
    SETTLED_TRANSACTION,
    StepState,
    TransactionState,
    may_move_step,
    may_move_transaction,
)
from controlplane.transactions.upkeep import release_parked
from tests.transactions.factories import an_access, estate
from tests.transactions.machine import AMOUNTS, COUNT, STEPS, Picture, Run, World, only, picture, second_flow
from tests.transactions.memory import Mood, install

ROOM_AT_THE_ERP = 3
REPLAYABLE = {StepState.DEAD, StepState.SUCCEEDED}

workers = st.sampled_from("AB")
places = st.integers(0, 40)
moods = st.lists(st.sampled_from(sorted(set(Mood) - {Mood.WAITS}, key=list(Mood).index)), max_size=4)
#: Histories reach further when most requests go well.
mostly_fine: st.SearchStrategy[list[Mood]] = moods | st.just([])


class Carrying(RuleBasedStateMachine):
    """One history. ``world`` is set on a subclass."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.world.begin()
        self.before = picture()

    # -- senders -----------------------------------------------------------------------------------

    @rule(customer=st.sampled_from(["cus_A", "cus_B"]), amount=st.sampled_from(AMOUNTS))
    def an_event_comes(self, customer: str, amount: int) -> None:
        self.world.send_new(customer, amount)

    @rule(customer=st.sampled_from(["cus_A", "cus_B"]))
    def an_event_comes_that_breaks_the_contract(self, customer: str) -> None:
        self.world.send_new(customer, 50, currency="euro")

    @precondition(lambda self: self.world.sent)
    @rule(place=places)
    def an_event_comes_again(self, place: int) -> None:
        sent = self.world.sent[place % len(self.world.sent)]
        answer = self.world.send(sent.document)
        assert (answer.status, answer.id) == (200, sent.id)

    @precondition(lambda self: self.world.sent)
    @rule(place=places)
    def an_event_comes_again_with_another_body(self, place: int) -> None:
        sent = self.world.sent[place % len(self.world.sent)]
        answer = self.world.send({**sent.document, "created": 1})
        assert (answer.status, answer.id) == (200, sent.id)

    # -- workers -----------------------------------------------------------------------------------

    @rule()
    def the_inbox_is_processed(self) -> None:
        self.world.process()

    @rule(worker=workers)
    def the_inbox_is_processed_straight_to_a_workers_deliveries(self, worker: str) -> None:
        self.world.process_straight(worker)

    @rule(count=st.integers(1, 3))
    def a_worker_dies_while_processing(self, count: int) -> None:
        self.world.claim_inbox_and_vanish(count)

    @rule(worker=workers)
    def a_worker_claims(self, worker: str) -> None:
        before = picture()
        claimed = self.world.claim(worker)
        _check_order(before, claimed, {sent.id: sent.number for sent in self.world.sent})

    @precondition(lambda self: any(not held.carried for held in self.world.all_held()))
    @rule(worker=workers, outcomes=mostly_fine)
    def a_worker_carries_out(self, worker: str, outcomes: list[Mood]) -> None:
        for held in [held for held in self.world.held[worker] if not held.carried][:1]:
            self.world.carry_out(worker, held, outcomes)

    @precondition(lambda self: any(not held.carried for held in self.world.all_held()))
    @rule(worker=workers, outcomes=mostly_fine)
    def a_worker_stood_still_and_sends_all_the_same(self, worker: str, outcomes: list[Mood]) -> None:
        for held in [held for held in self.world.held[worker] if not held.carried][:1]:
            # No fence reaches into a target: what it does not recognise by key is done twice then, and only then.
            if not only(held.claimed, "add"):
                self.world.carry_out(worker, held, outcomes, frozen=True)

    @precondition(lambda self: any(held.carried for held in self.world.all_held()))
    @rule(worker=workers)
    def a_worker_finishes(self, worker: str) -> None:
        for held in [held for held in self.world.held[worker] if held.carried][:1]:
            self.world.finish(worker, held)

    @rule(worker=workers, outcomes=mostly_fine)
    def a_worker_does_it_all_at_once(self, worker: str, outcomes: list[Mood]) -> None:
        self.a_worker_claims(worker)
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
    def parked_heads_are_released(self) -> None:
        release_parked()

    # -- people ------------------------------------------------------------------------------------

    @rule(slug=st.sampled_from(["billing-erp", "billing-notify"]), paused=st.booleans())
    def a_destination_is_paused_or_goes_on(self, slug: str, paused: bool) -> None:
        until = datetime(9000 if paused else 1970, 1, 1, tzinfo=UTC)
        DestinationState.objects.filter(destination__slug=slug).update(paused_until=until)

    @rule(place=places, several=st.booleans())
    def somebody_replays(self, place: int, several: bool) -> None:
        chosen = [run.id for run in self.before.runs.values() if run.state in REPLAYABLE]
        if chosen:
            first = place % len(chosen)
            request_replay(self.world.access, step_run_ids=chosen[first : first + 1 + several], reason="because")

    @rule(place=places)
    def somebody_stops_a_replay(self, place: int) -> None:
        running = [replay for replay, (state, _) in self.before.replays.items() if state == "running"]
        if running:
            stop_replay(self.world.access, running[place % len(running)])

    @rule(place=places)
    def somebody_drops_a_dead_letter(self, place: int) -> None:
        waiting = [letter for letter, (is_open, _) in self.before.letters.items() if is_open]
        if not waiting:
            return
        chosen = waiting[place % len(waiting)]
        if self.before.runs[chosen].state is StepState.DEAD:
            assert drop(self.world.access, [chosen], "not worth it") == 1
        else:
            with pytest.raises(NotFound, match="being sent just now"):
                drop(self.world.access, [chosen], "not worth it")

    @rule(place=places)
    def somebody_releases_from_quarantine(self, place: int) -> None:
        kept = [one for one, row in self.before.transactions.items() if row[1] is TransactionState.QUARANTINED]
        if kept:
            release(self.world.access, kept[place % len(kept)], "look again")

    # -- what always holds -------------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        now = picture()
        self._every_event_is_somewhere_and_once(now)
        _check_moves(self.before, now)
        _check_queue(now)
        _check_attempts(self.before, now)
        _check_letters_and_replays(now)
        self._check_target(now)
        self.before = now

    def _every_event_is_somewhere_and_once(self, now: Picture) -> None:
        for sent in self.world.sent:
            transactions = now.of_event(sent.id)
            assert (sent.id in now.inbox) is (not transactions)
            # One that brought down its worker too often is set aside before anybody looks at what it starts.
            aside = {now.transactions[one][1] for one in transactions} == {TransactionState.QUARANTINED}
            assert len(transactions) in {0, 1 if aside else sent.flows}
        assert len(now.transactions) == sum(len(now.of_event(sent.id)) for sent in self.world.sent)

    def _check_target(self, now: Picture) -> None:
        """One record a key; each request is in an attempt, or a worker has it, or the one that vanished with it."""
        under_way = Counter(
            delivery.claim.step_run_id
            for held in self.world.all_held()
            if held.carried
            for delivery in held.claimed.deliveries
        )
        for run in now.runs.values():
            assert self.world.target.records[run.key] <= 1
            told = sum(calls for _, _, calls, _ in now.tries_of(run.id))
            vanished = 1 if run.leased else 0
            assert self.world.target.requests[run.key] <= told + max(under_way[run.id], vanished)
            if run.state is StepState.SUCCEEDED:
                assert self.world.target.records[run.key] == 1

    def teardown(self) -> None:
        """In the end, with everybody healthy, everything is settled and every replay has come to its end."""
        self.world.work_off()
        now = picture()
        self._every_event_is_somewhere_and_once(now)
        _check_queue(now)
        _check_attempts(self.before, now)
        _check_letters_and_replays(now)
        self._check_target(now)
        assert {sent.id for sent in self.world.sent} == {event for event, _, _ in now.transactions.values()}
        assert all(state in SETTLED_TRANSACTION for _, state, _ in now.transactions.values())
        assert all(state in {"done", "stopped"} for state, _ in now.replays.values())
        for run in now.runs.values():
            requests, tries = self.world.target.requests[run.key], now.tries_of(run.id)
            assert requests <= sum(calls for _, _, calls, _ in tries)


def _check_moves(before: Picture, now: Picture) -> None:
    for transaction, (_, state, version) in now.transactions.items():
        _, old, _ = before.transactions.get(transaction, (None, TransactionState.RECEIVED, None))
        assert may_move_transaction(old, state), f"{old.name} → {state.name}"
        if version is not None:
            runs = now.of_transaction(transaction)
            steps = read_steps(STEPS if "book" in runs else COUNT)
            states = {name: run.state for name, run in runs.items()}
            assert state is transaction_state(steps, states, skipped_by_when(steps, states))
    for run in now.runs.values():
        if run.id in before.runs:
            assert may_move_step(before.runs[run.id].state, run.state), (
                f"{before.runs[run.id].state.name} → {run.state.name}"
            )
    gone = before.transactions.keys() - now.transactions.keys()
    assert all(before.transactions[one][1] is TransactionState.QUARANTINED for one in gone)


def _check_queue(now: Picture) -> None:
    """What is to be done has one place in the queue, what is done has none; no order stands still."""
    by_key: dict[int, list[Run]] = {}
    for run in now.runs.values():
        assert run.queued == (1 if run.state in QUEUED_STEP else 0)
        if run.ordering_key is not None:
            by_key.setdefault(run.ordering_key, []).append(run)
    for several in by_key.values():
        assert sum(run.leased for run in several) <= 1
        head = min(several, key=lambda run: (str(run.event_id), run.id))
        assert head.due != "parked" or any(run.leased for run in several)
    in_flight = Counter(run.destination_id for run in now.runs.values() if run.leased and run.due == "later")
    assert all(count <= ROOM_AT_THE_ERP for count in in_flight.values())


def _check_attempts(before: Picture, now: Picture) -> None:
    assert before.attempts.items() <= now.attempts.items()
    for run in now.runs.values():
        assert [number for number, *_ in now.tries_of(run.id)] == list(range(1, run.attempts + 1))


def _check_letters_and_replays(now: Picture) -> None:
    for run in now.runs.values():
        is_open, resolution = now.letters.get(run.id, (False, ""))
        if run.state is StepState.DEAD:
            assert is_open or resolution.startswith("dropped: ")
        if run.state is StepState.SUCCEEDED:
            assert not is_open
    for state, items in now.replays.values():
        waiting = [step_run for step_run, of_item in items if of_item == 1]
        assert all(now.runs[step_run].state in QUEUED_STEP for step_run in waiting)
        assert state != "running" or waiting
        assert state != "done" or not waiting


def _check_order(before: Picture, claimed: Claimed, numbers: dict[object, int]) -> None:
    """Nothing is claimed while the same step of an earlier event of its order waits or is with a worker."""
    number_of: Callable[[object], int] = lambda one: numbers[before.transactions[before.runs[one].transaction_id][0]]  # type: ignore[index]  # noqa: E731
    for delivery in claimed.deliveries:
        mine = before.runs[delivery.claim.step_run_id]
        if mine.ordering_key is None or delivery.claim.lost_token is not None:
            continue
        others = [run for run in before.runs.values() if run.ordering_key == mine.ordering_key and run.id != mine.id]
        assert not [run for run in others if run.leased]
        assert not [run for run in others if number_of(run.id) < number_of(mine.id)]


def _machine(monkeypatch: pytest.MonkeyPatch) -> type[Carrying]:
    target = install(monkeypatch)
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0")
    monkeypatch.setenv("BILLING_ERP_PASSWORD", "not-used")
    options = {"erp_connector": "memory", "retry_delays": (5, 30), "max_in_flight": ROOM_AT_THE_ERP}
    billing = estate(steps=STEPS, ordering="event.customer.id", event_id="event.id", **options)  # type: ignore[arg-type]
    billing.to_notifier.instance.system.__class__.objects.filter(slug="webhook").update(connector="memory")
    second_flow(billing)
    world = World(billing, target, an_access(Role.OWNER, billing.team))
    return type("CarryingHere", (Carrying,), {"world": world})


@pytest.fixture
def machine(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> type[Carrying]:
    return _machine(monkeypatch)


PLAIN = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    print_blob=True,
)


def test_no_history_breaks_the_rules(machine: type[Carrying]) -> None:
    try:
        run_state_machine_as_test(machine, settings=settings(PLAIN, max_examples=20, stateful_step_count=30))
    finally:
        machine.world.close()


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_no_long_history_breaks_the_rules(machine: type[Carrying]) -> None:
    try:
        run_state_machine_as_test(machine, settings=settings(PLAIN, max_examples=400, stateful_step_count=60))
    finally:
        machine.world.close()
