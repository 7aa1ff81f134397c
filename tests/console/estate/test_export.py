"""``manage.py estate export``: everything there is as a document, which is an empty plan where it was written."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import transaction

from controlplane.console.estate.apply import apply
from controlplane.contracts.models import Contract, ContractVersion
from controlplane.credentials.models import Credential
from controlplane.standalone.sandbox.marks import COMPANY
from controlplane.sync.models import SyncJob
from controlplane.transactions.models import Destination, DestinationState, FlowVersion, Route
from controlplane.transactions.rules.states import Lane
from tests.console.estate.conftest import OPERATOR, ApplyIt, Document, changed, counted, journeys, small
from tests.console.estate.test_documentation import TEXT
from tests.console.estate.test_questions import asking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stewards")]


def company() -> Document:
    """The sandbox's."""
    found: Document = yaml.safe_load(COMPANY.read_text().replace("$SYSTEMS", "http://127.0.0.1:20009"))
    return found


def documented() -> Document:
    """The one in ``docs/estate.md``."""
    found: Document = yaml.safe_load(TEXT.split("```yaml\n")[1].split("```")[0])
    return found


def export(*options: str) -> tuple[str, list[str]]:
    """The document that is written, and what is said of what it does not hold."""
    out, said = io.StringIO(), io.StringIO()
    call_command("estate", "export", *options, stdout=out, stderr=said)
    return out.getvalue(), said.getvalue().splitlines()


def said_of(environment: str) -> list[str]:
    """What is said beside the document of one environment."""
    return export("--environment", environment)[1]


def contents() -> dict[str, set[Any]]:
    """What versions, routes and limits there are, without their numbers in the database."""
    states = DestinationState.objects.values_list("destination__slug", "max_in_flight", "rate_per_second")
    return {
        "contracts": set(ContractVersion.objects.values_list("contract__slug", "content_hash")),
        "flows": set(FlowVersion.objects.values_list("flow__slug", "content_hash", "ordering")),
        "routes": set(Route.objects.values_list("flow__slug", "event_type", "interface__slug", "condition", "active")),
        "limits": set(states),
    }


@pytest.mark.parametrize("estate", [small, journeys, company, documented, asking])
def test_it_is_an_empty_plan_here_and_the_same_estate_elsewhere(estate: Callable[[], Document], tmp_path: Path) -> None:
    file = tmp_path / "company.yaml"
    estate()
    with transaction.atomic():
        apply(estate(), actor=OPERATOR)
        before, rows = contents(), counted()
        text, said = export()
        assert export() == (text, said)
        file.write_text(text)
        out = io.StringIO()
        call_command("estate", "plan", str(file), stdout=out)
        transaction.set_rollback(True)

    assert said == []
    assert out.getvalue().splitlines()[-1].startswith("0 to create, 0 to change, ")
    call_command("estate", "apply", str(file), stdout=io.StringIO())
    assert (contents(), counted()) == (before, rows)
    assert export() == (text, [])


def test_it_is_written_as_people_write_it(apply_it: ApplyIt) -> None:
    apply_it({key: small()[key] for key in ("systems", "teams", "instances", "interfaces", "integrations", "mappings")})
    apply_it({"teams": {"a-team": {"name": "no"}}})

    text, said = export()

    assert said == []
    assert (
        text
        == """\
# The estate, as `manage.py estate export` wrote it. Secrets are references.
environments:
  production: {}
teams:
  a-team: {name: 'no'}
  finance: {}
systems:
  billing: {connector: stripe}
  listener: {connector: webhook}
instances:
  billing: {system: billing, base_url: 'https://billing.example'}
  listener: {system: listener, base_url: 'https://listener.example'}
interfaces:
  webhooks: {instance: billing, kind: webhook}
integrations:
  invoices: {team: finance, source: webhooks}
mappings:
  canonical:
    integration: invoices
    lines: {number: record.id}
"""
    )


def test_only_the_newest_versions_and_the_routes_that_start_something_are_in_it(apply_it: ApplyIt) -> None:
    apply_it(small())
    document = changed(small(), "contracts.invoice.schema", {"type": "object", "required": ["id"]})
    document = changed(
        document, "flows.tell.routes", [{"event_type": "invoice.sent", "condition": "event.number != ''"}]
    )
    apply_it(document)

    text, said = export()

    found = yaml.safe_load(text)
    assert said == []
    assert found["contracts"]["invoice"]["schema"] == {"type": "object", "required": ["id"]}
    assert found["flows"]["tell"] == document["flows"]["tell"]


