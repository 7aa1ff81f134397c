"""Integrations as people see them: how each is and why, by process; and the page of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.console.integrations import health, listing
from controlplane.console.integrations.views import PAGE
from controlplane.foundation import clock
from controlplane.governance.policies.run import run_everything
from controlplane.inventory.models import Criticality, Integration, Stage
from controlplane.people.roles import Role
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.models import Destination, DestinationState
from controlplane.transactions.rules.breaker import BreakerState
from controlplane.transactions.rules.pauses import FOR_GOOD
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.upkeep import make_partitions
from tests.governance.policies.given import a_policy
from tests.transactions.factories import Estate, a_process, an_access, an_account, deliver, estate
from tests.transactions.traffic import a_dead_letter, a_step_run, a_transaction

pytestmark = pytest.mark.django_db

HERE = "/integrations/"


def text(answer: Any) -> str:
    """What a person reads."""
    assert answer.status_code == 200, answer.content[:500]
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


@pytest.fixture
def made() -> Estate:
    make_partitions()
    steps = [deliver("ledger", "billing-erp", "send", title="Post to the ledger")]
    found = estate(steps=steps, erp_connector="webhook")
    Integration.objects.update(process=a_process("order-to-cash"), criticality=Criticality.CRITICAL)
    return found


@pytest.fixture
def board(client: Client, made: Estate) -> Client:
    """Somebody of the company who may see no transaction of that team."""
    client.force_login(an_account("Board", Role.SUPPORT, other_team()))
    return client


def other_team() -> Any:
    from controlplane.people.models import Team

    return Team.objects.create(slug="elsewhere", name="Elsewhere")


@pytest.fixture
def support(client: Client, made: Estate) -> Client:
    client.force_login(an_account("Elif", Role.SUPPORT, made.team))
    return client


def ended(made: Estate, *states: TransactionState) -> None:
    """Transactions of a moment ago that ended so, counted."""
    for state in states:
        a_transaction(made, at=clock.now() - timedelta(minutes=1), state=state, took=timedelta(seconds=2))
    count_hours()


def test_without_traffic_nobody_is_told_that_it_is_well(support: Client) -> None:
    page = text(support.get(HERE))
    assert "Order-to-cash 1" in page
    assert "no traffic in 24 h" in page
    assert "1 between 2 systems. 1 without traffic." in page


def test_one_that_arrives_is_well_and_says_how_much(support: Client, made: Estate) -> None:
    ended(made, *[TransactionState.SUCCEEDED] * 3)
    page = text(support.get(HERE))
    assert "None unhealthy." in page
    assert "100 %" in page
    one = text(support.get(f"{HERE}{made.integration.slug}/"))
    assert "Arrived, 24 h 100 % 0 of 3 did not" in one
    assert "Post to the ledger" in one
    assert "100 % arrived in 24 h" in one
    assert "Half ended within 1.8 s, 95 in 100 within 2.4 s." in one


def test_one_of_which_too_little_arrives_is_unhealthy(support: Client, made: Estate) -> None:
    ended(made, TransactionState.SUCCEEDED, TransactionState.DEAD)
    assert "1 unhealthy." in text(support.get(HERE))
    assert "1 failed in 24 h" in text(support.get(f"{HERE}?show=unhealthy"))
    assert "None of them" in text(support.get(f"{HERE}?show=at-risk"))


def test_one_whose_destination_is_paused_says_which(support: Client, made: Estate) -> None:
    ended(made, TransactionState.SUCCEEDED)
    DestinationState.objects.update(paused_until=FOR_GOOD)
    assert ": paused" in text(support.get(f"{HERE}?show=paused"))


def test_one_whose_destination_is_retired_says_which(support: Client, made: Estate) -> None:
    ended(made, TransactionState.SUCCEEDED)
    Destination.objects.update(active=False)
    assert ": retired" in text(support.get(f"{HERE}?show=paused"))


def test_one_that_is_not_live_is_not_judged(support: Client, made: Estate) -> None:
    Integration.objects.update(stage=Stage.PROPOSED)
    ended(made, TransactionState.DEAD)
    assert "Proposed" in text(support.get(HERE))
    assert "None unhealthy" not in text(support.get(HERE))


def test_mine_are_those_that_i_may_change(client: Client, made: Estate) -> None:
    client.force_login(an_account("Mara", Role.OWNER, made.team))
    assert made.integration.name in text(client.get(f"{HERE}?show=mine"))
    client.force_login(an_account("Greta", Role.EXECUTIVE))
    assert "None of them" in text(client.get(f"{HERE}?show=mine"))


def test_everybody_sees_how_it_is_and_only_its_team_what_went_through(board: Client, made: Estate) -> None:
    ended(made, TransactionState.SUCCEEDED)
    page = text(board.get(f"{HERE}{made.integration.slug}/"))
    assert "Not yours to see" in page
    assert "Arrived, 24 h 100 %" in page
    assert "Search its transactions" not in page


def test_what_does_not_exist_is_not_there_and_rubbish_is_refused(support: Client) -> None:
    assert support.get(f"{HERE}nothing-of-that-name/").status_code == 404
    assert support.get(f"{HERE}?show=everything").status_code == 400
    assert support.get(f"{HERE}?after={'x' * 60}").status_code == 400
    assert support.get(f"{HERE}?after=%00").status_code == 400


def test_nobody_sees_it_without_signing_in(client: Client, made: Estate) -> None:
    assert client.get(HERE).status_code == 302
    assert client.get(f"{HERE}{made.integration.slug}/").status_code == 302


def test_the_list_asks_as_many_questions_for_many_as_for_one(
    support: Client, made: Estate, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        Integration.objects.create(
            slug=f"more-{number}", name=f"More {number}", team=made.team, environment=made.integration.environment
        )
    with django_assert_max_num_queries(19):
        support.get(HERE)


def many(made: Estate, count: int) -> list[str]:
    """The names of so many more, of no process, in the order of the alphabet."""
    names = [f"More {number:03}" for number in range(count)]
    Integration.objects.bulk_create(
        Integration(
            slug=f"m-{7919 * place % 9973}", name=name, team=made.team, environment=made.integration.environment
        )
        for place, name in enumerate(names)
    )
    return names


def pages(client: Client, address: str) -> list[str]:
    """What a person reads who goes on from page to page until there is none after it."""
    found = []
    while address:
        answer = client.get(address)
        found.append(text(answer))
        address = answer.context["older"]
    return found


def test_who_goes_on_from_page_to_page_reads_each_once_in_the_order_of_processes(support: Client, made: Estate) -> None:
    names = many(made, 2 * PAGE)
    found = pages(support, HERE)
    assert len(found) == 3
    assert made.integration.name in found[0]
    assert re.findall(r"More \d{3}", " ".join(found)) == names


def test_what_is_counted_is_counted_of_all_and_not_of_the_page(support: Client, made: Estate) -> None:
    many(made, PAGE)
    ended(made, TransactionState.DEAD)
    for page in pages(support, HERE):
        assert f"{PAGE + 1} between 2 systems. 1 unhealthy, {PAGE} without traffic." in page
        assert f"No process yet {PAGE}" in page
        assert "Unhealthy 1" in page


def test_an_unhealthy_one_is_found_however_far_behind_it_stands(support: Client, made: Estate) -> None:
    many(made, 2 * PAGE)
    Integration.objects.filter(pk=made.integration.pk).update(process=None, name="Z, the last")
    ended(made, TransactionState.DEAD)
    assert "Z, the last" not in text(support.get(HERE))
    (page,) = pages(support, f"{HERE}?show=unhealthy")
    assert "Z, the last" in page


def test_the_lowest_score_stands_first_and_later_pages_keep_that_order(support: Client, made: Estate) -> None:
    a_policy()
    run_everything()
    names = many(made, PAGE)
    Integration.objects.filter(pk=made.integration.pk).update(name="Z, the lowest")
    first, second = pages(support, f"{HERE}?sort=score")
    assert "Z, the lowest" in first
    assert re.findall(r"More \d{3}", first + second) == names
    assert f"The lowest score first {PAGE + 1}" in second


def test_a_page_goes_on_behind_one_that_the_filter_does_not_keep_any_more(support: Client, made: Estate) -> None:
    many(made, 3)
    last = Integration.objects.get(name="More 001")
    Integration.objects.filter(pk=last.pk).update(stage=Stage.RETIRED)
    assert re.findall(r"More \d{3}", text(support.get(f"{HERE}?after={last.slug}"))) == ["More 002"]
    assert "The list ends before this place." in text(support.get(f"{HERE}?after=nobody"))


def one_waits(made: Estate) -> None:
    """One arrived, and a delivery of another waits for a person."""
    ended(made, TransactionState.SUCCEEDED)
    at = clock.now() - timedelta(minutes=1)
    transaction = a_transaction(made, at=at)
    a_dead_letter(a_step_run(transaction, made, "ledger"), transaction, at)


@pytest.mark.parametrize(
    ("become", "kind"),
    [
        (lambda _: None, "off"),
        (lambda made: ended(made, TransactionState.SUCCEEDED), "ok"),
        (lambda made: ended(made, TransactionState.DEAD), "bad"),
        (lambda _: DestinationState.objects.update(paused_until=FOR_GOOD), "pause"),
        (lambda _: DestinationState.objects.update(breaker=BreakerState.OPEN), "bad"),
        (lambda _: DestinationState.objects.update(breaker=BreakerState.OPEN, paused_until=FOR_GOOD), "pause"),
        (lambda _: Destination.objects.update(active=False), "pause"),
        (one_waits, "warn"),
        (lambda _: Integration.objects.update(stage=Stage.PROPOSED), "off"),
    ],
)
def test_one_is_counted_as_what_its_row_says(made: Estate, become: Callable[[Estate], object], kind: str) -> None:
    become(made)
    access, now = an_access(Role.SUPPORT, made.team), clock.now()
    (counted,) = listing.of(Integration.objects.all(), access, now).all
    (shown,) = health.of(list(Integration.objects.all()), access, now)
    assert (counted.kind, shown.kind) == (kind, kind)
    assert sorted(set(counted.systems)) == sorted(system.pk for system in shown.systems)


def test_what_went_through_last_is_a_click_away(support: Client, made: Estate) -> None:
    one = a_transaction(made, at=clock.now() - timedelta(minutes=1))
    page = support.get(f"{HERE}{made.integration.slug}/").content.decode()
    assert f'href="/tx/{one.id}/"' in page


def test_a_version_of_its_flow_stands_in_its_history(support: Client, made: Estate) -> None:
    page = text(support.get(f"{HERE}{made.integration.slug}/"))
    assert "version 1 published" in page
