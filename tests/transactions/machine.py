"""The world of the state machine: a real database and pipeline, workers that can die, and a target in memory.

:class:`World` does what rules ask for; :class:`Picture` is the database at one moment, for invariants.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from controlplane.foundation.database import connect_async
from controlplane.people.access import Access
from controlplane.transactions.ingress.application import Ingress
from controlplane.transactions.models import Flow, Route
from controlplane.transactions.pipeline import processing
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.claiming import claim
from controlplane.transactions.pipeline.deliveries import Claimed, Delivery
from controlplane.transactions.pipeline.delivering import carry_out
from controlplane.transactions.pipeline.finishing import finish
from controlplane.transactions.pipeline.outward import Outward
from controlplane.transactions.pipeline.room import Room
from controlplane.transactions.pipeline.straight import Straight
from controlplane.transactions.rules.states import StepState, TransactionState
from controlplane.transactions.upkeep import release_parked
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import Estate, a_flow_version, deliver
from tests.transactions.memory import Mood, Target

#: Emptied before each run; triggers aside, because attempts are append-only.
HOT = [
    "inbox",
    "dedupe",
    "step_queue",
    "attempt",
    "step_run",
    "trace",
    "transaction_key",
    "transaction",
    "payload",
    "payload_subject",
    "dead_letter",
    "written",
    "transactions_repeat",
    "transactions_replayitem",
    "transactions_replay",
]

TRANSACTIONS = "select id, event_id, state, flow_version_id from transaction"
RUNS = """
select s.id, s.transaction_id, s.name, s.state, s.attempts, s.revision, s.destination_id,
  (select count(*) from step_queue c where c.step_run_id = s.id), q.lease_token is not null, q.ordering_key, q.event_id,
  coalesce(case when q.due_at = '9000-01-01Z' then 'parked' when q.due_at > now() then 'later'
    when q.due_at is not null then 'now' end, '')
from step_run s left join step_queue q on q.step_run_id = s.id
"""
ATTEMPTS = "select id, step_run_id, number, outcome, calls, lease_token from attempt"
LETTERS = "select step_run_id, resolved_at is null, resolution from dead_letter"
REPLAYS = """
select p.id, p.state, array_agg(i.step_run_id order by i.ordinal), array_agg(i.state order by i.ordinal)
from transactions_replay p join transactions_replayitem i on i.replay_id = p.id group by p.id
"""

#: Book it (keyed), post a note on it (unsafe, behind a pure step), and tell somebody if it is worth it.
STEPS = [
    deliver("book", "billing-erp", "put", mapping={"number": "event.number"}),
    {
        "name": "shape",
        "kind": "map",
        "needs": ["book"],
        "mapping": [{"target": "ref", "expression": "steps.book.external_id"}],
    },
    deliver("post", "billing-erp", "add", needs=["shape"], mapping={"ref": "steps.shape.ref"}),
    deliver(
        "tell",
        "billing-notify",
        "put",
        needs=["post"],
        required=False,
        when="event.amount_minor > 100",
        mapping={"number": "event.number"},
    ),
]
COUNT = [deliver("count", "billing-notify", "put", mapping={"number": "event.number"})]
AMOUNTS = (50, 500, 5000)
COUNTED_FROM = 1000


def second_flow(billing: Estate) -> None:
    """Large amounts start another flow as well, whose only step is not ordered."""
    flow = Flow.objects.create(slug="billing-count", name="Count", integration=billing.integration)
    a_flow_version(flow, COUNT)
    Route.objects.create(flow=flow, event_type="invoice.paid.v1", condition=f"event.amount_minor > {COUNTED_FROM}")


@dataclass(slots=True)
class Sent:
    """An event that was accepted."""

    id: UUID
    number: int
    document: dict[str, Any]

    @property
    def flows(self) -> int:
        """How many transactions come of it."""
        broken = len(self.document["data"]["object"]["currency"]) != 3
        return 1 if broken or self.document["data"]["object"]["amount_paid"] <= COUNTED_FROM else 2


@dataclass(slots=True)
class Held:
    """What a worker has claimed, and whether it has called the destinations with it."""

    claimed: Claimed
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A step run's row, with its place in the queue if it has one."""

    id: UUID
    transaction_id: UUID
    name: str
    state: StepState
    attempts: int
    revision: int
    destination_id: int
    queued: int
    leased: bool
    ordering_key: int | None
    event_id: UUID | None
    due: str

    @property
    def key(self) -> str:
        """Its idempotency key."""
        return f"{self.id}:{self.revision}"


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that matters, at one moment."""

    inbox: frozenset[UUID]
    transactions: dict[UUID, tuple[UUID, TransactionState, int | None]]
    runs: dict[UUID, Run]
    attempts: dict[UUID, tuple[Any, ...]]
    letters: dict[UUID, tuple[bool, str]]
    replays: dict[int, tuple[str, tuple[tuple[UUID, int], ...]]]

    def of_event(self, event_id: UUID) -> list[UUID]:
        """The transactions of an event."""
        return [one for one, (event, _, _) in self.transactions.items() if event == event_id]

    def of_transaction(self, transaction_id: UUID) -> dict[str, Run]:
        """The step runs of a transaction, by name."""
        return {run.name: run for run in self.runs.values() if run.transaction_id == transaction_id}

    def tries_of(self, run_id: UUID) -> list[tuple[Any, ...]]:
        """The attempts of a step run: number, outcome, calls, token."""
        return sorted(row[1:] for row in self.attempts.values() if row[0] == run_id)


def picture() -> Picture:
    """The database now."""
    return Picture(
        frozenset(row[0] for row in _rows("select transaction_id from inbox")),
        {row[0]: (row[1], TransactionState(row[2]), row[3]) for row in _rows(TRANSACTIONS)},
        {row[0]: Run(row[0], row[1], row[2], StepState(row[3]), *row[4:]) for row in _rows(RUNS)},
        {row[0]: tuple(row[1:]) for row in _rows(ATTEMPTS)},
        {row[0]: (row[1], row[2]) for row in _rows(LETTERS)},
        {row[0]: (row[1], tuple(zip(row[2], row[3], strict=True))) for row in _rows(REPLAYS)},
    )


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def execute(*statements: str) -> None:
    """Run statements one after the other."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@dataclass
