"""Replays over the API: planned, asked for, agreed to by another person, followed, taken away."""

from __future__ import annotations

import csv
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncRequestFactory
from django.urls import resolve
from django.utils import timezone

from controlplane.people.roles import Role
from controlplane.transactions.models import DeadLetter, Replay, ReplayItem, StepQueue, StepRun
from tests.governance.seats import a_board
from tests.people.rest.asking import a_program
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.rest.asking import Programs
from tests.transactions.views.reading import told

pytestmark = pytest.mark.django_db


def test_a_plan_says_what_each_target_will_do_and_changes_nothing(here: Estate, program: Programs) -> None:
    story = told(here, fails_at="invoice")
    plan = program(Role.SUPPORT).post("replays/plan", {"transactions": [str(story.transaction.id)]}).json()
    assert (plan["total"], plan["allowed"], plan["left_out"], plan["approval"]) == (1, 1, 0, "")
    (target,) = plan["targets"]
    assert (target["destination"], target["title"], target["count"]) == ("Billing Erp", "Post the paid invoice", 1)
    assert plan["items"][0]["step_run_id"] == str(story.runs["invoice"].id)
    assert (Replay.objects.count(), StepQueue.objects.count()) == (0, 0)


def test_what_was_tried_since_the_plan_is_left_out(here: Estate, program: Programs) -> None:
    run = told(here, fails_at="invoice").runs["invoice"].id
    asking = program(Role.SUPPORT)
    (item,) = asking.post("replays/plan", {"letters": [str(run)]}).json()["items"]
    seen = [{name: item[name] for name in ("step_run_id", "attempts", "revision")}]
    StepRun.objects.filter(pk=run).update(attempts=7)
    answer = asking.post("replays", {"letters": [str(run)], "reason": "again", "seen": seen})
    assert answer.status_code == 409
    assert "It has been tried or edited since the dry run." in answer.json()["detail"]


def test_what_joined_the_cause_after_the_plan_is_not_sent(here: Estate, program: Programs) -> None:
    shown = told(here, fails_at="invoice").runs["invoice"].id
    cause = str(DeadLetter.objects.get().fingerprint)
    asking = program(Role.SUPPORT)
    (item,) = asking.post("replays/plan", {"causes": [cause]}).json()["items"]
    seen = [{name: item[name] for name in ("step_run_id", "attempts", "revision")}]
    later = told(here, fails_at="invoice").runs["invoice"].id
    replay = asking.post("replays", {"causes": [cause], "reason": "again", "seen": seen}).json()
    items = {one.step_run_id: one.result for one in ReplayItem.objects.filter(replay=replay["id"])}
    assert items == {shown: "", later: "It was not in the dry run."}
    assert list(StepQueue.objects.values_list("step_run_id", flat=True)) == [shown]


def test_a_plan_that_showed_nothing_sends_nothing(here: Estate, program: Programs) -> None:
    run = told(here, fails_at="invoice").runs["invoice"].id
    answer = program(Role.SUPPORT).post("replays", {"letters": [str(run)], "reason": "again", "seen": []})
    assert (answer.status_code, StepQueue.objects.count()) == (409, 0)
    assert answer.json()["detail"] == "Nothing was replayed. It was not in the dry run."


def test_what_a_search_finds_is_replayed_and_the_search_is_kept(here: Estate, program: Programs) -> None:
    runs = [str(told(here, minutes, fails_at="invoice").runs["invoice"].id) for minutes in (9, 5)]
    told(here, 4)
    asking = program(Role.SUPPORT)
    plan = asking.post("replays/plan", {"query": "type:invoice.paid.v1"}).json()
    assert [item["step_run_id"] for item in plan["items"]] == runs
    seen = [{name: item[name] for name in ("step_run_id", "attempts", "revision")} for item in plan["items"]]
    answer = asking.post("replays", {"query": "-ada@example.com", "reason": "again", "seen": seen})
    assert (answer.status_code, answer.json()["query"], answer.json()["progress"]["total"]) == (
        202,
        "-••••@example.com",
        2,
    )
    stranger = program(Role.OWNER, estate("sales").team, name="Otto Fremd")
    refused = stranger.post("replays/plan", {"query": "status:failed"})
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "Nothing that the query finds waits as a dead letter of yours: there is nothing to replay.",
    )


