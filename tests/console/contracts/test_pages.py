"""Contracts as people see them: which there are, what one says and who uses it, what changed between two versions."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from controlplane.contracts.models import Compatibility, Contract, Format, VersionState
from controlplane.governance.models import ChangeRequest
from controlplane.people.roles import Role
from tests.contracts.given import a_contract, a_version, an_order
from tests.governance.seats import a_board
from tests.transactions.factories import Estate, a_team, an_account, estate
from tests.transactions.traffic import paid_invoice

pytestmark = pytest.mark.django_db

HERE = "/data/contracts/"
ORDER = an_order()


def text(answer: Any, status: int = 200) -> str:
    """What a person reads."""
    assert answer.status_code == status, answer.content[:500]
    words = unescape(re.sub(r"<[^>]*>", " ", answer.content.decode()))
    return re.sub(r"\s+([:,.] |\s)", r"\1", re.sub(r"\s+", " ", words))


@pytest.fixture
def client() -> Client:
    """Somebody of a team that owns nothing here, with no right but to look."""
    client = Client()
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, a_team("support")))
    return client


@pytest.fixture
def order() -> Contract:
    contract = a_contract(compatibility=Compatibility.BACKWARD)
    a_version(contract, ORDER)
    a_version(contract, an_order(total={"type": "string"}, note={"type": "string"}, status={"enum": ["open"]}))
    return contract


# -- the list ----------------------------------------------------------------------------------------


def test_whoever_is_signed_in_sees_every_contract_and_what_it_judges(client: Client, order: Contract) -> None:
    made = estate()
    page = text(client.get(HERE))
    assert "Paid invoice Billing v1 1 event at 1 interface JSON Schema Full both may stay with the last version" in page
    assert "Order Sales v2 nothing yet JSON Schema Backward who writes may stay with the last version" in page
    assert f'href="{HERE}{made.contract.slug}/"' in client.get(HERE).content.decode()


def test_without_any_it_says_how_they_come(client: Client) -> None:
    page = text(client.get(HERE))
    assert "No contract yet" in page
    assert "manage.py estate apply FILE" in page


def test_it_is_narrowed_by_words_team_and_format(client: Client, order: Contract) -> None:
    a_contract("price-list", team=a_team("pricing"), format_=Format.AVRO, compatibility=Compatibility.NONE)
    for query in ("q=PRICE", "team=pricing", "format=avro", "after=order"):
        page = text(client.get(f"{HERE}?{query}"))
        assert "Price list Pricing none yet nothing yet Avro None Nobody is promised anything" in page
        assert "Order Sales" not in page
    assert "None of them" in text(client.get(f"{HERE}?q=nothing"))
    assert "format= is none of json-schema, openapi, asyncapi, avro." in text(client.get(f"{HERE}?format=wsdl"), 400)
    assert "q= takes 100 characters at most." in text(client.get(f"{HERE}?q={'x' * 101}"), 400)


def test_long_lists_have_pages(client: Client, order: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.console.contracts.views.CONTRACTS", 1)
    a_contract("price-list")
    page = client.get(f"{HERE}?team=sales").content.decode()
    assert "Price list" not in page
    assert 'href="/data/contracts/?team=sales&amp;after=order"' in page


def test_one_signs_in_first(order: Contract) -> None:
    for address in (HERE, f"{HERE}order/", f"{HERE}order/differences/"):
        answer = Client().get(address)
        assert (answer.status_code, answer.headers["location"]) == (302, f"/signin/?next={address}")


# -- one -----------------------------------------------------------------------------------------------


def test_a_contract_shows_its_newest_published_version(client: Client, order: Contract) -> None:
    a_version(
        order,
        an_order(card={"type": "string"}),
        state=VersionState.DRAFT,
        secret=["/card"],
        personal=["/email"],
        keys=[{"kind": "order", "value": "record.id"}],
        examples=[{"name": "Two lines", "value": {"id": "O-7"}}],
        author=an_account("Mara Lindqvist").person,
    )
    page = text(client.get(f"{HERE}order/"))
    assert "Version 2 Published" in page
    assert "total string no" in page
    assert "None is kept with this version." in page
    draft = text(client.get(f"{HERE}order/?version=3"))
    assert "Version 3 Draft Mara Lindqvist" in draft
    assert "id order key string yes As the shop prints it." in draft
    assert "email personal string (email) no" in draft
    assert "card secret string no" in draft
    assert "Two lines" in draft
    assert "Business keys order record.id" in draft
    assert "Owned by Sales Written in JSON Schema A new version Backward: who writes may stay with the last" in draft


def test_it_says_who_uses_it(client: Client, order: Contract) -> None:
    made = estate()
    page = text(client.get(f"{HERE}{made.contract.slug}/"))
    assert f"Who uses it 1 team Integrations {made.integration.name} Billing, Production" in page
    assert "Judged by it invoice.paid by version 1 at Webhooks of Billing Payments" in page
    assert "Flows Invoice to ledger, version 1 reads version 1" in page
    assert "Nobody that we know of" in text(client.get(f"{HERE}order/"))


def test_a_decision_is_a_link_for_those_who_may_read_it(client: Client, order: Contract) -> None:
    jonas = an_account("Jonas Weber", Role.BOARD)
    change = ChangeRequest.objects.create(
        kind="contract",
        subject_kind="contract",
        subject_id="order",
        board=a_board(jonas),
        opened_by=jonas.person,
        seen_with="SEE_AUDIT",
    )
    a_version(order, ORDER, change=change)
    address = f'href="{change.get_absolute_url()}"'
    page = client.get(f"{HERE}order/")
    assert f"Decided in {change.reference}" in text(page)
    assert address not in page.content.decode()
    client.force_login(jonas)
    assert address in client.get(f"{HERE}order/").content.decode()


def test_what_is_no_schema_is_shown_as_it_was_published(client: Client) -> None:
    a_contract("prices", [{"type": "record", "name": "Price", "fields": []}], format_=Format.AVRO)
    page = text(client.get(f"{HERE}prices/"))
    assert "This is a document of Avro; it stands below as it was published." in page
    assert "Avro, which no rule judges: every change is risky" in page
    a_contract("empty", [{}])
    assert "No field is named" in text(client.get(f"{HERE}empty/"))
    a_contract("planned")
    assert "No version yet" in text(client.get(f"{HERE}planned/"))


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("gone/", 404, "There is no contract 'gone'."),
        ("order/?version=9", 404, "Order has no version 9."),
        ("order/?version=two", 400, "version= is the number of a version, such as 3."),
        ("order/?version=99999999999", 400, "version= is the number of a version, such as 3."),
        ("order/differences/?from=1&to=9", 404, "Order has no version 9."),
        ("order/differences/?from=-1", 400, "from= is the number of a version, such as 3."),
    ],
)
def test_what_there_is_not_is_said(client: Client, order: Contract, address: str, status: int, words: str) -> None:
    assert words in text(client.get(f"{HERE}{address}"), status)


# -- what changed --------------------------------------------------------------------------------------


def test_the_worst_stands_first_with_what_follows(client: Client, order: Contract) -> None:
    page = text(client.get(f"{HERE}order/differences/"))
    assert "What changes for others 3 changes, worst first 2 breaking 1 risky" in page
    assert "Breaks what is promised Backward: who writes may stay with the last version." in page
    first, second, third = (
        page.index(words)
        for words in (
            "Breaking total: It is string now; it was number. writers and readers",
            'Breaking status: No longer let in: "paid". writers Let in both',
            "Risky note: New, and may be left out; anything could stand under this name. writers",
        )
    )
    assert first < second < third
    assert "version 1 → version 2" in page
    assert '39 - "minimum": 0,' in page


def test_the_other_way_round_is_another_question(client: Client, order: Contract) -> None:
    order.compatibility = Compatibility.NONE
    order.save()
    page = text(client.get(f"{HERE}order/differences/?from=2&to=1"))
    assert "Keeps what is promised None: Nobody is promised anything." in page
    assert "version 2 → version 1" in page


def test_the_same_document_has_no_differences(client: Client, order: Contract) -> None:
    page = text(client.get(f"{HERE}order/differences/?from=1&to=1"))
    assert "Nothing: both let in the same and say the same of it." in page
    assert "Both documents are the same, line by line." in page


def test_with_one_version_there_is_nothing_to_compare(client: Client) -> None:
    a_contract("prices", [{}])
    a_contract("planned")
    assert "Prices has one version only." in text(client.get(f"{HERE}prices/differences/"))
    assert "Planned has no version yet." in text(client.get(f"{HERE}planned/differences/"))


def test_what_is_cut_says_so(client: Client, order: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.console.contracts.judged.FINDINGS", 1)
    page = text(client.get(f"{HERE}order/differences/"))
    assert "The worst 1 of 3; the API has all." in page
    monkeypatch.setattr("controlplane.console.contracts.differences.MOST_BYTES", 100)
    assert "Both together are too large to be shown line by line" in text(client.get(f"{HERE}order/differences/"))


def test_every_line_of_a_long_document_is_reached_part_by_part(client: Client) -> None:
    many = {f"field_{number:04}": {"type": "string"} for number in range(1_000)}
    a_contract("long", [an_order(**many), an_order(**{name: {"type": "number"} for name in many})])
    first = text(client.get(f"{HERE}long/differences/"))
    assert "1,000 lines added, 1,000 removed" in first
    assert "Lines 501 to 1,000 of 4,005" in first
    last = client.get(f"{HERE}long/differences/?from=1&to=2&lines=8&only=later", headers={"HX-Request": "true"})
    assert "Lines 3,001 to 3,500" not in text(last)
    assert "Lines 4,001 to 4,005 of 4,005" in text(last)
    assert '"field_0999"' in text(last)
    assert "there is no part 10" in text(client.get(f"{HERE}long/differences/?lines=10"), 404)


def test_five_hundred_findings_are_shown_at_once(client: Client) -> None:
    many = {f"field_{number}": {"type": "string"} for number in range(500)}
    a_contract("wide", [an_order(**many), an_order(**{name: {"type": "number"} for name in many})])
    answer = client.get(f"{HERE}wide/differences/")
    assert answer.content.decode().count("It is number now; it was string.") == 500
    assert "500 changes, worst first 500 breaking" in text(answer)


def test_a_version_that_cannot_be_judged_is_still_shown_line_by_line(client: Client) -> None:
    a_contract("old", [{"$schema": "urn:ours", "a": 1}, {"$schema": "urn:ours", "a": 2}])
    page = text(client.get(f"{HERE}old/differences/"))
    assert "This could not be judged. The dialect 'urn:ours' is not known" in page
    assert '+ "a": 2' in page


# -- from elsewhere ------------------------------------------------------------------------------------


def test_an_integration_and_a_transaction_lead_to_their_contract() -> None:
    made: Estate = estate()
    client = Client()
    client.force_login(an_account("Oskar Lind", Role.OPERATOR))
    page = client.get(f"/integrations/{made.integration.slug}/").content.decode()
    assert f'href="{HERE}{made.contract.slug}/">Paid invoice</a>' in page
    told = paid_invoice(made)
    page = client.get(f"/tx/{told.transaction.pk}/").content.decode()
    assert f'href="{HERE}{made.contract.slug}/?version=1">Paid invoice v1</a>' in page
