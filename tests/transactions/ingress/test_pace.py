"""How fast senders may send: by endpoint, and by the address they send from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from controlplane.transactions.ingress import pace as module
from controlplane.transactions.ingress.pace import BURST_SECONDS, Pace, address_of
from controlplane.transactions.models import Endpoint, Inbox, Refusal
from tests.transactions.ingress.conftest import Opens
from tests.transactions.ingress.door import Door, scope_of


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=made.monotonic))
    return made


def test_a_budget_is_a_burst_and_then_the_rate(clock: Clock) -> None:
    pace = Pace()
    assert [pace.wait("a", 2) for _ in range(10)] == [0.0] * 10
    assert pace.wait("a", 2) == pytest.approx(0.5)
    clock.now += 0.5
    assert pace.wait("a", 2) == 0.0
    assert pace.wait("a", 2) == pytest.approx(0.5)


def test_who_was_refused_has_not_paid(clock: Clock) -> None:
    pace = Pace()
    waits = [pace.wait("a", 1) for _ in range(1000)]
    assert waits.count(0.0) == 5
    clock.now += 1
    assert pace.wait("a", 1) == 0.0


def test_a_rate_of_less_than_one_lets_one_in(clock: Clock) -> None:
    pace = Pace()
    assert pace.wait("a", 0.01) == 0.0
    assert pace.wait("a", 0.01) == pytest.approx(100)


def test_one_pays_for_nobody_else(clock: Clock) -> None:
    pace = Pace()
    while not pace.wait("a", 1):
        pass
    assert pace.wait("b", 1) == 0.0


def test_any_number_of_addresses_takes_bounded_memory(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KEYS", 100)
    pace = Pace()
    for number in range(1000):
        pace.wait(number, 1)
    assert len(pace._full_at) == 100


@given(
    rate=some.floats(0.05, 50_000),
    pauses=some.lists(some.one_of(some.just(0.0), some.floats(0, 10)), min_size=1, max_size=200),
)
def test_no_order_of_requests_gets_more_than_the_burst_and_the_rate(rate: float, pauses: list[float]) -> None:
    clock, pace = Clock(), Pace()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "time", SimpleNamespace(monotonic=clock.monotonic))
        let_in = 0
        for pause in pauses:
            clock.now += pause
            let_in += not pace.wait("a", rate)
    assert let_in <= max(1.0, BURST_SECONDS * rate) + sum(pauses) * rate + 1e-3


# -- who knocks -----------------------------------------------------------------------------------------

PROXIES = ["192.0.2.0/24", "10.0.0.0/8"]


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ([], "192.0.2.7"),
        (["203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        (["1.1.1.1, 203.0.113.9, 10.1.2.3"], "203.0.113.9"),
        (["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        (["10.1.2.3"], "192.0.2.7"),
        (["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["rubbish"], ""),
        ([", ,"], "192.0.2.7"),
    ],
    ids=str,
)
def test_behind_the_operators_proxy_the_one_it_names_knocks(settings: Any, forwarded: list[str], address: str) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    assert address_of(scope_of("/in/x", headers)) == address


def test_what_others_say_of_whom_they_forward_for_is_not_believed(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert address_of(scope_of("/in/x", {"x-forwarded-for": "203.0.113.9"})) == "192.0.2.7"


# -- at the door ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_address_that_sends_too_fast_is_told_when_to_come_back(opens: Opens, clock: Clock) -> None:
    door = opens(event_id="event.id")
    Endpoint.objects.update(sender_rate_per_second=0.1)
    assert door.send({"id": "evt_1"}).status == 202
    answer = door.send({"id": "evt_2"})
    assert (answer.status, answer.headers["retry-after"]) == (429, "10")
    assert answer.json()["type"] == "urn:interlock:problem:too-many"
    clock.now += 10
    assert door.send({"id": "evt_2"}).status == 202
    door.run(door.ingress.judge.refusals.flush())
    refusal = Refusal.objects.get()
    assert (refusal.reason, refusal.count, refusal.last_peer) == ("too-many", 1, "192.0.2.7")


@pytest.mark.django_db(transaction=True)
def test_an_endpoint_lets_in_what_it_says_and_strangers_do_not_use_it_up(opens: Opens, clock: Clock) -> None:
    door = opens(event_id="event.id")
    Endpoint.objects.update(rate_per_second=0.5)
    assert {door.post(b"{}").status for _ in range(10)} == {401}
    told = [door.send({"id": f"evt_{number}"}).status for number in range(4)]
    assert told == [202, 202, 429, 429]
    assert Inbox.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_a_rate_the_settings_hold(opens: Opens, clock: Clock, settings: Any) -> None:
    settings.INGRESS_SENDER_RATE = 1
    door = opens(event_id="event.id")
    assert [door.send({"id": "evt_1"}).status for _ in range(6)] == [202, 200, 200, 200, 200, 429]


@pytest.mark.django_db(transaction=True)
def test_a_setting_of_zero_is_no_limit(opens: Opens, clock: Clock, settings: Any) -> None:
    settings.INGRESS_SENDER_RATE = settings.INGRESS_RATE = 0
    door: Door = opens(event_id="event.id")
    assert {door.send({"id": "evt_1"}).status for _ in range(50)} == {202, 200}
