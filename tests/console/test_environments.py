"""The switch in the frame: lists, counts and figures are of the environment that a person looks at."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client

from controlplane.foundation import clock
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.models import Export
from controlplane.transactions.upkeep import make_partitions
from tests.transactions.factories import Estate, an_account, estate, in_environment
from tests.transactions.traffic import Story, a_transaction, paid_invoice
from tests.transactions.views.reading import links, text_of

pytestmark = pytest.mark.django_db

SWITCH = "/environment/"


@pytest.fixture
def production() -> Estate:
    make_partitions()
    return estate("billing", erp_connector="webhook")


@pytest.fixture
def staging(production: Estate) -> Estate:
    made = estate("trial", team=production.team, erp_connector="webhook")
    in_environment(made, "staging")
    return made


@pytest.fixture
def elif_kaya(production: Estate) -> Account:
    return an_account("Elif Kaya", Role.OPERATOR)


@pytest.fixture
def support(client: Client, elif_kaya: Account) -> Client:
    client.force_login(elif_kaya)
    return client


def dead_in(made: Estate, reason: str) -> Story:
    at = clock.now() - timedelta(minutes=5)
    return paid_invoice(made, at=at, fails_at="invoice", reason=reason, error_class=f"rejected.{made.prefix}")


def look_at(client: Client, slug: str) -> None:
    assert client.post(SWITCH, {"environment": slug, "next": "/tx/"}).headers["location"] == "/tx/"


def test_with_one_environment_the_frame_only_names_it(support: Client) -> None:
    page = support.get("/tx/").content.decode()
    assert "<small>Production</small>" in page
    assert SWITCH not in page


def test_with_several_the_frame_says_where_one_looks_and_offers_the_others(support: Client, staging: Estate) -> None:
    page = support.get("/integrations/").content.decode()
    assert 'aria-label="Environment: Production. Choose another"' in page
    look_at(support, "staging")
    assert 'aria-label="Environment: Staging. Choose another"' in support.get("/integrations/").content.decode()
    look_at(support, "all")
    page = support.get("/integrations/").content.decode()
    assert 'aria-label="Environment: All environments. Choose another"' in page
    assert page.count('aria-pressed="true">All environments</button>') == 1


REASONS = ("The ledger is closed.", "The trial ledger is full.")
NAMES = ("Billing: invoice to ledger", "Trial: invoice to ledger")
TARGETS = ("billing-erp", "trial-erp")


def listed(client: Client, stories: tuple[Story, Story]) -> tuple[list[bool], list[bool], list[bool], list[bool], str]:
    """Of each of two estates: its transaction, dead letter, integration and destination; and the badge."""
    search = client.get("/tx/").content.decode()
    dead, integrations = (text_of(client.get(address)) for address in ("/tx/dead/", "/integrations/"))
    destinations = links(client.get("/tx/destinations/"))
    return (
        [str(story.transaction.id) in search for story in stories],
        [reason in dead for reason in REASONS],
        [name in integrations for name in NAMES],
        [f"/tx/destinations/{slug}/" in destinations for slug in TARGETS],
        text_of(client.get("/count/t/")),
    )


def test_lists_and_counts_keep_to_it(support: Client, production: Estate, staging: Estate) -> None:
    stories = dead_in(production, REASONS[0]), dead_in(staging, REASONS[1])
    ours, theirs, both = [True, False], [False, True], [True, True]
    assert listed(support, stories) == (ours, ours, ours, ours, "1 open dead letters")
    look_at(support, "staging")
    assert listed(support, stories) == (theirs, theirs, theirs, theirs, "1 open dead letters")
    look_at(support, "all")
    assert listed(support, stories) == (both, both, both, both, "2 open dead letters")


def test_figures_keep_to_it(support: Client, production: Estate, staging: Estate) -> None:
    dead_in(staging, REASONS[1])
    a_transaction(production, at=clock.now() - timedelta(minutes=1))
    count_hours()
    assert "0 of 1 did not" in text_of(support.get("/overview/"))
    assert "Interlock, Production:" in text_of(support.get("/overview/"))
    assert text_of(support.get("/tx/counts/")).startswith("Succeeded 1 Narrow down 1 transaction,")
    look_at(support, "staging")
    assert "1 of 1 did not" in text_of(support.get("/overview/"))
    assert text_of(support.get("/tx/counts/")).startswith("Needs action 1 Dead letter 1 Narrow down 1 transaction,")
    look_at(support, "all")
    assert "1 of 2 did not" in text_of(support.get("/overview/"))
    both = text_of(support.get("/tx/counts/"))
    assert both.startswith("Needs action 1 Dead letter 1 Succeeded 1 Narrow down 2 transactions,")


def test_what_an_address_names_opens_wherever_it_is(support: Client, production: Estate, staging: Estate) -> None:
    theirs = dead_in(staging, "The trial ledger is full.")
    letter = theirs.runs["invoice"]
    for address in (
        f"/tx/{theirs.transaction.id}/",
        f"/tx/?q={theirs.transaction.id}",
        f"/tx/dead/letters/{letter.id}/",
        "/tx/destinations/trial-erp/",
        f"/integrations/{staging.integration.slug}/",
    ):
        assert support.get(address).status_code == 200, address
    assert "Environment Staging" in text_of(support.get(f"/tx/{theirs.transaction.id}/"))
    assert str(theirs.transaction.id) in text_of(support.get(f"/tx/?q={theirs.transaction.id}"))


def test_nothing_found_here_is_a_press_away_from_looking_everywhere(support: Client, staging: Estate) -> None:
    one = a_transaction(staging, at=clock.now() - timedelta(minutes=1), keys={"customer": "C-77"})
    page = support.get("/tx/?q=customer:C-77")
    assert "No transaction of your teams in Production matches" in text_of(page)
    (everywhere,) = (link for link in links(page) if "environment" in link)
    assert everywhere == "/tx/?q=customer%3AC-77+environment%3Aall"
    found = support.get(everywhere)
    assert str(one.id) in found.content.decode()
    assert '<span class="tag">Staging</span>' in found.content.decode()


def test_a_query_that_names_an_environment_is_asked_there(support: Client, production: Estate, staging: Estate) -> None:
    ours = a_transaction(production, at=clock.now() - timedelta(minutes=1))
    theirs = a_transaction(staging, at=clock.now() - timedelta(minutes=1))
    page = support.get("/tx/?q=environment:staging").content.decode()
    assert str(theirs.id) in page
    assert str(ours.id) not in page
    page = support.get("/tx/?q=-environment:staging").content.decode()
    assert str(theirs.id) not in page
    assert str(ours.id) in page
    misspelt = support.get("/tx/?q=environment:stagign")
    assert misspelt.status_code == 422
    assert "There is no environment “stagign”; did you mean staging?" in text_of(misspelt)


def test_an_export_is_of_where_one_looked_when_one_asked(
    support: Client, production: Estate, staging: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_transaction(production, at=clock.now() - timedelta(minutes=1))
    theirs = a_transaction(staging, at=clock.now() - timedelta(minutes=1))
    look_at(support, "staging")
    sent = b"".join(support.post("/tx/export/", {"q": "status:ok"}).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert [row[0] for row in csv.reader(io.StringIO(sent))][1:] == [str(theirs.id)]
    monkeypatch.setattr("controlplane.transactions.export.request.AT_ONCE", 0)
    assert support.post("/tx/export/", {"q": "status:ok"}).status_code == 302
    assert Export.objects.get().query == "status:ok environment:staging"


def test_the_api_is_asked_in_its_address_and_nowhere_else(support: Client, production: Estate, staging: Estate) -> None:
    a_transaction(production, at=clock.now() - timedelta(minutes=1))
    a_transaction(staging, at=clock.now() - timedelta(minutes=1))
    look_at(support, "staging")
    assert len(support.get("/api/v1/transactions").json()["rows"]) == 2
    assert len(support.get("/api/v1/transactions?q=environment:production").json()["rows"]) == 1


def test_rubbish_and_strangers_are_turned_away(support: Client, staging: Estate) -> None:
    refused = support.post(SWITCH, {"environment": "stagign", "next": "/tx/"})
    assert refused.status_code == 400
    assert "there are: production, staging, or all" in text_of(refused)
    assert support.get(SWITCH).status_code == 405
    away = support.post(SWITCH, {"environment": "staging", "next": "https://elsewhere.example/"})
    assert away.headers["location"] == "/"
    assert Client().post(SWITCH, {"environment": "staging"}).headers["location"].startswith("/signin/")
