"""Contracts under live traffic: a version that breaks and is rolled back, events mended and let out, a silent change.

Two workers and an ingress are at it all the while. Nothing that was accepted is missing, nothing is delivered twice.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import connections

from controlplane.contracts.models import ContractVersion
from controlplane.foundation.ids import moment
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.rollback import rollback
from controlplane.transactions.agreements import effects
from controlplane.transactions.models import Drift, Inbox, Release, StepQueue, Transaction, UsualForm
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.releases.carry import carry
from controlplane.transactions.releases.edit import draft, edit_and_release
from controlplane.transactions.releases.request import release_all, set_aside_by
from controlplane.transactions.rules.drift import ENOUGH
from controlplane.transactions.rules.states import TransactionState
from tests.faults.shares import share_of
from tests.faults.steady import Steady
from tests.faults.witness import Witness
from tests.faults.workers import working
from tests.standalone.waiting import until
from tests.transactions.agreements.board import Deciding, deciding, newest, schema
from tests.transactions.carrying import SECRET
from tests.transactions.conftest import paid
from tests.transactions.factories import Estate, deliver, estate

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("agreements"),
]
soak = [pytest.mark.soak, pytest.mark.timeout(3600)]

STEPS = [deliver("ledger", "billing-erp", "send", mapping={"number": "event.number", "customer": "event.customer.id"})]
CAPITALS = {"type": "string", "pattern": "^[A-Z]{3}$"}
CUSTOMERS = 20
S, Q = TransactionState.SUCCEEDED, TransactionState.QUARANTINED


@pytest.fixture
def here(witness: Witness, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Estate:
    """An estate that tells the witness, in the order of each customer's events."""
    settings.PRIVATE_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", SECRET)
    catalogue.forget()
    about = {"erp_connector": "webhook", "erp_url": witness.url, "event_id": "event.id"}
    return estate(steps=STEPS, ordering="event.customer.id", max_in_flight=256, **about)


def invoices(**odd: Callable[[int], Any]) -> Callable[[int], Mapping[str, Any]]:
    """Paid invoices of some customers, with fields that depend on the number."""

    def event(number: int) -> Mapping[str, Any]:
        customer = f"cus_{number % CUSTOMERS}"
        return paid(number, customer=customer, **{name: value(number) for name, value in odd.items()})

    return event


def drained() -> bool:
    return not Inbox.objects.exists() and not StepQueue.objects.exists()


def carried(release: Release) -> bool:
    """Whether it has come to its end; carries it a step further, as the workers' task does."""
    return carry(release.pk) and not StepQueue.objects.exists()


def published(board: Deciding, **content: Any) -> ContractVersion:
    """A version, by the board's acts."""
    apply(board.owner, board.agreed(board.proposed(**content)).pk)
    return newest()


def rolled_back(board: Deciding, version: ContractVersion) -> list[str]:
    """The version before it holds again; the failures that the rollback answers for."""
    assert version.change_id is not None
    answers_for = effects.failures(version, board.owner, 20)
    why = "The app sends small letters still."
    back = rollback(board.owner, version.change_id, why=why, answers_for=answers_for)
    run_checks(back.revision)
    apply(board.owner, board.agreed(back).pk)
    return list(back.answers_for)


def states() -> Counter[TransactionState]:
    return Counter(TransactionState(state) for state in Transaction.objects.values_list("state", flat=True))


def each_once(witness: Witness, sender: Steady) -> None:
    """Every event that was accepted has succeeded, and was delivered once."""
    assert sender.refused == {}
    assert len(sender.accepted) == sender.sent
    ended = dict(Transaction.objects.values_list("pk", "state"))
    assert Counter(ended.get(one) for one in sender.accepted.values()) == {S: sender.sent}
    assert len(ended) == sender.sent
    told = Counter(one.body["number"] for one in witness.seen)
    assert told == dict.fromkeys((f"INV-{number:04}" for number in sender.accepted), 1)


