"""The consumers of a contract on its page; the forms in which one is declared and withdrawn; where one answers."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from controlplane.audit.models import Subject
from controlplane.console.contracts.confirming import PANEL
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import Confirmation, Contract, Dependency
from controlplane.governance.changes.propose import propose
from controlplane.governance.models import Board, BoardMember, ChangeRequest
from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.contracts.given import a_contract, an_order
from tests.transactions.factories import a_team, an_account, estate

pytestmark = pytest.mark.django_db

HERE = "/data/contracts/order/"
DECLARE = f"{HERE}consumers/declare/"
WAREHOUSE = {
    "name": "Warehouse <b>",
    "team": "finance",
    "reads": "on",
    "fields_used": "/id\r\n/total",
    "newest": "1",
    "every": "48",
    "unit": "hours",
    "contact": "dwh@finance.example",
    "note": "Every night.",
}


@pytest.fixture
def order() -> Contract:
    return a_contract(versions=[an_order()])


@pytest.fixture
def fred(order: Contract) -> Client:
    """He owns what the finance team has."""
    return by(an_account("Fred Finance", Role.OWNER, a_team("finance")))


def by(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(answer: Any, status: int = 200) -> str:
    """What a person reads."""
    assert answer.status_code == status, answer.content[:500]
    words = unescape(re.sub(r"<[^>]*>", " ", answer.content.decode()))
    return re.sub(r"\s+([:,.] |\s)", r"\1", re.sub(r"\s+", " ", words))


def a_change(order: Contract) -> ChangeRequest:
    """Somebody of the contract's team proposes that totals are text; Jonas alone decides."""
    board = Board.objects.create(slug="contracts", name="Contract board", kinds=["contract"], quorum=1)
    jonas = an_account("Jonas Weber", Role.BOARD)
    BoardMember.objects.create(board=board, person=jonas.person)
    content = {"schema": an_order(total={"type": "string"}), "breaks": "There is no other way."}
    mara = access_for(an_account("Mara Lindqvist", Role.OWNER, order.team))
    return propose(mara, NAME, Subject(NAME, order.slug), content, title="Totals are text", why="Cents get lost.")


def test_the_page_of_a_contract_lists_its_consumers(fred: Client, order: Contract) -> None:
    assert "Consumers 0 Declare one… No consumer None is declared" in text(fred.get(HERE))
    answer = fred.post(DECLARE, WAREHOUSE)
    assert (answer.status_code, answer["Location"]) == (302, HERE)
    page = text(fred.get(HERE))
    assert "Warehouse <b> is declared. It is asked when a change of Order touches it." in page
    assert "Warehouse <b> Out of sight Finance, reads: outside our sight: what it uses cannot be seen" in page
    assert "uses /id, /total; up to version 1" in page
    assert "Change or withdraw…" in page
    assert b"Warehouse <b>" not in fred.get(HERE).content
    stranger = text(by(an_account("Elif Kaya", Role.SUPPORT, a_team("support"))).get(HERE))
    assert ("What is declared" in stranger, "Change or withdraw…" in stranger) == (True, False)


def test_what_is_only_seen_is_offered_to_be_declared() -> None:
    made = estate()
    owner = by(an_account("Ana Costa", Role.OWNER, made.team))
    page = owner.get(f"/data/contracts/{made.contract.slug}/").content.decode()
    address = f"/data/contracts/{made.contract.slug}/consumers/declare/?integration={made.integration.slug}"
    assert address in page
    form = owner.get(address).content.decode()
    assert f'<option value="{made.integration.slug}" selected>' in form
    answer = owner.post(address, {"integration": made.integration.slug, "reads": "on", "unit": "days"})
    assert answer.status_code == 302
    assert Dependency.objects.get().integration == made.integration
    assert "Unused Billing, reads: unused: nothing seen in 30 days" in text(
        owner.get(f"/data/contracts/{made.contract.slug}/")
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "", "team": ""}, "Name an integration, or say what it is called that is outside our sight."),
        ({"team": ""}, "Say which team answers for it: nobody else can be asked."),
        ({"team": "nobody"}, "Select a valid choice."),
        ({"fields_used": "total"}, "A field is named like /customer/email."),
        ({"newest": "9"}, "Order has no version 9."),
        ({"newest": "none"}, "Enter a whole number."),
        ({"every": "999999"}, "It comes every minute at most, and once a year at least."),
        ({"unit": "years"}, "Select a valid choice."),
        ({"reads": ""}, "A consumer reads, or writes, or both."),
        ({"team": "sales"}, "of Sales says what it uses"),
    ],
)
def test_what_cannot_be_declared_is_said_at_the_form(fred: Client, changed: dict[str, str], words: str) -> None:
    page = text(fred.post(DECLARE, WAREHOUSE | changed), 422)
    assert words in page
    assert "Every night." in page, "what was typed is kept"
    assert not Dependency.objects.exists()


