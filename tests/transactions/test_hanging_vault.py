"""A vault that does not answer costs only the deliveries that need what it has, and sends nothing after its time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.messages import Operation, Secret
from controlplane.credentials import providers
from controlplane.credentials.models import Credential
from controlplane.credentials.providers import SecretUnavailable
from controlplane.credentials.references import Reference
from controlplane.transactions.models import Attempt, StepQueue
from controlplane.transactions.pipeline import connecting, outward
from controlplane.transactions.pipeline.catalogue import KnownDestination
from controlplane.transactions.pipeline.outward import Called, Outward, TooLate
from controlplane.transactions.rules.states import Outcome
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.memory import Memory, Target
from tests.transactions.quick import LEDGER, tell

pytestmark = pytest.mark.django_db(transaction=True)

#: More than any executor's threads.
MANY = 100


@dataclass
class Vault:
    """Answers nobody before it is let (or gives up); then that it is away, or with a secret."""

    asked: list[str] = field(default_factory=list)
    let: threading.Event = field(default_factory=threading.Event)
    away: bool = False

    def read(self, reference: Reference) -> Secret:
        """What stands there."""
        self.asked.append(str(reference))
        self.let.wait(10)
        if self.away:
            raise SecretUnavailable(str(reference), "the vault is away", passing=True)
        return Secret("from the vault")


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    """The vault that every ``vault://`` reference leads to."""
    made = Vault()
    monkeypatch.setitem(providers.PROVIDERS, "vault", made.read)
    providers.forget()
    yield made
    made.let.set()
    providers.forget()


def known(number: int, target: Target, **references: str) -> KnownDestination:
    """A destination that needs these secrets."""
    connector: Any = type("MemoryOfOneTest", (Memory,), {"target": target})
    return KnownDestination(number, f"to-{number}", "There", 1, connector, "", {}, references, 30.0, ())


def calls(one: KnownDestination, by: Outward, count: int = 1) -> asyncio.Future[list[list[Called]]]:
    """So many calls of one operation each, under way."""
    return asyncio.gather(*(by.call(one, [Operation("put", {}, str(number))]) for number in range(count)))


def outcomes(results: list[list[Called]]) -> list[Outcome]:
    """Of such calls."""
    return [called.outcome for (called,) in results]


async def test_a_vault_that_hangs_keeps_no_other_destination_waiting(target: Target, vault: Vault) -> None:
    by = Outward()
    hanging = calls(known(1, target, token="vault://kv/a#token"), by, MANY)
    async with asyncio.timeout(10):
        well = await calls(known(2, target, token="env://BILLING_ERP_PASSWORD"), by)
        plain = await calls(known(3, target), by)
    assert outcomes([*well, *plain]) == [Outcome.SUCCEEDED] * 2
    assert not hanging.done()
    vault.let.set()
    assert outcomes(await hanging) == [Outcome.SUCCEEDED] * MANY
    assert vault.asked == ["vault://kv/a#token"]
    await by.aclose()


async def test_a_vault_that_was_just_away_is_not_asked_again_at_once(
    target: Target, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, one = Outward(), known(1, target, token="vault://kv/a#token")
    vault.away = True
    vault.let.set()
    first = await calls(one, by, 3)
    second = await calls(one, by, 3)
    assert outcomes([*first, *second]) == [Outcome.SECRET_UNAVAILABLE] * 6
    assert len(vault.asked) == 1
    monkeypatch.setattr(connecting, "REST_SECONDS", 0.0)
    by = Outward()
    await calls(one, by)
    vault.away = False
    assert outcomes(await calls(one, by)) == [Outcome.SUCCEEDED]
    assert target.requests.total() == 1


async def test_a_destination_without_secrets_needs_no_thread(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "resolve_all", None)
    assert outcomes(await calls(known(1, target), Outward())) == [Outcome.SUCCEEDED]


@pytest.mark.parametrize("late", ["when it is called", "when its connector is ready"])
@pytest.mark.parametrize("needed", [0.0, 31.0])
async def test_a_call_that_only_comes_to_its_turn_too_late_in_its_lease_sends_nothing(
    target: Target, monkeypatch: pytest.MonkeyPatch, late: str, needed: float
) -> None:
    began, latest = 9.0 - needed, 11.0 - needed
    moments = iter([latest] if late == "when it is called" else [began, latest])
    monkeypatch.setattr(outward, "time", SimpleNamespace(monotonic=lambda: next(moments), perf_counter=lambda: 0.0))
    with pytest.raises(TooLate):
        await Outward().call(known(1, target), [Operation("put", {}, "1")], 10.0, needed)
    assert list(moments) == []
    assert target.operations == []


def test_a_delivery_whose_secret_does_not_come_in_time_is_tried_again_later(
    target: Target, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outward, "CREDENTIAL_SECONDS", 0.05)
    story = tell(target, steps=[LEDGER])
    Credential.objects.filter(pk=story.estate.credential.pk).update(references={"token": "vault://kv/a#token"})
    story.send(paid())
    carrying.carry()
    one = Attempt.objects.get()
    assert (Outcome(one.outcome), one.calls) == (Outcome.SECRET_UNAVAILABLE, 0)
    assert one.detail == "Its credentials could not be had in time. Nothing was sent."
    assert (StepQueue.objects.get().lease_token, story.numbers) == (None, [])
    vault.let.set()
    carrying.let_time_pass()
    carrying.deliver()
    assert story.numbers == ["INV-0001"]


def test_what_was_too_late_for_its_lease_is_given_back_and_nobody_is_said_to_have_vanished(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever claims next sends it; the receiver is asked once."""
    story = tell(target, steps=[LEDGER])
    story.send(paid())
    carrying.process()

    async def too_late(*_: Any) -> Any:
        raise TooLate

    with monkeypatch.context() as stood_still:
        stood_still.setattr(Outward, "call", too_late)
        carrying.deliver(rounds=1)
    row = StepQueue.objects.get()
    assert (Attempt.objects.count(), row.lease_token, row.tries) == (0, None, 0)
    carrying.deliver()
    assert story.numbers == ["INV-0001"]
    assert [Outcome(one.outcome) for one in Attempt.objects.all()] == [Outcome.SUCCEEDED]
