"""The map as people read it: what stands on what, and what breaks if something stops."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.foundation import clock
from controlplane.inventory.models import (
    Environment,
    FailureMode,
    Integration,
    Interface,
    InterfaceKind,
    ProcessStep,
    Stage,
    System,
    SystemStage,
)
from controlplane.people.models import Person, Team
from controlplane.people.roles import Role
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.upkeep import make_partitions
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.traffic import paid_invoice

pytestmark = pytest.mark.django_db

HERE = "/integrations/map/"
STOP = f"{HERE}?stop="


def text(answer: Any, status: int = 200) -> str:
    """What a person reads."""
    assert answer.status_code == status, answer.content[:500]
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode().replace("<", " <")))


@pytest.fixture
def made() -> Estate:
    """Stripe's invoices go to Tryton and a notifier; Mara owns that, and Tomás stands in for her."""
    make_partitions()
    found = estate()
    System.objects.filter(slug="tryton").update(domain="Finance")
    mara, tomas = (Person.objects.create(name=name) for name in ("Mara Lindqvist", "Tomás Ortega"))
    process = found.integration.process
    assert process is not None
    step = ProcessStep.objects.create(process=process, number=1, slug="book", name="Book the payment")
    Integration.objects.filter(pk=found.integration.pk).update(owner=mara, deputy=tomas)
    found.integration.steps.add(step)
    FailureMode.objects.create(
        integration=found.integration,
        slug="closed",
        name="The month is closed",
        sign="Tryton answers 409.",
        workaround="Finance books by hand from the list at noon.",
    )
    return found


@pytest.fixture
def board(client: Client, made: Estate) -> Client:
    """Somebody who may see no transaction of that team."""
    client.force_login(an_account("Greta Nilsen", Role.SUPPORT, Team.objects.create(slug="other", name="Other")))
    return client


@pytest.fixture
def support(client: Client, made: Estate) -> Client:
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, made.team))
    return client


def test_it_lists_every_object_with_what_it_stands_on(board: Client) -> None:
    page = text(board.get(HERE))
    assert "1 integration between 3 systems." in page
    assert (
        "Billing: invoice to ledger no traffic in 24 h Integration agrees on: Paid invoice is proved by: Billing ERP "
        "reads: Stripe writes; 1 never declared: Tryton writes; 1 never declared: Notifier "
        "Order-to-cash is carried by If it stops : Billing: invoice to ledger"
    ) in page


def test_what_a_stopped_target_means_is_that_integrations_wait(board: Client) -> None:
    page = text(board.get(f"{STOP}system:tryton"))
    assert "If Tryton stops Stop 0 Wait 1 Processes hit 1" in page
    assert "Waits in the queue, not lost 1 Billing: invoice to ledger never declared" in page
    assert "Order-to-cash waits at Book the payment" in page
    assert "Mara Lindqvist owns Billing: invoice to ledger, which waits" in page
    assert "Tomás Ortega deputy for Billing: invoice to ledger, which waits" in page
    assert "The month is closed Billing: invoice to ledger: Tryton answers 409." in page
    assert "Finance books by hand from the list at noon." in page
    assert "Gets nothing new" not in page


def test_what_a_stopped_source_means_is_that_nothing_new_arrives(board: Client) -> None:
    page = text(board.get(f"{STOP}system:stripe"))
    assert "If Stripe stops Stop 1 Wait 0" in page
    assert "Stops: nothing new arrives 1" in page
    assert re.search(r"Gets nothing new Notifier Tryton", page)


@pytest.mark.parametrize(
    ("stop", "says"),
    [
        ("instance:billing-erp", "Stop 0 Wait 1"),
        ("interface:billing-webhooks", "Stop 1 Wait 0"),
        ("integration:billing-invoices", "Stop 1 Wait 0"),
        ("credential:billing-erp", "Stop 0 Wait 1"),
        ("contract:billing-invoice", "Stop 1 Wait 0"),
    ],
)
def test_anything_that_can_stop_is_asked_about(board: Client, stop: str, says: str) -> None:
    assert says in text(board.get(f"{STOP}{stop}"))


