"""Replays over HTTP: a dry run, a reason, progress, and stopping."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from controlplane.audit.models import AuditRecord
from controlplane.people.models import Person
from controlplane.people.roles import Role
from controlplane.transactions.models import Replay, ReplayItem, ReplayState, StepRun
from controlplane.transactions.rules.states import StepState
from controlplane.transactions.selectors import replays
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.views.reading import SignIn, frozen, links, text_of, told

pytestmark = pytest.mark.django_db


def test_a_replay_is_asked_for_with_a_dry_run_and_a_reason(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    address = f"/tx/{story.transaction.id}/replay/"
    page = client.get(address)
    words = text_of(page)
    assert "Replay 1 delivery" in words
    assert "1 will be sent again" in words
    assert "Post the paid invoice Billing Erp 1" in words
    refused = client.post(address, {"items": frozen(page), "reason": " "})
    assert refused.status_code == 422
    assert "This field is required" in text_of(refused)
    assert frozen(refused) == frozen(page)
    assert Replay.objects.count() == 0
    done = client.post(address, {"items": frozen(page), "reason": "The number is free again."})
    replay = Replay.objects.get()
    assert (done.status_code, done.headers["location"]) == (302, f"/tx/replays/{replay.pk}/")
    assert ReplayItem.objects.get().step_run_id == story.runs["invoice"].id
    assert AuditRecord.objects.filter(action="replay.requested").count() == 1
    shown = text_of(client.get(f"/tx/replays/{replay.pk}/"))
    assert "0 of 1 done" in shown
    assert "The number is free again." in shown


def test_the_replay_page_of_somebody_without_the_right_says_why_nothing_can_be_sent(
    here: Estate, signed_in: SignIn
) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.BOARD)
    address = f"/tx/{story.transaction.id}/replay/"
    page = client.get(address)
    assert "1 left out. Your role does not replay for this team." in text_of(page)
    assert "Nothing of the selection can be replayed" in text_of(page)
    sent = client.post(address, {"items": str(story.runs["invoice"].id), "reason": "because"})
    assert sent.status_code == 403
    assert Replay.objects.count() == 0


def test_the_list_of_replays_is_read_page_by_page_and_each_once(
    here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "NEWEST", 2)
    client = signed_in(Role.OWNER, here.team)
    by = Person.objects.get()
    made = [
        Replay.objects.create(team=here.team, requested_by=by, reason=f"r{n}", total=0, state=ReplayState.DONE).pk
        for n in range(5)
    ]
    address, seen = "/tx/replays/", []
    for _ in range(4):
        page = client.get(address)
        seen += [link for link in links(page) if re.fullmatch(r"/tx/replays/[0-9]+/", link)]
        older = [link for link in links(page) if "below=" in link]
        if not older:
            break
        address = older[0]
    assert seen == [f"/tx/replays/{pk}/" for pk in reversed(made)]
    assert client.get("/tx/replays/?below=junk").status_code == 200
    assert "No older replays" in text_of(client.get(f"/tx/replays/?below={made[0]}"))


def test_a_step_that_is_named_and_not_there_does_not_mean_all_that_failed(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    address = f"/tx/{story.transaction.id}/replay/"
    assert client.get(address, {"step": "teleport"}).status_code == 404
    given = {"items": str(story.runs["invoice"].id), "reason": "again"}
    assert client.post(f"{address}?step=teleport", given).status_code == 404
    assert Replay.objects.count() == 0
    assert "Replay 1 delivery" in text_of(client.get(address, {"step": "invoice"}))


def test_junk_for_a_selection_is_a_message(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    answer = client.post(f"/tx/{story.transaction.id}/replay/", {"items": "1,2", "reason": "r"})
    assert answer.status_code == 422
    assert "The selection cannot be read." in text_of(answer)


def test_a_form_from_another_site_is_refused(here: Estate) -> None:
    story = told(here, fails_at="invoice")
    client = Client(enforce_csrf_checks=True)
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, here.team))
    data = {"items": str(story.runs["invoice"].id), "reason": "r"}
    assert client.post(f"/tx/{story.transaction.id}/replay/", data).status_code == 403


def test_a_replay_is_stopped_from_its_page(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    client.post(
        f"/tx/{story.transaction.id}/replay/", {"items": str(story.runs["invoice"].id), "reason": "ERP is back"}
    )
    replay = Replay.objects.get()
    assert client.get(f"/tx/replays/{replay.pk}/stop/").status_code == 405
    answer = client.post(f"/tx/replays/{replay.pk}/stop/", follow=True)
    assert "Stopped. What was being sent ends by itself" in text_of(answer)
    again = client.post(f"/tx/replays/{replay.pk}/stop/", follow=True)
    assert "has ended already; nothing was stopped" in text_of(again)
    assert "Replay 1 ERP is back Stopped" in text_of(client.get("/tx/replays/")).replace(
        f"Replay {replay.pk}", "Replay 1"
    )


@pytest.mark.parametrize("query", ["show=failed", "show=nonsense", "after=1", "after=x", "after=" + "9" * 5000])
def test_the_items_of_a_replay_take_any_address(here: Estate, signed_in: SignIn, query: str) -> None:
    client = signed_in(Role.SUPPORT, here.team)
    replay = Replay.objects.create(team=here.team, requested_by=Person.objects.get(), reason="r", total=0)
    assert client.get(f"/tx/replays/{replay.pk}/?{query}").status_code == 200


def test_a_replay_over_two_teams_is_seen_in_both_and_stopped_by_either(here: Estate, signed_in: SignIn) -> None:
    there = estate("sales", erp_connector="webhook")
    mine, theirs = told(here, 6, fails_at="invoice"), told(there, 5, fails_at="invoice")
    runs = f"{mine.runs['invoice'].id},{theirs.runs['invoice'].id}"
    signed_in(Role.OPERATOR, name="Otto").post("/tx/dead/replay/", {"items": runs, "reason": "both are back"})
    replay = Replay.objects.get()
    page = f"/tx/replays/{replay.pk}/"
    client = signed_in(Role.SUPPORT, there.team, name="Sam")
    assert page in links(client.get(f"/tx/{theirs.transaction.id}/"))
    assert page in links(client.get("/tx/replays/"))
    shown = client.get(page)
    assert f"/tx/{theirs.transaction.id}/" in links(shown)
    assert str(mine.transaction.id) not in shown.content.decode()
    client.post(f"{page}stop/")
    replay.refresh_from_db()
    assert replay.state == ReplayState.STOPPED


def test_a_delivery_that_was_left_out_gives_no_right_to_stop_the_others(here: Estate, signed_in: SignIn) -> None:
    there = estate("sales", erp_connector="webhook")
    mine, theirs = told(here, 6, fails_at="invoice"), told(there, 5)
    StepRun.objects.filter(pk=theirs.runs["invoice"].id).update(state=StepState.RUNNING)
    runs = f"{mine.runs['invoice'].id},{theirs.runs['invoice'].id}"
    signed_in(Role.OPERATOR, name="Otto").post("/tx/dead/replay/", {"items": runs, "reason": "both are back"})
    page = f"/tx/replays/{Replay.objects.get().pk}/"
    client = signed_in(Role.SUPPORT, there.team, name="Sam")
    assert "Stopping takes the role" in text_of(client.get(page))
    assert client.post(f"{page}stop/").status_code == 403
    assert Replay.objects.get().state == ReplayState.RUNNING
    assert signed_in(Role.SUPPORT, estate("third").team, name="Tim").get(page).status_code == 404
