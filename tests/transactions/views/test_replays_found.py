"""What a search found is replayed together: the dead letters of all its matches, and nothing else."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from controlplane.audit.models import AuditRecord
from controlplane.people.roles import Role
from controlplane.transactions.dead_letters.drop import drop
from controlplane.transactions.models import DeadLetter, Replay, ReplayItem, StepRun
from controlplane.transactions.replay.governed import change_of
from controlplane.transactions.rules.states import TransactionState
from tests.governance.seats import a_board
from tests.transactions.factories import Estate, an_access, an_account, estate
from tests.transactions.traffic import a_transaction
from tests.transactions.views.reading import SignIn, frozen, links, text_of, told

pytestmark = pytest.mark.django_db


def button_of(page: Any) -> str:
    """Where the list's own button leads."""
    (found,) = {link for link in links(page) if link.startswith("/tx/replay/")}
    return found


def given(page: Any) -> dict[str, str]:
    """What the form of the dry run carries."""
    found = re.search(r'name="found" value="([^"]+)"', page.content.decode())
    assert found is not None
    return {"items": frozen(page), "found": found[1]}


def test_the_dead_letters_of_a_search_are_replayed_after_a_dry_run(here: Estate, signed_in: SignIn) -> None:
    failed = [told(here, minutes, fails_at="invoice").runs["invoice"].id for minutes in (9, 5)]
    told(here, 4)
    client = signed_in(Role.SUPPORT, here.team)
    address = button_of(client.get("/tx/", {"q": "type:invoice.paid.v1"}))
    page = client.get(address)
    assert "Replay 2 deliveries" in text_of(page)
    assert "Every dead letter that waits among the matches of type:invoice.paid.v1 ." in text_of(page)
    assert "The search is kept with the replay." in text_of(page)
    asked = client.post(address, given(page) | {"reason": "The ledger is back."})
    replay = Replay.objects.get()
    assert asked.headers["location"] == f"/tx/replays/{replay.pk}/"
    assert [item.step_run_id for item in ReplayItem.objects.order_by("ordinal")] == failed
    assert replay.query == "type:invoice.paid.v1"
    assert AuditRecord.objects.get(action="replay.requested").details == {
        "items": 2,
        "queued": 2,
        "query": "type:invoice.paid.v1",
        "needs_approval": False,
    }
    assert "Found by type:invoice.paid.v1" in text_of(client.get(f"/tx/replays/{replay.pk}/"))


def test_a_name_in_the_search_is_kept_nowhere(here: Estate, signed_in: SignIn) -> None:
    told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    address = button_of(client.get("/tx/", {"q": '-"Anna Huber" status:failed'}, follow=True))
    page = client.get(address)
    client.post(address, given(page) | {"reason": "again"})
    hidden = "-•••• status:failed"
    assert (Replay.objects.get().query, AuditRecord.objects.get(action="replay.requested").details["query"]) == (
        hidden,
        hidden,
    )
    assert f"matches of {hidden}" in text_of(page)
    assert "Huber" not in address


def test_what_fails_after_the_dry_run_is_not_among_it(here: Estate, signed_in: SignIn) -> None:
    first = told(here, fails_at="invoice").runs["invoice"].id
    client = signed_in(Role.SUPPORT, here.team)
    page = client.get("/tx/replay/", {"q": "status:failed"})
    told(here, 1, fails_at="invoice")
    client.post("/tx/replay/?q=status:failed", given(page) | {"reason": "again"})
    assert [item.step_run_id for item in ReplayItem.objects.all()] == [first]


