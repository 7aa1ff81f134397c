"""Sync jobs move customers from a real ERP to real billing and back, through the same path as webhooks."""

from __future__ import annotations

import pytest

from controlplane.transactions.models import StepRun, Transaction
from controlplane.transactions.rules.states import StepState, TransactionState
from tests.journeys.company import SECRET, Company

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]


def test_a_job_moves_parties_out_and_another_moves_customers_back(company: Company) -> None:
    company.billing.register_webhook("journey", f"{company.plant.url}/in/billing", SECRET, events=["nothing.here"])
    party = company.erp.party("Wels Prüftechnik")
    [entered] = company.erp.parties(["id", "=", party])
    out = company.sync("parties")
    moved = Transaction.objects.get(sync_run_id=out.pk, external_id=str(party))
    assert TransactionState(moved.state) is TransactionState.SUCCEEDED
    [customer] = [
        one
        for one in company.billing.api("GET", "/v1/customers?limit=100")["data"]
        if one["metadata"].get("interlock_id") == entered["code"]
    ]
    assert customer["name"] == "Wels Prüftechnik"

    seen = company.sync("customers")
    assert Transaction.objects.filter(sync_run_id=seen.pk, external_id=customer["id"]).count() == 0

    company.billing.api("POST", f"/v1/customers/{customer['id']}", [("name", "Wels Prüftechnik GmbH")])
    back = company.sync("customers")
    returned = Transaction.objects.get(sync_run_id=back.pk, external_id=customer["id"])
    assert TransactionState(returned.state) is TransactionState.SUCCEEDED
    [run] = StepRun.objects.filter(transaction_id=returned.id)
    assert (StepState(run.state), run.external_id) == (StepState.SUCCEEDED, str(party))
    [changed] = company.erp.parties(["id", "=", party])
    assert changed["name"] == "Wels Prüftechnik GmbH"

    assert company.sync("parties").changed == 0
    assert company.sync("customers").changed == 0
