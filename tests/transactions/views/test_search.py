"""The search page over HTTP: what it shows, to whom, and what it does when asked wrongly."""

from __future__ import annotations

import re
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
import redis.exceptions
from django.test import Client

from controlplane.foundation import clock
from controlplane.governance.models import Board, ChangeRequest
from controlplane.people.roles import Role
from controlplane.transactions.models import Inbox, Transaction
from controlplane.transactions.search.personal import is_personal
from controlplane.transactions.selectors import finding, question
from controlplane.transactions.views import kept
from tests.transactions.factories import Estate, a_team, an_account, estate
from tests.transactions.traffic import (
    a_transaction,
    an_identity,
    id_at,
)
from tests.transactions.views.reading import SignIn, links, text_of, told

pytestmark = pytest.mark.django_db


def test_nobody_searches_without_signing_in(client: Client) -> None:
    assert client.get("/tx/?q=C-1042").headers["location"] == "/signin/?next=/tx/%3Fq%3DC-1042"


def test_a_customer_is_found_by_any_id_with_what_happened_beside_it(here: Estate, signed_in: SignIn) -> None:
    an_identity("customer", clock.now(), {here.source: ["cus_old", "cus_R7v2"], here.erp: ["8841"]})
    story = told(here, fails_at="invoice")
    page = signed_in(Role.SUPPORT, here.team).get("/tx/", {"q": "customer:8841"})
    assert page.status_code == 200
    words = text_of(page)
    assert "Customer 8841" in words
    assert "cus_old in the past" in words
    assert "Dead letter Invoice to ledger in_1001" in words
    assert "“Post the paid invoice” did not reach Billing Erp." in words
    assert f"/tx/?q=customer%3A8841&sel={story.transaction.id}#tx" in links(page)


def test_what_cannot_be_read_is_marked_and_mended_by_one_click(signed_in: SignIn, here: Estate) -> None:
    page = signed_in(Role.SUPPORT, here.team).get("/tx/", {"q": ["custmer:8841", "status:ok"]})
    assert page.status_code == 422
    assert "There is no field “custmer”; did you mean customer:? Use customer:" in text_of(page)
    assert "Nothing was searched" in text_of(page)
    assert "/tx/?q=customer%3A8841+status%3Aok" in links(page)
    assert page.content.decode().count('class="tok bad"') == 1


def test_older_ones_are_a_link_away(here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "PAGE", 1)
    monkeypatch.setattr(finding, "PAGE", 1)
    old, new = told(here, 9).transaction, told(here, 5).transaction
    client = signed_in(Role.SUPPORT, here.team)
    first = client.get("/tx/")
    assert f"/tx/?older={new.id}" in links(first)
    second = client.get("/tx/", {"older": str(new.id)})
    assert f"sel={old.id}" in second.content.decode()
    assert "/tx/" in links(second)


def test_a_transaction_that_is_gone_or_a_step_that_it_never_had_takes_no_list_away(
    here: Estate, signed_in: SignIn
) -> None:
    shown = told(here, fails_at="invoice").transaction
    theirs = told(estate("sales"), 3).transaction
    client = signed_in(Role.SUPPORT, here.team)
    for missing in (uuid4(), theirs.id):
        page = client.get("/tx/", {"q": "status:failed", "sel": str(missing)})
        assert page.status_code == 200
        assert "This transaction is not kept any more" in text_of(page)
        assert f"sel={shown.id}" in page.content.decode()
    for address in (f"/tx/?sel={shown.id}&step=teleport", "/tx/?q=status:failed&step=teleport"):
        page = client.get(address)
        assert page.status_code == 200
        assert f"/tx/{shown.id}/" in links(page)