def test_a_transaction_that_is_still_under_way_counts_for_what_died_of_it(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    story.transaction.state = TransactionState.RUNNING
    story.transaction.save()
    page = signed_in(Role.SUPPORT, here.team).get("/tx/replay/", {"q": str(story.transaction.id)})
    assert frozen(page).startswith(str(story.runs["invoice"].id))


def test_what_somebody_closed_without_sending_is_not_sent_after_all(here: Estate, signed_in: SignIn) -> None:
    closed, waits = (told(here, minutes, fails_at="invoice").runs["invoice"].id for minutes in (9, 5))
    drop(an_access(Role.OWNER, here.team), [closed], "Paid by hand")
    page = signed_in(Role.SUPPORT, here.team).get("/tx/replay/", {"q": "status:failed"})
    assert "Replay 1 delivery" in text_of(page)
    assert frozen(page).startswith(str(waits))


def test_a_personal_value_is_in_no_address_and_is_not_kept(here: Estate, signed_in: SignIn) -> None:
    told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    moved = client.get("/tx/replay/", {"q": "-ada@example.com"}).headers["location"]
    assert re.fullmatch(r"/tx/replay/\?kept=[\w-]{20}", moved)
    page = client.get(moved)
    client.post(moved, given(page) | {"reason": "again"})
    replay = Replay.objects.get()
    assert replay.query == "-••••@example.com"
    assert AuditRecord.objects.get(action="replay.requested").details["query"] == "-••••@example.com"
    assert "ada@" not in page.content.decode()
    assert client.get("/tx/replay/", {"kept": "x" * 20}).status_code == 404


@pytest.mark.parametrize("query", ["", "status:ok", "customer:nobody"])
def test_a_search_without_dead_letters_says_that_there_is_nothing(here: Estate, signed_in: SignIn, query: str) -> None:
    told(here)
    answer = signed_in(Role.SUPPORT, here.team).get("/tx/replay/", {"q": query}, follow=True)
    assert answer.redirect_chain[0][0].startswith("/tx/")
    assert "Nothing that this search finds waits as a dead letter: there is nothing to replay." in text_of(answer)


def test_of_too_many_none_is_chosen(here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.transactions.selectors.found_letters.MOST", 1)
    for minutes in (9, 5):
        told(here, minutes, fails_at="invoice")
    answer = signed_in(Role.SUPPORT, here.team).get("/tx/replay/", {"q": "status:failed"}, follow=True)
    assert (
        "Nothing was chosen. It finds more than 1 transactions with dead letters that wait."
        " Narrow the search, by a time or a system." in text_of(answer)
    )
    assert parse_qs(urlsplit(answer.redirect_chain[0][0]).query) == {"q": ["status:failed"]}


def test_a_search_that_takes_too_long_replays_no_part_of_it(
    here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from controlplane.transactions.search import run

    def too_slow(*_: Any, **__: Any) -> None:
        raise run.OutOfTime

    told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    monkeypatch.setattr(run, "ask", too_slow)
    message = client.get("/tx/replay/", {"q": "status:failed"})
    monkeypatch.undo()
    assert "UTC only: that takes too long. Narrow the search" in text_of(client.get(message.headers["location"]))


@pytest.mark.parametrize("query", ["custmer:1", "system:nowhere"])
def test_what_cannot_be_read_is_shown_on_the_list(here: Estate, signed_in: SignIn, query: str) -> None:
    answer = signed_in(Role.SUPPORT, here.team).get("/tx/replay/", {"q": query}, follow=True)
    assert (answer.redirect_chain[0][0].partition("=")[0], answer.status_code) == ("/tx/?q", 422)


def test_other_teams_letters_are_not_found_and_who_may_not_replay_is_told(here: Estate, signed_in: SignIn) -> None:
    mine, sales = told(here, fails_at="invoice"), estate("sales")
    told(sales, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    assert frozen(client.get("/tx/replay/")).split(".")[0] == str(mine.runs["invoice"].id)
    board = signed_in(Role.BOARD, name="Bo Board")
    assert "Replay… (not now: it takes the role" in text_of(board.get("/tx/", {"q": "status:failed"}))
    page = board.get("/tx/replay/", {"q": "status:failed"})
    assert "2 left out. Your role does not replay for this team." in text_of(page)
    sent = board.post("/tx/replay/?q=status:failed", given(page) | {"reason": "because"})
    assert (sent.status_code, Replay.objects.count()) == (403, 0)
    assert signed_in(name="Nobody").get("/tx/replay/").status_code == 403
    assert Client().get("/tx/replay/").headers["location"].startswith("/signin/")


def test_a_large_one_waits_for_the_board_which_sees_the_search(here: Estate, signed_in: SignIn, settings: Any) -> None:
    settings.REPLAY_APPROVAL_ITEMS = 1
    a_board(an_account("Tomás Ortega", Role.SUPPORT, here.team))
    for minutes in (9, 5):
        told(here, minutes, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    page = client.get("/tx/replay/", {"q": "status:failed"})
    assert "Needs the board." in text_of(page)
    client.post("/tx/replay/?q=status:failed", given(page) | {"reason": "The ledger is back."})
    replay = Replay.objects.get()
    assert (replay.state, replay.query) == ("planned", "status:failed")
    change = change_of(replay)
    assert change is not None
    assert "Found by: status:failed" in text_of(client.get(change.get_absolute_url()))


def test_transactions_without_dead_letters_do_not_count(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    a_transaction(here, at=story.transaction.received_at, state=TransactionState.QUARANTINED)
    page = signed_in(Role.SUPPORT, here.team).get("/tx/replay/", {"q": "is:open"})
    assert frozen(page).startswith(str(story.runs["invoice"].id))


def test_one_transaction_with_many_letters_does_not_hide_the_others(
    here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.transactions.selectors.found_letters.MOST", 1)
    wanted = told(here, 9, fails_at="invoice")
    other = told(here, 5, fails_at="invoice")
    letter = DeadLetter.objects.get(step_run_id=other.runs["invoice"].id)
    for _ in range(9):
        letter.pk = uuid4()
        letter.save(force_insert=True)
    page = signed_in(Role.SUPPORT, here.team).get("/tx/replay/", {"q": str(wanted.transaction.id)})
    assert frozen(page).startswith(str(wanted.runs["invoice"].id))


def test_the_search_that_is_kept_is_the_one_that_found_them(here: Estate, signed_in: SignIn) -> None:
    run, other = (str(told(here, minutes, fails_at="invoice").runs["invoice"].id) for minutes in (9, 5))
    client = signed_in(Role.SUPPORT, here.team)
    page = client.get("/tx/replay/", {"q": f"status:failed id:{StepRun.objects.get(pk=run).transaction_id}"})
    address = "/tx/replay/?q=status:ok+customer:harmless"
    forged = [
        given(page) | {"items": other},
        given(page) | {"items": f"{run},{other}"},
        given(page) | {"found": given(page)["found"][:-1] + "_"},
    ]
    for form in forged:
        answer = client.post(address, form | {"reason": "r"})
        assert answer.status_code == 422
        assert "The selection is not the one that the search found." in text_of(answer)
    stranger = signed_in(Role.SUPPORT, here.team, name="Otto Fremd")
    assert stranger.post(address, given(page) | {"reason": "r"}).status_code == 422
    assert Replay.objects.count() == 0
    client = signed_in(Role.OPERATOR, name="Op")
    client.post(address, {"items": other, "reason": "not by a search"})
    assert Replay.objects.get().query == ""
