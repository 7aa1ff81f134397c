"""Counts and facets over HTTP: fetched after the rows, or on the page itself where nobody fetches them."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from controlplane.foundation import clock
from controlplane.people.roles import Role
from controlplane.transactions.search import run
from controlplane.transactions.search.personal import is_personal
from controlplane.transactions.selectors import tally
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.traffic import a_transaction
from tests.transactions.views.reading import SignIn, links, text_of, told

PARTS = ("/tx/counts/", "/tx/facets/")


@pytest.fixture
def support(here: Estate, signed_in: SignIn) -> Client:
    return signed_in(Role.SUPPORT, here.team)


def facets_of(page: Any) -> str:
    """What the column of facets says."""
    found = re.search(r'<aside class="facets.*?</aside>', page.content.decode(), re.DOTALL)
    words = re.sub(r'<(span|h2) class="sr">.*?</\1>|<[^>]+>', " ", found[0]) if found else ""
    return " ".join(words.split())


def fetched(page: Any) -> list[str]:
    """What the page fetches when it is there."""
    return [found.replace("&amp;", "&") for found in re.findall(r'hx-get="([^"]+)" hx-trigger="load"', str(page.text))]


def test_the_rows_do_not_wait_for_what_is_counted(here: Estate, support: Client) -> None:
    told(here, fails_at="invoice")
    page = support.get("/tx/", {"q": "customer:cus_R7v2"})
    assert fetched(page) == ["/tx/counts/?q=customer%3Acus_R7v2"]
    assert ("Counting…" in text_of(page), "in_1001" in text_of(page)) == (True, True)
    assert "1 transaction, " in text_of(support.get(fetched(page)[0]))
    narrow = support.get("/tx/", {"q": "customer:cus_R7v2", "facets": "1"})
    assert fetched(narrow) == [
        "/tx/counts/?q=customer%3Acus_R7v2&facets=1",
        "/tx/facets/?q=customer%3Acus_R7v2&facets=1",
    ]


def test_without_scripts_the_page_counts_by_itself_behind_a_link(here: Estate, support: Client) -> None:
    told(here, fails_at="invoice")
    address = "/tx/?q=customer%3Acus_R7v2&facets=1&counted=1"
    assert address in links(support.get("/tx/", {"q": "customer:cus_R7v2", "facets": "1"}))
    page = support.get(address)
    assert fetched(page) == []
    assert "1 transaction, " in text_of(page)
    assert "1 transactions over time, 1 of them failed" in page.text
    assert facets_of(page).startswith("Status Dead letter 1 System St Stripe 1")
    assert "/tx/?q=customer%3Acus_R7v2+status%3Adead&facets=1&counted=1" in links(page)


def test_the_chips_count_what_there_is_and_turn_the_status_on_and_off(here: Estate, support: Client) -> None:
    told(here, fails_at="invoice")
    told(here)
    part = support.get("/tx/counts/", {"q": "system:stripe status:dead"})
    assert "Needs action 1 Dead letter 1 Succeeded 1 Narrow down 1 transaction, " in text_of(part)
    assert {"/tx/?q=system%3Astripe", "/tx/?q=system%3Astripe+status%3Aok"} <= set(links(part))
    assert "/tx/?q=system%3Astripe+is%3Aopen" in links(part)
    assert 'id="over-time" hx-swap-oob="true"' in " ".join(part.text.split())
    assert text_of(part).endswith("now 1 open")


def test_more_than_are_counted_is_a_plus(here: Estate, support: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "COUNTED", 2)
    for _ in range(3):
        told(here)
    assert "2+ transactions, " in text_of(support.get("/tx/counts/"))


def test_of_the_newest_alone_every_count_is_a_least_one_and_no_status_is_left_out(
    here: Estate, support: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among the older ones there may be some of every status: nothing looks as if it were all."""
    monkeypatch.setattr(tally, "COUNTED", 2)
    for minutes, failed in ((5, ""), (6, "invoice"), (7, "invoice")):
        told(here, minutes, fails_at=failed)
    words = text_of(support.get("/tx/counts/"))
    assert words.startswith(
        "Needs action 1+ Dead letter 1+ Quarantined 0+ Running 0+ Waiting 0+ Partial 0+ Succeeded 1+ Ignored 0+"
    )
    assert words.endswith("now 1+ open")


