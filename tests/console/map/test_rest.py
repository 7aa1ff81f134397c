"""Impact by the API, and as a fact for whoever judges a change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.registries import evidence
from controlplane.inventory.models import FailureMode
from controlplane.people.models import Team
from controlplane.people.roles import Role
from controlplane.transactions.upkeep import make_partitions
from tests.people.rest.asking import Program, a_program
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.traffic import paid_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Estate:
    make_partitions()
    found = estate()
    FailureMode.objects.create(
        integration=found.integration, slug="closed", name="The month is closed", workaround="By hand at noon."
    )
    paid_invoice(found, at=clock.now() - timedelta(minutes=5))
    return found


def program(made: Estate, team: Team | None = None) -> Program:
    return a_program(an_account("Elif Kaya", Role.SUPPORT, team or made.team), Role.SUPPORT, team or made.team)


def test_it_tells_what_breaks(made: Estate) -> None:
    said = program(made).get("impact", of="system:tryton").json()
    assert (said["of"], said["name"], said["per_day"]) == ("system:tryton", "Tryton", None)
    assert said["sentence"] == "If Tryton stops, 0 integrations stop, 1 waits; 1 process hit."
    (one,) = said["integrations"]
    assert (one["slug"], one["hit"], one["declared"], one["team"]) == (
        "billing-invoices",
        "waits",
        False,
        "billing",
    )
    assert one["failure_modes"] == [{"name": "The month is closed", "sign": "", "workaround": "By hand at noon."}]
    assert said["processes"] == [{"slug": "order-to-cash", "name": "Order-to-cash", "hit": "waits", "steps": []}]
    assert said["teams"] == [{"slug": "billing", "name": "Billing", "integrations": 1}]
    assert said["customers"] == {"count": 1, "more": False, "names": ["cus_R7v2"]}


def test_customers_are_named_to_their_team_alone(made: Estate) -> None:
    other = Team.objects.create(slug="other", name="Other")
    said = program(made, other).get("impact", of="system:tryton").json()
    assert said["customers"] == {"count": 1, "more": False, "names": []}


@pytest.mark.parametrize(
    ("of", "status"), [("system:nowhere", 404), ("process:order-to-cash", 400), ("tryton", 400), ("", 422)]
)
def test_what_cannot_be_asked_is_a_problem(made: Estate, of: str, status: int) -> None:
    answer = program(made).get("impact", of=of)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["field"] == "of"


def test_it_is_evidence_for_a_change(made: Estate) -> None:
    subject = Subject("integration", str(made.integration.pk))
    found = evidence.get("impact")(subject)
    assert found.sentence == "If Billing: invoice to ledger stops, 1 integration stops, 0 wait; 1 process hit."
    (one,) = found.affected
    assert (one.name, one.use, one.owner, one.url) == (
        "Billing: invoice to ledger",
        "stops",
        "Billing",
        "/integrations/billing-invoices/",
    )
    assert evidence.get("impact.integrations")(Subject("system", "tryton")) == ["billing-invoices"]
    assert evidence.get("impact.processes")(Subject("system", "tryton")) == ["order-to-cash"]
    assert evidence.get("impact.people")(Subject("system", "tryton")) == []
    assert evidence.get("impact.daily_volume")(Subject("system", "tryton")) is None
    assert str(evidence.get("impact.customers")(Subject("system", "tryton"))) == "1"


def test_of_what_is_not_there_nothing_is_measured(made: Estate) -> None:
    assert evidence.get("impact")(Subject("system", "nowhere")) is None
    assert evidence.get("impact")(Subject("policy", "runbook-present")) is None