def test_a_query_that_cannot_be_read_or_finds_too_many_is_refused(
    here: Estate, program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for minutes in (9, 5):
        told(here, minutes, fails_at="invoice")
    asking = program(Role.SUPPORT)
    misread = asking.post("replays/plan", {"query": "custmer:1"})
    assert (misread.status_code, misread.json()["faults"][0]["suggestion"]) == (422, "customer:")
    monkeypatch.setattr("controlplane.transactions.selectors.found_letters.MOST", 1)
    many = asking.post("replays", {"query": "status:failed", "reason": "again"})
    assert many.status_code == 422
    assert "It finds more than 1 transactions with dead letters that wait." in many.json()["detail"]
    assert Replay.objects.count() == 0


def test_nothing_chosen_is_said(here: Estate, program: Programs) -> None:
    asking = program(Role.SUPPORT)
    assert asking.post("replays", {"reason": "x"}).status_code == 422
    assert asking.post("replays/plan", {"letters": [str(uuid4())]}).status_code == 422
    assert asking.post("replays/plan", {"letter": [str(uuid4())]}).json()["errors"] == [
        {"field": "letter", "message": "There is no such field; did you mean letters?"}
    ]


def test_a_large_replay_is_agreed_to_by_another_person_whatever_tokens_they_use(
    here: Estate, program: Programs, settings: Any
) -> None:
    settings.REPLAY_APPROVAL_ITEMS = 1
    tomas = an_account("Tomás Ortega", Role.SUPPORT, here.team)
    a_board(tomas)
    for minutes in (9, 5):
        told(here, minutes, fails_at="invoice")
    cause = str(DeadLetter.objects.values_list("fingerprint", flat=True).first())
    elif_ = an_account("Elif Kaya", Role.OWNER, here.team)
    first, second = (a_program(elif_, role, here.team) for role in (Role.OWNER, Role.SUPPORT))
    asked = first.post("replays", {"causes": [cause], "reason": "The ledger is back."})
    assert (asked.status_code, asked.json()["state"], asked.json()["needs_approval"]) == (202, "planned", True)
    address = f"replays/{asked.json()['id']}"
    own = second.post(f"{address}/approve", {"reason": "me"})
    assert own.status_code == 403
    assert "You asked for this replay, so somebody else decides about it." in own.json()["detail"]
    agreed = a_program(tomas, Role.SUPPORT, here.team).post(f"{address}/approve", {"reason": "Confirmed."}).json()
    assert (agreed["state"], agreed["approved_by"], agreed["decision"]) == ("running", "Tomás Ortega", "Confirmed.")
    assert StepQueue.objects.count() == 2


def test_a_declined_or_stopped_replay_sends_nothing(here: Estate, program: Programs, settings: Any) -> None:
    settings.REPLAY_APPROVAL_ITEMS = 0
    tomas = an_account("Tomás Ortega", Role.SUPPORT, here.team)
    a_board(tomas)
    run = str(told(here, fails_at="invoice").runs["invoice"].id)
    asking = program(Role.SUPPORT)
    declined = asking.post("replays", {"letters": [run], "reason": "again"}).json()["id"]
    answer = a_program(tomas, Role.SUPPORT, here.team).post(f"replays/{declined}/decline", {"reason": "Not now."})
    assert (answer.json()["state"], answer.json()["declined_by"]) == ("declined", "Tomás Ortega")
    stopped = asking.post("replays", {"letters": [run], "reason": "again"}).json()["id"]
    assert asking.post(f"replays/{stopped}/stop").json()["state"] == "stopped"
    assert asking.post(f"replays/{stopped}/stop").status_code == 409
    assert StepQueue.objects.count() == 0
    listed = asking.get("replays").json()
    assert [(one["id"], one["state"]) for one in listed["replays"]] == [(stopped, "stopped"), (declined, "declined")]


def test_items_and_results_say_what_became_of_each(here: Estate, program: Programs) -> None:
    runs = [str(told(here, minutes, fails_at="invoice").runs["invoice"].id) for minutes in (9, 5)]
    asking = program(Role.SUPPORT)
    replay = asking.post("replays", {"steps": runs, "reason": "again"}).json()
    items = asking.get(f"replays/{replay['id']}/items").json()
    assert [(one["ordinal"], one["outcome"], one["visible"]) for one in items["items"]] == [
        (1, "Waiting", True),
        (2, "Waiting", True),
    ]
    assert items["next"] is None
    assert asking.get(f"replays/{replay['id']}/items", cursor="1").json()["items"][0]["ordinal"] == 2
    assert asking.get(f"replays/{replay['id']}/items", state="failed").json()["items"] == []
    table = asking.get(replay["results"].removeprefix("/api/v1/"))
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(b"".join(table.streaming_content).decode().splitlines()))
    assert [row[0] for row in rows] == ["number", "1", "2"]
    assert (table["Content-Disposition"], table["Cache-Control"]) == (
        f'attachment; filename="replay-{replay["id"]}.csv"',
        "no-store, private",
    )


def test_results_leave_piece_by_piece_where_the_server_speaks_asgi(
    here: Estate, program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.transactions.selectors.replays.PAGE", 1)
    runs = [str(told(here, minutes, fails_at="invoice").runs["invoice"].id) for minutes in (9, 5)]
    asking = program(Role.SUPPORT)
    address = asking.post("replays", {"steps": runs, "reason": "again"}).json()["results"]
    request = AsyncRequestFactory().get(address, headers={"Authorization": f"Bearer {asking.secret}"})
    with timezone.override(None):  # as the middleware does, which is not in the way here
        answer = resolve(address).func(request, **resolve(address).kwargs)

    async def received() -> list[bytes]:
        return [piece async for piece in answer]

    assert answer.is_async
    assert [piece.split(b",")[0] for piece in async_to_sync(received)()] == [b"number", b"1", b"2"]


def test_replays_of_others_look_like_missing_ones(here: Estate, program: Programs) -> None:
    run = str(told(here, fails_at="invoice").runs["invoice"].id)
    replay = program(Role.SUPPORT).post("replays", {"letters": [run], "reason": "again"}).json()["id"]
    stranger = program(Role.OWNER, estate("sales").team, name="Otto Fremd")
    for path in (f"replays/{replay}", f"replays/{replay}/items", f"replays/{replay}/results.csv"):
        assert stranger.get(path).status_code == 404
    for verb in ("approve", "decline"):
        assert stranger.post(f"replays/{replay}/{verb}", {"reason": "mine"}).status_code == 404
    assert stranger.post(f"replays/{replay}/stop").status_code == 404
    assert stranger.get("replays").json() == {"replays": [], "next": None}
    assert stranger.post("replays/plan", {"steps": [run]}).json()["items"] == []
    assert stranger.post("replays", {"steps": [run], "reason": "mine"}).status_code == 409
    assert stranger.get(f"replays/{10**30}").status_code == 404