def test_who_may_not_declare_reads_who_may(order: Contract) -> None:
    client = by(an_account("Elif Kaya", Role.SUPPORT, a_team("support")))
    page = text(client.get(DECLARE))
    assert "Only Integration owner or Platform operator of a team says what it consumes." in page
    assert client.post(DECLARE, WAREHOUSE).status_code == 403
    for address in (DECLARE, "/data/contracts/confirmations/1/"):
        assert Client().get(address)["Location"] == f"/signin/?next={address}"


def test_one_is_said_otherwise_and_withdrawn(fred: Client, order: Contract) -> None:
    fred.post(DECLARE, WAREHOUSE)
    made = Dependency.objects.get()
    address = f"{HERE}consumers/{made.pk}/"
    form = fred.get(address).content.decode()
    assert '<option value="days" selected>' in form, "48 hours are two days"
    assert "/id\n/total" in form
    assert "Order has no version 7." in text(fred.post(address, WAREHOUSE | {"newest": "7"}), 422)
    assert fred.post(address, {"reads": "on", "unit": "days"}).status_code == 302
    made.refresh_from_db()
    assert (made.fields, made.cadence, made.name) == ([], None, "Warehouse <b>")
    stranger = by(an_account("Olga Orlova", Role.OWNER, order.team))
    page = text(stranger.get(address))
    assert "Only Integration owner or Platform operator of Finance says what it uses." in page
    assert "Fields all of them, as far as is known" in page
    assert stranger.post(address, {"withdraw": "1", "words": "x"}).status_code == 422
    assert "This field is required." in text(fred.post(address, {"withdraw": "1", "words": ""}), 422)
    assert fred.post(address, {"withdraw": "1", "words": "It moved."}).status_code == 302
    page = text(fred.get(address))
    assert re.search(r"Withdrawn .* by Fred Finance\. It moved\.", page)
    assert "is withdrawn already" in text(fred.post(address, {"reads": "on", "unit": "days"}), 422)
    assert "No consumer" in text(fred.get(HERE))


def test_an_address_of_nothing_is_missing(fred: Client) -> None:
    assert fred.get(f"{HERE}consumers/4711/").status_code == 404
    assert fred.get("/data/contracts/gone/consumers/declare/").status_code == 404
    assert fred.get("/data/contracts/confirmations/4711/").status_code == 404


def test_where_it_answers_it_reads_what_touches_it(fred: Client, order: Contract) -> None:
    fred.post(DECLARE, WAREHOUSE)
    change = a_change(order)
    asked = Confirmation.objects.select_related("revision").get()
    address = f"/data/contracts/confirmations/{asked.pk}/"
    page = text(fred.get(address))
    assert "What touches it 1 Breaking total It is string now; it was number." in page
    assert "We can live with it We cannot" in page
    assert "It goes ahead without it" not in page
    assert f"It covers version 1 of {change.reference} only" in page
    assert "That a change goes ahead without a consumer is said by Contract board, and you have no seat there." in page
    assert "Your answer" in text(by(an_account("Nora New")).get(address))

    said = {"content_hash": asked.revision.content_hash}
    refused = text(fred.post(address, {"said": "refused", "words": " ", **said}), 422)
    assert "Say why it cannot live with it" in refused
    assert "Select a valid choice." in text(fred.post(address, {"said": "perhaps", **said}), 422)
    stale = fred.post(address, {"said": "confirmed", "content_hash": "0" * 64})
    assert "Another version of" in text(stale, 422)
    assert fred.post(address, {"said": "refused", "words": "Not <before> May.", **said}).status_code == 302
    panel = text(fred.get(change.get_absolute_url()))
    assert "Its consumers say 1 Warehouse <b>: refuses Finance. Fred Finance: “Not <before> May.”" in panel

    jonas = by(Account.objects.get(person__name="Jonas Weber"))
    assert "refuses CC-" in text(jonas.get("/notifications/"))
    assert "It goes ahead without it" in text(jonas.get(address))
    assert jonas.post(address, {"said": "overridden", "words": "May is too late.", **said}).status_code == 302
    page = text(fred.get(address))
    assert "Jonas Weber: goes ahead without it" in page
    assert "May is too late." in page


def test_a_change_that_touches_nobody_says_so_and_others_have_no_such_panel(fred: Client, order: Contract) -> None:
    change = a_change(order)
    assert "Nobody was asked: it touches no consumer that is declared or seen." in text(
        fred.get(change.get_absolute_url())
    )
    assert PANEL.kinds == {"contract", "contract-sunset"}
