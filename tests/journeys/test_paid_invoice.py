"""An invoice is paid in one real system, becomes a sale in another, and a third is told."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from controlplane.people.roles import Role
from controlplane.transactions.models import Attempt, DeadLetter, StepRun
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from tests.journeys.company import Company
from tests.journeys.plant import wait
from tests.transactions.factories import an_access, an_account

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]


BACKEND = "django.contrib.auth.backends.ModelBackend"


def states(transaction_id: UUID) -> dict[str, StepState]:
    return {run.name: StepState(run.state) for run in StepRun.objects.filter(transaction_id=transaction_id)}


def test_a_paid_invoice_becomes_a_sale_and_is_found_by_every_id(company: Company) -> None:
    invoice = company.pay()
    done = company.ended(invoice)
    assert TransactionState(done.state) is TransactionState.SUCCEEDED
    [sale] = company.erp.sales(invoice.id)
    assert sale["description"] == "Paid 125.00 EUR"
    [told] = [webhook.event for webhook in company.listener.wait_until(bool)]
    assert told["invoice"] == invoice.id
    code = sale["party."]["code"]
    support = Client()
    support.force_login(an_account("Elif Kaya", Role.SUPPORT, done.integration.team), BACKEND)
    for query in (f"customer:{invoice.customer['id']}", f"customer:{code}", f"invoice:{invoice.id}", invoice.id):
        assert str(done.id) in support.get("/tx/", {"q": query}, follow=True).content.decode(), query
    page = support.get(f"/tx/{done.id}/").content.decode()
    for title in ("Find or make the customer", "Draft the sale", "Tell the listener"):
        assert title in page
    assert states(done.id) == dict.fromkeys(("party", "sale", "listener"), StepState.SUCCEEDED)


def test_a_stopped_erp_is_retried_dead_lettered_and_replayed_to_one_record(company: Company) -> None:
    company.erp.stop()
    invoice = company.pay()
    done = company.ended(invoice)
    assert TransactionState(done.state) is TransactionState.DEAD
    letter = DeadLetter.objects.get(transaction_id=done.id)
    tried = Attempt.objects.filter(step_run_id=letter.step_run_id)
    assert [Outcome(one.outcome) for one in tried] == [Outcome.TRANSIENT] * 3
    assert states(done.id) == {
        "party": StepState.DEAD,
        "sale": StepState.SKIPPED,
        "listener": StepState.SKIPPED,
    }
    company.erp.start()
    access = an_access(Role.SUPPORT, done.integration.team)
    request_replay(access, step_run_ids=[letter.step_run_id], reason="The ERP is back")
    wait(lambda: company.transaction(invoice).state == TransactionState.SUCCEEDED, "the replay succeeded")
    assert len(company.erp.sales(invoice.id)) == 1
    assert states(done.id) == dict.fromkeys(("party", "sale", "listener"), StepState.SUCCEEDED)


def test_with_the_optional_target_down_the_core_is_done(company: Company) -> None:
    company.listener.__exit__(None, None, None)
    invoice = company.pay()
    done = company.ended(invoice)
    assert TransactionState(done.state) is TransactionState.PARTIAL
    assert len(company.erp.sales(invoice.id)) == 1
    assert states(done.id) == {
        "party": StepState.SUCCEEDED,
        "sale": StepState.SUCCEEDED,
        "listener": StepState.DEAD,
    }