def test_what_could_not_be_counted_in_time_says_so(
    here: Estate, support: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(here)

    def too_slow(*_asked: object, **_how: object) -> list[dict[str, Any]]:
        raise run.OutOfTime

    monkeypatch.setattr(run, "ask", too_slow)
    words = text_of(support.get("/tx/counts/", {"q": "status:ok"}))
    assert words.startswith("Succeeded Narrow down Not counted within 1.5 s, ")
    assert "When they came was not counted" in words
    part = support.get("/tx/facets/", {"q": "status:ok"})
    assert facets_of(part) == "Status ok Some could not be counted within the time; what is chosen is listed."


def test_the_search_can_be_narrowed_down_value_by_value(here: Estate, support: Client) -> None:
    told(here, fails_at="invoice")
    told(here)
    told(here)
    assert "/tx/?q=customer%3Acus_R7v2&facets=1" in links(support.get("/tx/", {"q": "customer:cus_R7v2"}))
    page = support.get("/tx/facets/", {"q": "customer:cus_R7v2", "facets": "1"})
    assert facets_of(page) == (
        "Status Dead letter 1 Succeeded 2 System St Stripe 3 Ty Webhook 3 Integration Billing: invoice to ledger 3"
        " Error rejected.tax_id_invalid 1 Event type invoice.paid.v1 3 Counts are of all matches."
    )
    both = "/tx/?q=customer%3Acus_R7v2+status%3Aok%2Cdead&facets=1"
    chosen = support.get("/tx/facets/", {"q": "customer:cus_R7v2 status:ok", "facets": "1"})
    assert "Status Dead letter 1 Succeeded 2" in facets_of(chosen)
    assert "Error" not in facets_of(chosen)
    assert {both, "/tx/?q=customer%3Acus_R7v2&facets=1"} <= set(links(chosen))
    assert 'href="/tx/?q=customer%3Acus_R7v2&amp;facets=1" aria-current="true"' in chosen.text
    assert "3 transactions, " in text_of(support.get("/tx/counts/", {"q": "customer:cus_R7v2 status:ok,dead"}))


def test_a_choice_without_matches_stays_in_sight(here: Estate, support: Client) -> None:
    told(here)
    a_transaction(here, at=clock.now(), event_type="customer.created")
    part = support.get("/tx/facets/", {"q": "type:customer.created,x.y", "facets": "1"})
    assert "customer.created 1" in facets_of(part)
    assert "invoice.paid.v1 1" in facets_of(part)
    assert facets_of(part).endswith("x.y 0 Counts are of all matches.")


@pytest.mark.parametrize("part", PARTS)
def test_nobody_counts_what_they_may_not_see(part: str, here: Estate, signed_in: SignIn, client: Client) -> None:
    told(here)
    told(estate("sales", erp_connector="webhook"))
    assert client.get(part).status_code == 302
    client.force_login(an_account("New Here"))
    assert client.get(part).status_code == 403
    support = signed_in(Role.SUPPORT, here.team)
    words = text_of(support.get(part))
    assert ("1 transaction, " in words, "Billing: invoice to ledger 1" in words) == (
        part == "/tx/counts/",
        part == "/tx/facets/",
    )
    assert "Sales" not in words
    assert support.post(part).status_code == 405


@pytest.mark.parametrize("part", PARTS)
def test_a_part_says_that_its_search_cannot_be_read(part: str, here: Estate, support: Client) -> None:
    told(here)
    for asked, status in (({"q": "custmer:8841"}, 422), ({"kept": "not-kept-any-more"}, 404)):
        answer = support.get(part, asked)
        assert (answer.status_code, "Not counted: this search cannot be read." in text_of(answer)) == (status, True)


def test_a_personal_search_is_in_no_address_of_its_parts(here: Estate, support: Client) -> None:
    a_transaction(here, at=clock.now(), keys={"customer": "ada@example.com"})
    page = support.get("/tx/", {"q": "customer:ada@example.com"}, follow=True)
    (address,) = fetched(page)
    assert re.fullmatch(r"/tx/counts/\?kept=[\w-]{20}", address)
    part = support.get(address)
    assert "1 transaction, " in text_of(part)
    assert not [link for link in (*links(page), *links(part)) if "ada" in link]
    assert is_personal("customer:ada@example.com")


def test_an_empty_page_is_counted_at_once(here: Estate, support: Client) -> None:
    told(here)
    page = support.get("/tx/", {"q": "customer:cus_R7v2 status:failed"})
    assert fetched(page) == []
    assert "Without the status, 1 transaction matches" in text_of(page)
    assert fetched(support.get("/tx/", {"q": str(uuid4())})) == []


@pytest.mark.parametrize("address", ["/tx/", *PARTS])
def test_a_page_and_its_parts_cost_the_same_statements_for_one_and_for_many(
    address: str, here: Estate, support: Client
) -> None:
    told(here)
    support.get(address)  # the session and the kinds of content are known from now on
    one = statements(support, address)
    for minute in range(12):
        told(here, minute + 1)
    assert statements(support, address) == one


def statements(client: Client, address: str) -> int:
    """How many statements an address costs."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
