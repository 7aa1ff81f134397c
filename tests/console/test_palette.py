"""The palette: what somebody types leads to pages, things of the catalogue and transactions, as far as they may see."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from controlplane.console.palette.finding import LONGEST, Found, find
from controlplane.foundation import clock
from controlplane.governance.models import Board, ChangeRequest
from controlplane.inventory.models import Integration
from controlplane.people.access import Access
from controlplane.people.models import Team
from controlplane.people.roles import Role
from controlplane.transactions.models import Destination
from controlplane.transactions.upkeep import make_partitions
from tests.transactions.factories import Estate, a_process, an_access, an_account, estate
from tests.transactions.traffic import paid_invoice

pytestmark = pytest.mark.django_db

HERE = "/search/"


@pytest.fixture
def made() -> Estate:
    make_partitions()
    found = estate(erp_connector="webhook")
    paid_invoice(found, at=clock.now(), fails_at="invoice")
    return found


@pytest.fixture
def support(made: Estate) -> Access:
    return an_access(Role.SUPPORT, made.team)


@pytest.fixture
def elsewhere() -> Access:
    return an_access(Role.SUPPORT, Team.objects.create(slug="elsewhere", name="Elsewhere"))


def titles(found: Found, group: str) -> list[str]:
    """What a group names."""
    return [item.title for one in found.groups if one.title == group for item in one.items]


def asked(access: Access, text: str) -> Found:
    return find(access, text, clock.now())


def test_before_anything_is_typed_the_pages_are_there_that_one_may_see(support: Access) -> None:
    found = asked(support, "")
    assert [group.title for group in found.groups] == ["Pages"]
    assert titles(found, "Pages")[:3] == ["Overview", "Transactions", "Dead letters"]
    assert "Audit" not in titles(found, "Pages")
    assert "Audit" in titles(asked(an_access(Role.AUDITOR), ""), "Pages")


def test_a_destination_says_of_which_system_it_is_unless_it_is_called_the_same(support: Access) -> None:
    def subs() -> list[str]:
        (group,) = asked(support, "billing-erp").groups
        return [item.sub for item in group.items]

    system = Destination.objects.get(slug="billing-erp").instance.system.name
    assert subs() == [system]
    Destination.objects.filter(slug="billing-erp").update(name=system.upper())
    assert subs() == [""]


def test_things_are_found_by_any_of_their_names_in_any_order(support: Access, made: Estate) -> None:
    Integration.objects.update(process=a_process("order-to-cash"))
    for text in ("ledger billing", "LEDGER", "order-to-cash", made.team.name):
        assert titles(asked(support, text), "Integrations") == [made.integration.name], text
    assert titles(asked(support, "erp"), "Destinations") == ["Billing Erp"]
    assert titles(asked(support, "csv"), "Pages") == ["Exports"]


def test_an_id_a_key_and_a_filter_find_transactions_and_plain_words_do_not_search_the_history(support: Access) -> None:
    assert len(titles(asked(support, "cus_R7v2"), "Transactions")) == 1
    assert len(titles(asked(support, "status:dead"), "Transactions")) == 1
    assert titles(asked(support, "brandt messtechnik"), "Transactions") == []


def test_the_reference_of_a_change_leads_to_it(support: Access, elsewhere: Access) -> None:
    board = Board.objects.create(slug="board", name="Board", kinds=["*"], quorum=1)
    change = ChangeRequest.objects.create(
        kind="team_name",
        subject_kind="team",
        subject_id="billing",
        subject_name="Billing",
        board=board,
        opened_by_id=support.person_id,
    )
    for text in (change.reference, change.reference.lower()):
        (item,) = next(group.items for group in asked(elsewhere, text).groups if group.title == "Changes")
        assert (item.title, item.url) == (f"{change.reference}: Billing", change.get_absolute_url())
    assert titles(asked(support, "CC-999999999"), "Changes") == []


def test_what_cannot_be_read_says_so(support: Access) -> None:
    found = asked(support, "custmer:C-1")
    assert "customer" in found.problem
    assert found.groups == []


def test_the_catalogue_is_for_everybody_and_what_went_through_is_not(elsewhere: Access, made: Estate) -> None:
    assert titles(asked(elsewhere, "ledger"), "Integrations") == [made.integration.name]
    assert titles(asked(elsewhere, "cus_R7v2"), "Transactions") == []


@pytest.mark.parametrize("text", ["%", "_", "'; drop table x", "\0", "(" * 300, "x" * 5000, "\u202e", '"'])
def test_rubbish_finds_nothing_and_harms_nothing(support: Access, text: str) -> None:
    assert all(len(group.items) <= 24 for group in asked(support, text).groups)


def test_what_is_typed_is_sent_by_post_and_stands_in_no_address(client: Client, made: Estate) -> None:
    client.force_login(an_account("Elif", Role.SUPPORT, made.team))
    page = client.get(f"{HERE}?q=ada@example.com").content.decode()
    assert 'value="ada@example.com"' not in page
    fragment = client.post(HERE, {"q": "ada@example.com"}, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "All transactions: ada@example.com" in fragment
    assert 'href="/tx/?q' not in fragment
    whole = client.post(HERE, {"q": "x" * (LONGEST + 50)}).content.decode()
    assert f'value="{"x" * LONGEST}"' in whole


def test_nobody_uses_it_without_signing_in(client: Client) -> None:
    assert client.post(HERE, {"q": "x"}).status_code == 302


def test_it_asks_few_questions_whatever_is_typed(
    support: Access, made: Estate, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        Integration.objects.create(
            slug=f"ledger-{number}", name=f"Ledger {number}", team=made.team, environment=made.integration.environment
        )
    with django_assert_max_num_queries(7):
        assert len(titles(asked(support, "ledger"), "Integrations")) == 5
    with django_assert_max_num_queries(16):
        asked(support, "cus_R7v2")
