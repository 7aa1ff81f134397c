"""Customers are kept the same in two real systems, with a flow in each direction, and nothing goes round in circles."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.transactions.models import Transaction
from controlplane.transactions.rules.states import TransactionState
from tests.journeys.company import Company
from tests.journeys.plant import wait

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]


def customer_events(company: Company) -> list[str]:
    """What billing has reported of its customers so far: one event for each write there."""
    return [event["type"] for event in company.billing.events() if event["type"].startswith("customer.")]


def all_heard(company: Company, before: int) -> None:
    """Wait until every report of a customer since ``before`` has arrived here and come to its end."""
    wait(
        lambda: Transaction.objects.filter(resource="customer").count() >= len(customer_events(company)) - before,
        "billing's reports have arrived",
    )
    company.quiet()


def in_billing(company: Company, code: str) -> dict[str, Any]:
    """The one customer in billing that stands for the party of that code."""
    customers = company.billing.api("GET", "/v1/customers?limit=100")["data"]
    [found] = [one for one in customers if one["metadata"].get("interlock_id") == code]
    return dict(found)


def test_one_human_edit_in_the_erp_causes_one_write_in_billing_and_then_silence(company: Company) -> None:
    party = company.erp.party("Rieder Umwelttechnik")
    [entered] = company.erp.parties(["id", "=", party])
    before = len(customer_events(company))
    first = company.sync()
    assert first.read >= 1
    all_heard(company, before)
    assert in_billing(company, entered["code"])["name"] == "Rieder Umwelttechnik"

    made = len(customer_events(company))
    company.erp.edit_party(party, name="Rieder Umwelttechnik GmbH")
    stamp = _erp_stamp(company, party)
    run = company.sync()
    assert run.changed == 1
    all_heard(company, before)
    assert in_billing(company, entered["code"])["name"] == "Rieder Umwelttechnik GmbH"
    assert customer_events(company)[made:] == ["customer.updated"]

    silence = company.sync()
    assert (silence.changed, len(customer_events(company))) == (0, made + 1)
    assert _erp_stamp(company, party) == stamp
    customer = in_billing(company, entered["code"])
    heard = Transaction.objects.filter(event_type="customer.changed", external_id=customer["id"])
    assert {(one.state, one.reason) for one in heard} == {(TransactionState.IGNORED, "echo")}


def test_one_human_edit_in_billing_causes_one_write_in_the_erp_and_then_silence(company: Company) -> None:
    party = company.erp.party("Linzer Medizintechnik")
    [entered] = company.erp.parties(["id", "=", party])
    before = len(customer_events(company))
    company.sync()
    customer = in_billing(company, entered["code"])
    made = len(customer_events(company))
    company.billing.api("POST", f"/v1/customers/{customer['id']}", [("name", "Linzer Medizintechnik AG")])
    all_heard(company, before)
    [changed] = company.erp.parties(["id", "=", party])
    assert changed["name"] == "Linzer Medizintechnik AG"
    stamp = _erp_stamp(company, party)
    silence = company.sync()
    assert silence.changed == 0
    assert customer_events(company)[made:] == ["customer.updated"]
    assert _erp_stamp(company, party) == stamp


def _erp_stamp(company: Company, party: int) -> Any:
    """When the party was last written in the ERP."""
    [row] = company.erp.rpc("party.party.read", [party], ["_timestamp"])
    return row["_timestamp"]