def test_what_a_document_cannot_say_is_said_beside_it(apply_it: ApplyIt) -> None:
    apply_it(small())
    Contract.objects.create(slug="empty", name="Empty", team=Contract.objects.get().team)
    SyncJob.objects.update(deleted_share=None)

    _, said = export()

    assert said == [
        "contracts.empty has no version that a document could hold; it is left out.",
        "jobs.customers: it has no deleted_share; a document cannot say so.",
        "This is not said as it is; applying the document would change:",
        "~ jobs.customers",
        "    deleted_share: nothing -> 0.05",
        "0 to create, 1 to change, 15 as they are",
    ]


def test_what_is_switched_off_or_expires_is_said(apply_it: ApplyIt) -> None:
    apply_it(small())
    Destination.objects.update(active=False)
    SyncJob.objects.update(active=False, deleted_free=9, lane=Lane.CRITICAL)
    Credential.objects.update(expires_at=datetime(2027, 1, 31, 12, tzinfo=UTC))

    text, said = export()

    found = yaml.safe_load(text)
    assert said == []
    assert found["destinations"]["listener"] == {"instance": "listener", "active": False}
    assert found["credentials"]["billing"]["expires_at"] == "2027-01-31T12:00:00+00:00"
    job = found["jobs"]["customers"]
    assert (job["active"], job["deleted_free"], job["lane"]) == (False, 9, "critical")


def test_what_somebody_switched_off_stays_off_until_a_document_says_otherwise(apply_it: ApplyIt) -> None:
    apply_it(small())
    Destination.objects.update(active=False)
    Credential.objects.update(expires_at=datetime(2027, 1, 31, 12, tzinfo=UTC))

    assert apply_it(small()).changed == []
    assert apply_it(changed(small(), "destinations.listener.active", True)).changed == ["destinations.listener"]


def test_a_normalisation_that_stays_with_an_older_version_is_said(apply_it: ApplyIt) -> None:
    apply_it(small())
    first = ContractVersion.objects.get()
    ContractVersion.objects.create(contract=first.contract, number=2, content_hash="x", state="published")

    _, said = export()

    assert '    contract: "invoice v1" -> "invoice v3"' in said


def test_a_secret_that_stands_where_a_reference_belongs_is_not_written(apply_it: ApplyIt) -> None:
    apply_it(small())
    Credential.objects.update(references={"api_key": "sk_live_hunter2"})

    text, said = export()

    assert "hunter2" not in text
    assert said == [
        "credentials.billing: references holds what is no reference; it is left out.",
        "This cannot be applied as it is written. credentials.billing.references: Stripe needs 'api_key'.",
    ]


def test_an_environment_is_what_is_in_it_and_what_that_stands_on(apply_it: ApplyIt) -> None:
    apply_it(company())

    text, said = export("--environment", "staging")

    found = yaml.safe_load(text)
    assert said == []
    assert {section: list(entries) for section, entries in found.items()} == {
        "environments": ["staging"],
        "companies": ["halden"],
        "teams": ["orders"],
        "systems": ["invoicing", "odoo"],
        "instances": ["staging-invoicing", "staging-odoo"],
        "interfaces": ["staging-odoo-webhooks"],
        "processes": ["quote-to-cash"],
        "integrations": ["order-to-invoice-staging"],
        "contracts": ["sale-order"],
        "mappings": ["sale-order-staging"],
        "endpoints": ["odoo-staging"],
        "normalisations": ["staging-odoo-webhooks-sale-order-confirmed"],
        "destinations": ["invoicing-staging"],
        "flows": ["order-to-invoice-staging"],
    }


def test_of_what_is_in_another_environment_nothing_is_said(apply_it: ApplyIt) -> None:
    apply_it(company())
    SyncJob.objects.filter(slug="stripe-customers").update(deleted_share=None)

    assert said_of("staging") == []
    assert said_of("sandbox")[0] == "jobs.stripe-customers: it has no deleted_share; a document cannot say so."


def test_what_an_environment_borrows_from_another_is_in_it_and_said(apply_it: ApplyIt) -> None:
    apply_it(changed(changed(small(), "environments.staging", {}), "instances.listener.environment", "staging"))

    text, said = export("--environment", "production")

    assert said == [
        "destinations.listener is not of production; flows.tell refers to it.",
        "instances.listener is not of production; destinations.listener refers to it.",
    ]
    assert set(yaml.safe_load(text)["environments"]) == {"production", "staging"}


def test_an_environment_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(CommandError, match=r"^There is no environment 'stagin'; there are: production\.$"):
        export("--environment", "stagin")
