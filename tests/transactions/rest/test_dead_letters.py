"""Dead letters over the API: by cause, one letter, and what is done about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.people.roles import Role
from controlplane.transactions.models import DeadLetter, Payload, PayloadKind, Replay, StepQueue
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.rest.asking import Programs
from tests.transactions.views.reading import told

pytestmark = pytest.mark.django_db


def cause_of(story: Any) -> str:
    return str(DeadLetter.objects.get(pk=story.runs["invoice"].id).fingerprint)


def test_what_waits_is_grouped_by_cause(here: Estate, program: Programs) -> None:
    stories = [told(here, minutes, fails_at="invoice") for minutes in (9, 5)]
    found = program(Role.SUPPORT).get("dead-letters/causes").json()
    (cause,) = found["causes"]
    assert (cause["fingerprint"], cause["count"], cause["money"]) == (cause_of(stories[0]), 2, "€7,880.00")
    assert (cause["integration"], cause["destination"]) == ("billing-invoices", "billing-erp")
    assert (cause["snoozed_until"], cause["assignees"]) == (None, [])
    assert found["counts"] == {"waiting": 1, "mine": 0, "unassigned": 1, "snoozed": 0}


def test_the_letters_of_a_cause_follow_each_other_page_by_page(here: Estate, program: Programs) -> None:
    runs = [str(told(here, minutes, fails_at="invoice").runs["invoice"].id) for minutes in range(5, 57)]
    cause = DeadLetter.objects.values_list("fingerprint", flat=True).first()
    asking = program(Role.SUPPORT)
    first = asking.get(f"dead-letters/causes/{cause}/letters").json()
    second = asking.get(f"dead-letters/causes/{cause}/letters", cursor=first["next"]).json()
    assert [one["step_run_id"] for one in first["letters"] + second["letters"]] == runs
    assert (len(first["letters"]), second["next"]) == (50, None)
    assert asking.get(f"dead-letters/causes/{cause}/letters", cursor="x").json()["field"] == "cursor"


def test_a_cause_is_acknowledged_noted_put_aside_and_brought_back(here: Estate, program: Programs) -> None:
    cause = cause_of(told(here, fails_at="invoice"))
    asking, address = program(Role.OWNER), f"dead-letters/causes/{cause}"
    seen = asking.post(f"{address}/acknowledge")
    assert (seen.status_code, seen.json()["acknowledged_by"]) == (200, "Elif Kaya")
    assert asking.post(f"{address}/notes", {"text": "Asked the vendor."}).status_code == 201
    until = (clock.now() + timedelta(days=2)).replace(microsecond=0)
    aside = asking.post(f"{address}/snooze", {"until": until.isoformat()}).json()
    assert aside["snoozed_until"] == f"{until:%Y-%m-%dT%H:%M:%SZ}"
    assert asking.get("dead-letters/causes", show="snoozed").json()["counts"]["snoozed"] == 1
    assert asking.post(f"{address}/wake").json()["snoozed_until"] is None
    again = asking.post(f"{address}/wake")
    assert (again.status_code, again.json()["type"]) == (409, "urn:interlock:problem:conflict")
    assert [one["what"].partition(",")[0] for one in asking.get(address).json()["history"]] == [
        "Snooze ended",
        "Snoozed",
        "Note",
        "Acknowledged",
    ]
    assert set(AuditRecord.objects.values_list("via", flat=True)) == {"api", "system"}
    late = asking.post(f"{address}/snooze", {"until": "2001-01-01T00:00:00Z"})
    assert (late.status_code, late.json()["field"]) == (422, "until")


def test_support_acknowledges_and_may_not_put_aside(here: Estate, program: Programs) -> None:
    cause = cause_of(told(here, fails_at="invoice"))
    asking = program(Role.SUPPORT)
    assert asking.post(f"dead-letters/causes/{cause}/acknowledge").status_code == 200
    until = (clock.now() + timedelta(days=2)).isoformat()
    refused = asking.post(f"dead-letters/causes/{cause}/snooze", {"until": until})
    assert refused.status_code == 403
    assert "“Integration owner” or “Platform operator” may" in refused.json()["detail"]


def test_who_may_not_edit_them_is_told_which_roles_may(here: Estate, program: Programs) -> None:
    story = told(here, fails_at="invoice")
    run, cause, asking = str(story.runs["invoice"].id), cause_of(story), program(Role.SUPPORT)
    answers = [
        asking.post("dead-letters/close", {"letters": [run], "reason": "A test order."}),
        asking.post("dead-letters/close", {"causes": [cause], "reason": "A test order."}),
        asking.post("dead-letters/assign", {"letters": [run], "to": ""}),
        asking.post("dead-letters/assign", {"causes": [cause], "to": ""}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:interlock:problem:not-allowed")
        assert "“Integration owner” or “Platform operator” may" in answer.json()["detail"]


def test_a_cause_is_given_to_somebody_who_may_see_it(here: Estate, program: Programs) -> None:
    cause = cause_of(told(here, fails_at="invoice"))
    sam = an_account("Sam Ortega", Role.SUPPORT, here.team)
    asking = program(Role.OWNER)
    known = asking.get("dead-letters/assignees", cause=cause).json()["assignees"]
    assert [one["name"] for one in known] == ["Billing", "Elif Kaya", "Sam Ortega"]
    given = asking.post("dead-letters/assign", {"causes": [cause], "to": f"person:{sam.person_id}"})
    assert given.json() == {"count": 1, "detail": "Assigned to Sam Ortega."}
    assert asking.get(f"dead-letters/causes/{cause}").json()["assignee"] == "Sam Ortega"
    stranger = asking.post("dead-letters/assign", {"causes": [cause], "to": f"person:{uuid4()}"})
    assert (stranger.status_code, stranger.json()["field"]) == (422, "to")
    assert asking.post("dead-letters/assign", {"to": ""}).status_code == 404


def test_letters_are_closed_without_sending_and_with_a_reason(here: Estate, program: Programs) -> None:
    story = told(here, fails_at="invoice")
    run, asking = str(story.runs["invoice"].id), program(Role.OWNER)
    assert asking.post("dead-letters/close", {"letters": [run]}).json()["field"] == "reason"
    done = asking.post("dead-letters/close", {"causes": [cause_of(story)], "reason": "A test order."})
    assert done.json() == {"count": 1, "detail": "Closed without sending."}
    shown = asking.get(f"dead-letters/letters/{run}").json()
    assert shown["resolution"] == "dropped: A test order."
    assert asking.post("dead-letters/close", {"letters": [run], "reason": "once more"}).status_code == 422


def test_a_letter_is_sent_again(here: Estate, program: Programs) -> None:
    story = told(here, fails_at="invoice")
    run, asking = story.runs["invoice"].id, program(Role.SUPPORT)
    shown = asking.get(f"dead-letters/letters/{run}").json()
    assert (shown["reason"], shown["body"]["document"]["number"]) == ("The tax ID contains spaces.", "INV-0001")
    replay = asking.post(f"dead-letters/letters/{run}/retry", {"reason": "The ledger is back."})
    assert (replay.status_code, replay.json()["state"], replay.json()["progress"]["waiting"]) == (202, "running", 1)
    assert StepQueue.objects.get().step_run_id == run
    again = asking.post(f"dead-letters/letters/{run}/retry", {"reason": "once more"})
    assert again.status_code == 409
    assert asking.post(f"dead-letters/letters/{run}/notes", {"text": "Sent."}).json()["history"][0]["detail"] == "Sent."


def test_a_body_is_edited_compared_and_sent_once(here: Estate, program: Programs) -> None:
    run = told(here, fails_at="invoice").runs["invoice"].id
    asking, address = program(Role.OWNER), f"dead-letters/letters/{run}"
    draft = asking.get(f"{address}/draft").json()
    body = {**draft["body"], "number": "INV-0001-b"}
    compared = asking.post(f"{address}/compare", {"body": body}).json()["changes"]
    assert compared == [{"kind": "changed", "path": "/number", "before": "INV-0001", "after": "INV-0001-b"}]
    assert not Payload.objects.filter(kind=PayloadKind.EDITED).exists()
    edit = {"body": body, "reason": "The number was taken.", "revision": draft["revision"], "basis": draft["basis"]}
    sent = asking.post(f"{address}/edit", edit, key="edit-1")
    assert (sent.status_code, sent.json()["state"]) == (202, "running")
    assert asking.post(f"{address}/edit", edit, key="edit-1").json() == sent.json()
    assert (Replay.objects.count(), Payload.objects.filter(kind=PayloadKind.EDITED).count()) == (1, 2)
    assert asking.get(f"{address}/draft").status_code == 409


def test_an_edit_of_a_body_that_changed_meanwhile_is_refused(here: Estate, program: Programs) -> None:
    run = told(here, fails_at="invoice").runs["invoice"].id
    asking, address = program(Role.OWNER), f"dead-letters/letters/{run}"
    stale = {"body": {"number": "1"}, "reason": "late", "revision": 3, "basis": ""}
    answer = asking.post(f"{address}/edit", stale)
    assert answer.status_code == 409
    assert "Somebody has edited it meanwhile" in answer.json()["detail"]
    same = asking.post(f"{address}/compare", {"body": asking.get(f"{address}/draft").json()["body"]})
    assert (same.status_code, same.json()["field"]) == (422, "body")


def test_letters_of_others_look_like_missing_ones(here: Estate, program: Programs) -> None:
    story = told(here, fails_at="invoice")
    stranger = program(Role.OWNER, estate("sales").team, name="Otto Fremd")
    run, cause = story.runs["invoice"].id, cause_of(story)
    for path in (f"dead-letters/letters/{run}", f"dead-letters/letters/{run}/draft", f"dead-letters/causes/{cause}"):
        assert stranger.get(path).status_code == 404
    for path in (f"dead-letters/causes/{cause}/acknowledge", f"dead-letters/causes/{cause}/wake"):
        assert stranger.post(path).status_code == 404
    assert stranger.post(f"dead-letters/letters/{run}/retry", {"reason": "mine"}).status_code == 404
    assert stranger.get("dead-letters/causes").json()["causes"] == []
    assert stranger.get("dead-letters/assignees", letter=str(run)).json() == {"assignees": []}
