"""Integrations as people see them: how each is and why, by process; and the page of one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.foundation import clock
from controlplane.inventory.models import Criticality, Integration, Stage
from controlplane.people.roles import Role
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.models import DestinationState
from controlplane.transactions.rules.pauses import FOR_GOOD
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.upkeep import make_partitions
from tests.transactions.factories import Estate, a_process, an_account, deliver, estate
from tests.transactions.traffic import a_transaction

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


def test_what_went_through_last_is_a_click_away(support: Client, made: Estate) -> None:
    one = a_transaction(made, at=clock.now() - timedelta(minutes=1))
    page = support.get(f"{HERE}{made.integration.slug}/").content.decode()
    assert f'href="/tx/{one.id}/"' in page


def test_a_version_of_its_flow_stands_in_its_history(support: Client, made: Estate) -> None:
    page = text(support.get(f"{HERE}{made.integration.slug}/"))
    assert "version 1 published" in page