def test_nothing_found_says_what_there_is_instead_and_offers_more(here: Estate, signed_in: SignIn) -> None:
    told(here)
    client = signed_in(Role.SUPPORT, here.team)
    failed = client.get("/tx/", {"q": "customer:cus_R7v2 status:failed"})
    assert "Without the status, 1 transaction matches" in text_of(failed)
    assert "/tx/?q=customer%3Acus_R7v2+status%3Afailed+after%3A84d" in links(failed)
    assert "No transaction or event that you may see has this id" in text_of(client.get("/tx/", {"q": str(uuid4())}))


def test_the_first_visit_says_where_transactions_come_from(here: Estate, signed_in: SignIn) -> None:
    assert "No transactions yet" in text_of(signed_in(Role.SUPPORT, here.team).get("/tx/"))


def test_without_a_role_nothing_is_searched_and_the_roles_are_named(signed_in: SignIn, here: Estate) -> None:
    told(here)
    page = signed_in().get("/tx/", {"q": "C-1042"})
    assert page.status_code == 200
    assert "No transactions for you yet" in text_of(page)
    assert "in_1001" not in page.content.decode()


def test_however_many_rows_a_kept_search_has_it_is_kept_as_often(
    here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(Role.SUPPORT, here.team)
    keeping = Mock(wraps=kept.keep)
    monkeypatch.setattr(kept, "keep", keeping)
    times = []
    for rows in (5, 10):
        for _ in range(5):
            a_transaction(here, at=clock.now(), keys={"customer": "ada@example.com"})
        address = client.get("/tx/", {"q": "customer:ada@example.com"}).headers["location"]
        keeping.reset_mock()
        assert len(client.get(address).context["rows"]) == rows
        times.append(keeping.call_count)
    assert times[0] == times[1] > 0


def test_a_search_with_a_personal_value_is_kept_under_an_opaque_id(here: Estate, signed_in: SignIn) -> None:
    a_transaction(here, at=clock.now(), keys={"customer": "ada@example.com"})
    client = signed_in(Role.SUPPORT, here.team)
    moved = client.get("/tx/", {"q": "customer:ada@example.com"})
    assert moved.status_code == 302
    assert re.fullmatch(r"/tx/\?kept=[\w-]{20}", moved.headers["location"])
    assert client.post("/tx/", {"q": ["customer:ada@example.com"]}).headers["location"] == moved.headers["location"]
    page = client.get(moved.headers["location"])
    assert "Customer ada@example.com" in text_of(page)
    assert not [link for link in links(page) if "example" in link]
    other = Client()
    other.force_login(an_account("Somebody Else", Role.SUPPORT, here.team))
    gone = other.get(moved.headers["location"])
    assert gone.status_code == 404
    assert "not kept any more. Type it again" in text_of(gone)


def test_a_kept_search_is_not_said_to_be_gone_while_nobody_can_tell(
    here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_of: object) -> None:
        raise redis.exceptions.TimeoutError

    client = signed_in(Role.SUPPORT, here.team)
    moved = client.post("/tx/", {"q": "customer:ada@example.com"}).headers["location"]
    monkeypatch.setattr("controlplane.transactions.views.kept.cache.get", away)
    answer = client.get(moved)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "kept in the cache, which does not answer. Try again in a minute." in text_of(answer)


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("customer:C-1042", False),
        ("ada@example.com", True),
        ('contact:"+43 660 123 45 67"', True),
        ('text:"Anna Huber"', True),
        ("0660 1234567", True),
        ("amount:>1000", False),
    ],
)
def test_what_looks_like_a_person_s(text: str, personal: bool) -> None:
    assert is_personal(text) is personal


@pytest.mark.parametrize("text", ['text:"tax ID"', "tax", "0660 1234567", "AT61 1904 3002 3457 3201"])
def test_what_may_be_a_name_or_a_number_of_somebody_stands_in_no_address(
    here: Estate, signed_in: SignIn, text: str
) -> None:
    told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    moved = client.get("/tx/", {"q": text})
    assert re.fullmatch(r"/tx/\?kept=[\w-]{20}", moved.headers["location"])
    page = client.get(moved.headers["location"])
    assert ("in_1001" in text_of(page)) is ("tax" in text)
    assert [link for link in links(page) if "q=" in link and "tax" in link.lower()] == []
    assert client.post("/tx/", {"q": text}).headers["location"] == moved.headers["location"]