def test_a_declared_target_is_said_and_seen(board: Client, made: Estate) -> None:
    door = Interface.objects.create(slug="erp-api", instance=made.erp, kind=InterfaceKind.REST, name="Tryton API")
    made.integration.targets.add(door)
    page = text(board.get(f"{STOP}system:tryton"))
    assert "never declared" not in page.partition("If Tryton stops")[2].partition("Business processes")[0]
    assert "writes: Tryton API" in text(board.get(f"{HERE}?about=integration:billing-invoices&group=objects"))


def test_what_is_retired_breaks_nothing(board: Client) -> None:
    Integration.objects.update(stage=Stage.RETIRED)
    page = text(board.get(f"{STOP}system:tryton"))
    assert "Nothing stands on it" in page


def test_a_system_that_is_being_retired_says_so(board: Client) -> None:
    System.objects.filter(slug="tryton").update(stage=SystemStage.RETIRING)
    assert "Tryton Being retired" in text(board.get(HERE))
    assert "Tryton is being retired" in text(board.get("/integrations/billing-invoices/"))


def test_a_day_is_counted_and_customers_within_a_limit(support: Client, made: Estate) -> None:
    for minutes in (5, 6, 7):
        paid_invoice(made, at=clock.now() - timedelta(minutes=minutes))
    count_hours()
    page = text(support.get(f"{STOP}system:tryton"))
    assert "A day 3" in page
    assert text(support.get(f"{HERE}customers/?stop=system:tryton")).strip() == "1 last: cus_R7v2"


def test_customers_are_counted_for_everybody_and_named_to_their_team_alone(board: Client, made: Estate) -> None:
    paid_invoice(made, at=clock.now() - timedelta(minutes=5))
    assert text(board.get(f"{HERE}customers/?stop=system:tryton")).strip() == "1"


def test_it_is_taken_along_as_a_table(board: Client, made: Estate) -> None:
    Integration.objects.update(name="=cmd|' /C calc'!A0")
    answer: Any = board.get(f"{HERE}impact.csv?stop=system:tryton")
    head, line = b"".join(answer.streaming_content).decode().splitlines()
    assert head.startswith("\ufeffintegration,name,stops or waits,declared")
    assert line == (
        "billing-invoices,'=cmd|' /C calc'!A0,waits,no,normal,production,Order-to-cash,Book the payment,Billing,"
        "Mara Lindqvist,Tomás Ortega,,The month is closed: Finance books by hand from the list at noon.,"
    )
    assert answer["Content-Disposition"] == 'attachment; filename="impact-system-tryton.csv"'


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("stop=system:nowhere", 404, "There is no system &#x27;nowhere&#x27; here."),
        ("stop=process:order-to-cash", 400, "Name what stops as kind:name"),
        ("about=system:nowhere", 404, "There is no &#x27;system nowhere&#x27; here."),
        ("hops=9", 400, "hops="),
        ("group=galaxies", 400, "group="),
        (f"team={'x' * 200}", 400, "team= is no name of anything."),
    ],
)
def test_what_cannot_be_meant_is_told(board: Client, query: str, status: int, says: str) -> None:
    assert says in text(board.get(f"{HERE}?{query}"), status)


def test_it_is_narrowed_down_and_says_when_nothing_is_left(board: Client, made: Estate) -> None:
    assert "Billing: invoice to ledger" in text(board.get(f"{HERE}?domain=Finance&team=billing"))
    page = text(board.get(f"{HERE}?domain=Finance&team=other"))
    assert "Nothing here is that" in page


def test_it_is_of_the_environment_that_is_looked_at(board: Client, made: Estate) -> None:
    staging = Environment.objects.create(slug="staging", name="Staging")
    Integration.objects.create(slug="trial", name="Trial", team=made.team, environment=staging)
    board.post("/environment/", {"environment": "staging"})
    page = text(board.get(HERE))
    assert "Trial" in page
    assert "1 integration between 0 systems." in page
    board.post("/environment/", {"environment": "production"})
    assert "Trial" not in text(board.get(HERE))


def test_nobody_reads_it_who_is_not_signed_in(made: Estate) -> None:
    assert Client().get(HERE).status_code == 302