class World:
    """One estate for all runs of a machine; ``begin`` makes it new."""

    billing: Estate
    target: Target
    access: Access
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    held: dict[str, list[Held]] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)

    def __post_init__(self) -> None:
        catalogue.forget()
        self.ingress, self.outward = self.run(self._open())
        self.workers = {name: self.run(connect_async()) for name in "AB"}
        self.processor = self.run(connect_async())

    async def _open(self) -> tuple[Ingress, Outward]:
        return Ingress(), Outward()

    def run(self, work: Any) -> Any:
        """Run a coroutine on the world's own loop."""
        return self.runner.run(work)

    def close(self) -> None:
        """Let go of everything."""
        self.run(self.ingress.stop())
        self.run(self.outward.aclose())
        for worker in self.workers.values():
            self.run(worker.close())
        self.run(self.processor.close())
        self.runner.close()

    def begin(self) -> None:
        """No traffic, healthy destinations."""
        with transaction.atomic():
            execute("set local session_replication_role = replica", *(f"delete from {table}" for table in HOT))
        execute("update destination_state set paused_until = 'epoch', claimed_at = 'epoch'")
        self.target.forget()
        self.sent, self.held = [], {"A": [], "B": []}

    # -- senders -----------------------------------------------------------------------------------

    def send(self, document: dict[str, Any]) -> carrying.Answered:
        """Post a signed event; the ingress's answer."""
        sender = carrying.Sender(self.ingress, self.billing.endpoint.slug)
        answer: carrying.Answered = self.run(sender.send(document))
        return answer

    def send_new(self, customer: str, amount: int, currency: str = "eur") -> None:
        """An event that was not sent before."""
        number = len(self.sent) + 1
        document = paid(number, customer=customer, amount_paid=amount, currency=currency)
        answer = self.send(document)
        assert answer.status == 202
        self.sent.append(Sent(answer.id, number, document))

    # -- workers -----------------------------------------------------------------------------------

    def process(self) -> None:
        """Everything in the inbox that is due."""
        while self.run(processing.process_batch(self.processor, catalogue)):
            pass

    def process_straight(self, worker: str) -> None:
        """A worker processes everything in the inbox, and takes at once what it can."""
        straight = Straight(Room(), lambda claimed: self.held[worker].append(Held(claimed)))
        while self.run(processing.process_batch(self.workers[worker], catalogue, straight=straight)):
            pass

    def claim(self, worker: str) -> Claimed:
        """A worker takes what is due."""
        claimed: Claimed = self.run(claim(self.workers[worker], catalogue))
        if claimed.deliveries:
            self.held[worker].append(Held(claimed))
        return claimed

    def carry_out(self, worker: str, held: Held, moods: Sequence[Mood], *, frozen: bool = False) -> None:
        """It calls the destinations. ``frozen``: it stood still right before sending, and did not see its lease end."""
        self.target.moods.extend(moods)
        claimed = replace(held.claimed, until=math.inf) if frozen else held.claimed
        self.run(carry_out(self.workers[worker], self.outward, claimed))
        self.target.moods.clear()
        held.carried = True

    def finish(self, worker: str, held: Held) -> None:
        """It writes what came of it, in time or late."""
        self.run(finish(self.workers[worker], catalogue, held.claimed.deliveries))
        self.held[worker].remove(held)

    def claim_inbox_and_vanish(self, count: int) -> None:
        """A worker takes events from the inbox and dies over them."""
        execute(
            "update inbox set due_at = now() + interval '45 s', lease_token = gen_random_uuid(), tries = tries + 1 "
            "where transaction_id in (select transaction_id from inbox where due_at <= now() "
            f"order by lane, due_at limit {count})"
        )

    def pass_time(self) -> None:
        """Leases end and retries are due; workers that hold something have been standing still."""
        carrying.let_time_pass()
        for held in self.all_held():
            held.claimed = replace(held.claimed, until=time.monotonic())

    def all_held(self) -> Iterator[Held]:
        """What all workers hold."""
        return (one for several in self.held.values() for one in several)

    def work_off(self) -> None:
        """A healthy worker and a healthy target, until nothing is left; heads that nobody promoted are released."""
        execute("update destination_state set paused_until = 'epoch'")
        self.held = {"A": [], "B": []}
        for _ in range(60):
            carrying.let_time_pass()
            self.process()
            while self.claim("A").deliveries:
                (held,) = self.held["A"]
                self.carry_out("A", held, ())
                self.finish("A", held)
            if not _rows("select from inbox union all select from step_queue"):
                return
            release_parked()
        raise AssertionError(f"never done: {_rows('select * from step_queue')} {_rows('select * from inbox')}")


def only(claimed: Claimed, operation: str) -> list[Delivery]:
    """The deliveries of one operation."""
    return [delivery for delivery in claimed.deliveries if delivery.step.operation == operation]
