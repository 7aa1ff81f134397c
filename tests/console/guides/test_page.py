"""A guide in the page: it asks, recommends with reasons, and the decision stands with the integration."""

from __future__ import annotations

import pytest
from django.test import Client

from controlplane.inventory.models import Decision, Integration
from controlplane.people.models import Team
from controlplane.people.roles import Role
from tests.console.map.test_page import text
from tests.transactions.factories import Estate, an_account, estate

pytestmark = pytest.mark.django_db

HERE = "/integrations/billing-invoices/decide/timing/"
ASKED = "late=morning&tells=whole&amount=masses"
ANSWERS = {"late": "morning", "tells": "whole", "amount": "masses"}


@pytest.fixture
def made() -> Estate:
    return estate()


@pytest.fixture
def mara(client: Client, made: Estate) -> Client:
    client.force_login(an_account("Mara Lindqvist", Role.OWNER, made.team))
    return client


def test_it_asks_and_says_why(mara: Client) -> None:
    page = text(mara.get(HERE))
    assert "When is it too late? The latest moment at which it still helps decides;" in page
    assert "Recommended" not in page


def test_it_recommends_with_reasons(mara: Client) -> None:
    page = text(mara.get(f"{HERE}?{ASKED}"))
    assert "Recommended: Batch" in page
    assert "+ By the next morning is soon enough." in page
    assert "− Nobody needs it before the morning." in page


def test_what_is_decided_stands_on_the_page_of_the_integration(mara: Client) -> None:
    said = {**ANSWERS, "chosen": "micro-batch", "deviation": "The auditor wants it hourly."}
    answer = mara.post(HERE, said, follow=True)
    page = text(answer)
    assert "Decided: Micro-batch. It stands with the integration." in page
    assert "Real time or batch: Micro-batch" in page
    assert "Recommended was Batch: The auditor wants it hourly." in page
    assert "Not decided by this guide yet" in page
    assert Integration.objects.get().sync_mode == "micro-batch"
    assert "Decided before: Micro-batch" in text(mara.get(HERE))


def test_a_deviation_without_a_reason_is_told_and_what_was_typed_stays(mara: Client) -> None:
    page = text(mara.post(HERE, {**ANSWERS, "chosen": "real-time", "need": "The courier waits."}), 422)
    assert "Recommended is Batch. Say why it is decided otherwise. Nothing was kept." in page
    assert "The courier waits." in page
    assert not Decision.objects.exists()


@pytest.mark.parametrize("said", [{}, {"late": "never"}, {**ANSWERS, "chosen": "by-owl"}])
def test_what_cannot_be_meant_is_a_message(mara: Client, said: dict[str, str]) -> None:
    assert "Nothing was kept." in text(mara.post(HERE, said), 422)


def test_who_may_not_decide_reads_why(client: Client, made: Estate) -> None:
    client.force_login(an_account("Greta Nilsen", Role.OWNER, Team.objects.create(slug="other", name="Other")))
    page = text(client.get(f"{HERE}?{ASKED}"))
    assert "your roles do not let you decide about integrations of Billing" in page
    assert client.post(HERE, {**ANSWERS, "chosen": "batch"}).status_code == 403
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "path", ["/integrations/nowhere/decide/timing/", "/integrations/billing-invoices/decide/tarot/"]
)
def test_what_is_not_there_is_not_found(mara: Client, path: str) -> None:
    assert mara.get(path).status_code == 404