def test_what_is_typed_is_sent_by_post_and_answered_by_the_address_of_its_page(here: Estate, signed_in: SignIn) -> None:
    told(here)
    client = signed_in(Role.SUPPORT, here.team)
    page = client.get("/tx/")
    assert re.findall(
        r'<form class="(\w+)"\s+role="search"\s+action="/tx/"\s+method="(\w+)"', page.content.decode()
    ) == [
        ("search", "post"),
        ("query", "post"),
    ]
    sent = client.post("/tx/", {"q": ["system:stripe", "status:ok "], "facets": "1"})
    assert sent.headers["location"] == "/tx/?q=system%3Astripe+status%3Aok&facets=1"
    assert client.post("/tx/", {"q": ""}).headers["location"] == "/tx/"
    assert client.put("/tx/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(an_account("Somebody Else", Role.SUPPORT, here.team))
    assert strict.post("/tx/", {"q": "C-1"}).status_code == 403


def test_an_id_by_itself_leads_straight_to_what_it_names(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    run = story.runs["invoice"]
    client = signed_in(Role.SUPPORT, here.team)

    def leads(text: str) -> str:
        return str(client.post("/tx/", {"q": text}).headers["location"])

    alone = f"/tx/{story.transaction.id}/"
    assert leads(str(story.transaction.id)) == alone
    assert leads(f" {story.transaction.event_id.hex.upper()} ") == alone
    assert leads(str(story.transaction.correlation_id)) == alone
    assert leads(str(run.id)) == f"{alone}?step=invoice"
    assert leads(f"{run.id}:0") == f"{alone}?step=invoice"
    assert client.get(leads(f"{run.id}:0")).status_code == 200
    nobody = uuid4()
    assert leads(str(nobody)) == f"/tx/?q={nobody}"
    assert leads(f"-{run.id}") == f"/tx/?q=-{run.id}"
    assert leads(f"{story.transaction.id} status:dead") == f"/tx/?q={story.transaction.id}+status%3Adead"


def test_the_reference_of_a_change_leads_to_its_page(here: Estate, signed_in: SignIn) -> None:
    change = ChangeRequest.objects.create(
        kind="team_name",
        subject_kind="team",
        subject_id="billing",
        subject_name="Billing",
        board=Board.objects.create(slug="board", name="Board", kinds=["*"], quorum=1),
        opened_by=an_account("Noa Weiss").person,
    )
    client = signed_in(Role.SUPPORT, here.team)
    assert client.post("/tx/", {"q": change.reference.lower()}).headers["location"] == change.get_absolute_url()
    assert client.post("/tx/", {"q": "CC-999999999"}).headers["location"] == "/tx/?q=CC-999999999"


def test_an_id_that_no_clock_has_made_finds_nothing(here: Estate, signed_in: SignIn) -> None:
    told(here)
    client = signed_in(Role.SUPPORT, here.team)
    last = "ffffffff-ffff-ffff-ffff-ffffffffffff"
    for address in (f"/tx/newer/?since={last}", f"/tx/?q={last}&older={last}", f"/tx/?older={last}"):
        assert client.get(address).status_code == 200
    assert client.post("/tx/", {"q": last}).headers["location"] == f"/tx/?q={last}"


def test_an_id_of_several_is_a_list_of_them(here: Estate, signed_in: SignIn) -> None:
    one, other = told(here, 5).transaction, told(here, 4).transaction
    Transaction.objects.filter(pk=other.pk).update(correlation_id=one.correlation_id)
    moved = signed_in(Role.SUPPORT, here.team).post("/tx/", {"q": str(one.correlation_id)})
    assert moved.headers["location"] == f"/tx/?q={one.correlation_id}"


def test_an_id_leads_nobody_to_what_they_may_not_see(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    stranger = signed_in(Role.SUPPORT, a_team("Logistics"))
    nobody = Client()
    nobody.force_login(an_account("Ida Novak"))
    for identifier in (story.transaction.id, story.runs["invoice"].id):
        for client in (stranger, nobody):
            assert client.post("/tx/", {"q": str(identifier)}).headers["location"] == f"/tx/?q={identifier}"


def test_personal_searches_are_not_logged(
    here: Estate, signed_in: SignIn, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    client = signed_in(Role.SUPPORT, here.team)
    client.get("/tx/", {"q": "ada@example.com"}, follow=True)
    client.get("/tx/", {"q": "custmer:ada@example.com"}, follow=True)
    captured = capsys.readouterr()
    assert "ada@" not in caplog.text + captured.out + captured.err


def test_a_received_event_is_shown_as_received(here: Estate, signed_in: SignIn) -> None:
    waiting = Inbox.objects.create(
        transaction_id=id_at(clock.now()), endpoint=here.endpoint, retention=2, due_at=clock.now()
    )
    client = signed_in(Role.SUPPORT, here.team)
    found = client.get("/tx/", {"q": str(waiting.transaction_id)})
    assert "It is received and safe, and not processed yet." in text_of(found)
    assert "not processed yet" in text_of(client.get(f"/tx/{waiting.transaction_id}/"))
    told(here)
    assert "1 received, not yet processed" in text_of(client.get("/tx/counts/"))


def test_the_pill_tells_how_many_came_since(here: Estate, signed_in: SignIn) -> None:
    first = told(here, 9).transaction
    client = signed_in(Role.SUPPORT, here.team)
    address = f"/tx/newer/?q=system%3Astripe&since={first.id}"
    assert f'hx-get="{address}"' in client.get("/tx/", {"q": "system:stripe"}).text.replace("&amp;", "&")
    told(here, 5)
    pill = client.get(address)
    assert (text_of(pill), links(pill)) == ("1 newer, show", ["/tx/?q=system%3Astripe"])
    for wrong in ({"since": "x"}, {"q": "custmer:1", "since": str(first.id)}, {}):
        assert client.get("/tx/newer/", wrong).content.strip() == b""


def test_a_search_that_ran_out_of_time_says_so(
    here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from controlplane.transactions.search import run

    def too_slow(*_asked: object, **_how: object) -> list[dict[str, Any]]:
        raise run.OutOfTime

    monkeypatch.setattr(run, "ask", too_slow)
    page = signed_in(Role.SUPPORT, here.team).get("/tx/", {"q": "text:slow"}, follow=True)
    assert page.status_code == 200
    assert "Searched, and ran out of time" in text_of(page)


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "a" * 5000,
        "::::",
        "amount:>1e5",
        "amount:>999999999999999 attempts:>999999999999999 duration:>999999999999999d",
        "after:999999w",
        "before:999999w",
        "on:1971-01-01",
        "before:2998-12-31",
        "after:2998-12-31T23:59:59+14:00",
        "text:%_\\\\",
        "-text:x -C-1 -id:4bf92f3577b34da6a3ce929d0e0e4736",
        "is:open,new,replayed,duplicate -is:open status:paused,ok",
        "4bf92f3577b34da6a3ce929d0e0e4736,C-1,word",
        "customer:" + "x" * 1900,
        "😀 ü",
        "trace:4bf92f3577b34da6a3ce929d0e0e4736 order:S1 customer:C-1,C-2",
    ],
)
def test_whatever_is_typed_is_answered(here: Estate, signed_in: SignIn, text: str) -> None:
    told(here)
    client = signed_in(Role.SUPPORT, here.team)
    for address in ("/tx/", "/tx/counts/", "/tx/facets/"):
        assert client.get(address, {"q": text}, follow=True).status_code in {200, 422}
    odd = {"q": text, "older": "x", "sel": "y", "step": "z", "tab": "w", "kept": "v"}
    assert client.get("/tx/", odd, follow=True).status_code in {200, 404, 422}