@pytest.mark.parametrize(
    ("rate", "before", "meanwhile"),
    [(200, 400, 600), pytest.param(200, 2_000, share_of(20_000), marks=soak)],
    ids=["ten seconds", "two minutes"],
)
def test_a_version_is_rolled_back_under_traffic_and_nothing_is_lost(
    witness: Witness, here: Estate, rate: int, before: int, meanwhile: int
) -> None:
    board = deciding(here.team)
    event = invoices(currency=lambda number: "EUR" if number % 2 else "eur")
    with working(2), Steady(here.endpoint.slug, rate, event) as sender:
        sender.more(before)
        strict = published(board, schema=schema(currency=CAPITALS), breaks="Odoo refuses others.")
        sender.more(meanwhile)
        until(lambda: states()[Q] > meanwhile // 8, within=60)
        failures = rolled_back(board, strict)
        sender.more(before)
        sender.enough()
        until(drained, within=120)
        _listed_and_let_out(board, strict, failures, sender)
    each_once(witness, sender)


def _listed_and_let_out(board: Deciding, strict: ContractVersion, failures: list[str], sender: Steady) -> None:
    """Each event has ended; what was set aside is what the version answers for, and is let out as one act."""
    aside = list(Transaction.objects.filter(state=Q).order_by("pk").values_list("pk", flat=True))
    assert states() == {S: sender.sent - len(aside), Q: len(aside)}
    assert len(failures) == 20
    assert {UUID(one) for one in failures} <= set(aside)
    assert effects.effects(strict, board.owner).set_aside == len(aside)
    assert set_aside_by(board.owner, strict) == aside
    release = release_all(board.owner, strict, "The version before holds again.")
    until(lambda: carried(release), within=120)
    release.refresh_from_db()
    sys.stderr.write(f"\n{sender.sent} events, {len(aside)} set aside and let out again ")
    assert (release.state, release.total) == ("done", len(aside))
    assert set_aside_by(board.owner, strict) == []


@pytest.mark.parametrize(
    ("rate", "before", "edited"), [(100, 300, 10), pytest.param(200, share_of(20_000), 100, marks=soak)]
)
def test_events_are_mended_and_let_out_while_traffic_runs(
    witness: Witness, here: Estate, rate: int, before: int, edited: int
) -> None:
    board = deciding(here.team)
    first = newest()
    event = invoices(currency=lambda number: "euro" if number % 10 == 0 else "eur")
    with working(2), Steady(here.endpoint.slug, rate, event) as sender:
        sender.more(before)
        until(lambda: states()[Q] > edited, within=60)
        mended = set_aside_by(board.owner, first)[:edited]
        for identifier in mended:
            document = orjson.loads(orjson.dumps(draft(board.owner, identifier).shown))
            document["data"]["object"]["currency"] = "eur"
            edit_and_release(board.owner, identifier, orjson.dumps(document).decode(), "They wrote it out.")
        sender.more(before)
        longer = {"type": "string", "minLength": 3, "maxLength": 4}
        published(board, schema=schema(currency=longer), breaks="They write it out now and then.")
        # What comes now is let in, and what was set aside before is let out beside it.
        sender.more(3 * rate)
        release = release_all(board.owner, first, "Four letters are let in now.")
        sender.more(before)
        sender.enough()
        until(lambda: carried(release) and drained(), within=120)
        assert release.total >= before // 20
    each_once(witness, sender)
    _in_order(witness, sender, mended, release)


def _in_order(witness: Witness, sender: Steady, mended: list[UUID], release: Release) -> None:
    """Of each customer, what was never set aside came in its order, and so did what was let out together."""
    numbers = {identifier: number for number, identifier in sender.accepted.items()}
    together = {numbers[pk] for pk in release.items.values_list("transaction_id", flat=True)}
    apart = together | {numbers[identifier] for identifier in mended}
    came: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for one in sorted(witness.seen, key=lambda seen: seen.began):
        number = int(one.body["number"].removeprefix("INV-"))
        if number in together or number not in apart:
            came[one.body["customer"], number in together].append(number)
    assert {key: listed for key, listed in came.items() if listed != sorted(listed)} == {}


@pytest.mark.parametrize(
    ("rate", "before"), [(50, 400), pytest.param(200, share_of(10_000), marks=soak)], ids=["eight seconds", "a minute"]
)
def test_a_silent_change_is_found_within_a_hundred_payloads(
    witness: Witness, here: Estate, rate: int, before: int
) -> None:
    changed_at: list[int] = []

    def event(number: int) -> Mapping[str, Any]:
        """Noisy all the while; from some moment on amounts are text, which the contract does not let in."""
        made = paid(number, customer=f"cus_{number % CUSTOMERS}")
        record: dict[str, Any] = made["data"]["object"]
        record["discount"] = None if number * 7 % 10 < 4 else 5
        if number * 11 % 13 < 4:
            record["coupon"] = "C"
        if changed_at and number >= changed_at[0]:
            record["amount_paid"] = str(record["amount_paid"])
        return made

    with working(2, FAULTS_WATCH="1"), Steady(here.endpoint.slug, rate, event) as sender:
        sender.more(before)
        until(lambda: UsualForm.objects.filter(samples__gt=ENOUGH + 20).exists(), within=60)
        assert not Drift.objects.exists()
        changed_at.append(sender.sent + rate)
        until(Drift.objects.exists, within=30)
        sender.enough()
    drift = Drift.objects.get()
    told = (drift.kind, drift.pointer, drift.sign, drift.event_type, drift.version)
    assert told == ("type", "/amount_paid", "string", "invoice.paid", here.contract_version)
    new = [moment(one) for number, one in sender.accepted.items() if number >= changed_at[0]]
    by_then = sum(received <= drift.found_at for received in new)
    sys.stderr.write(f"\nfound after {by_then} payloads of the new form, at {rate} a second ")
    assert by_then <= 100
    assert drift.since >= min(new)
    assert {UUID(one) for one in drift.examples} <= {sender.accepted[n] for n in sender.accepted if n >= changed_at[0]}
    connections.close_all()
