"""Large replays, edits and results over HTTP: asked for by one, agreed to by another, taken away as a table."""

from __future__ import annotations

import csv
import re
from html import unescape
from typing import Any

import pytest

from controlplane.audit.models import AuditRecord
from controlplane.people.roles import Role
from controlplane.transactions.models import Payload, PayloadKind, Replay, ReplayItem, StepQueue, StepRun
from tests.governance.seats import a_board
from tests.transactions.factories import RECORD, Estate, an_account, estate
from tests.transactions.views.reading import SignIn, frozen, links, text_of, told

pytestmark = pytest.mark.django_db


def hidden(page: Any, name: str) -> str:
    """A hidden value of the page's form."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.content.decode())
    return unescape(found[1]) if found else ""


def test_a_large_replay_is_asked_for_by_one_and_agreed_to_by_another(
    here: Estate, signed_in: SignIn, settings: Any
) -> None:
    settings.REPLAY_APPROVAL_ITEMS = 1
    a_board()
    for minutes in (9, 5):
        told(here, minutes, fails_at="invoice")
    client = signed_in(Role.OWNER, here.team)
    opened = next(link for link in links(client.get("/tx/dead/")) if re.fullmatch(r"/tx/dead/[0-9a-f-]{36}/", link))
    asked = client.get("/tx/dead/replay/", {"cause": opened.split("/")[3]})
    assert "Needs the board. It sends 2 deliveries; above 1 a board decides." in text_of(asked)
    assert "Ask for approval" in text_of(asked)
    given = {"items": frozen(asked), "token": hidden(asked, "token"), "reason": "The ledger is back."}
    done = client.post("/tx/dead/replay/", given, follow=True)
    replay = Replay.objects.get()
    assert f"Replay {replay.pk} waits for the board." in text_of(done)
    assert "Decide… (not now: You asked for it, so somebody else decides.)" in text_of(done)
    assert client.post("/tx/dead/replay/", given).headers["location"] == f"/tx/replays/{replay.pk}/"
    assert (Replay.objects.count(), StepQueue.objects.count()) == (1, 0)
    own = client.post(f"/tx/replays/{replay.pk}/decide/", {"decision": "approve", "reason": "me"})
    assert own.status_code == 403
    tomas = an_account("Tomás Ortega", Role.SUPPORT, here.team)
    a_board(tomas)
    client.force_login(tomas)
    page = client.get(f"/tx/replays/{replay.pk}/decide/")
    assert "Elif Kaya asked" in text_of(page)
    assert "2 will be sent again" in text_of(page)
    assert client.post(f"/tx/replays/{replay.pk}/decide/", {"decision": "approve", "reason": " "}).status_code == 422
    for odd in ({"decision": "agree"}, {"decision": ""}, {}):
        answer = client.post(f"/tx/replays/{replay.pk}/decide/", odd | {"reason": "Confirmed."})
        assert (answer.status_code, "Agree or decline: nothing was decided." in text_of(answer)) == (422, True)
        assert Replay.objects.get().state == "planned"
    agreed = client.post(
        f"/tx/replays/{replay.pk}/decide/", {"decision": "approve", "reason": "Confirmed."}, follow=True
    )
    assert "Agreed; it is under way." in text_of(agreed)
    assert "agreed by Tomás Ortega" in text_of(agreed)
    assert "Said Confirmed." in text_of(agreed)
    assert StepQueue.objects.count() == 2
    again = client.get(f"/tx/replays/{replay.pk}/decide/", follow=True)
    assert "It does not wait for anybody's decision any more." in text_of(again)


def test_the_board_is_shown_what_it_decides_on_whatever_its_members_may_replay(
    here: Estate, signed_in: SignIn, settings: Any
) -> None:
    settings.REPLAY_APPROVAL_ITEMS = 0
    a_board()
    story = told(here, fails_at="invoice")
    client = signed_in(Role.OWNER, here.team)
    address = f"/tx/{story.transaction.id}/replay/"
    client.post(address, {"items": frozen(client.get(address)), "reason": "again"})
    member = an_account("Bea Board", Role.BOARD, here.team)
    a_board(member)
    client.force_login(member)
    page = client.get(f"/tx/replays/{Replay.objects.get().pk}/decide/")
    assert "1 will be sent again" in text_of(page)
    assert "Your role does not replay" not in text_of(page)


def test_a_declined_replay_says_by_whom_and_why(here: Estate, signed_in: SignIn, settings: Any) -> None:
    settings.REPLAY_APPROVAL_ITEMS = 0
    a_board()
    story = told(here, fails_at="invoice")
    client = signed_in(Role.OWNER, here.team)
    address = f"/tx/{story.transaction.id}/replay/"
    client.post(address, {"items": frozen(client.get(address)), "reason": "again"})
    replay = Replay.objects.get()
    tomas = an_account("Tomás Ortega", Role.SUPPORT, here.team)
    a_board(tomas)
    client.force_login(tomas)
    page = client.post(f"/tx/replays/{replay.pk}/decide/", {"decision": "decline", "reason": "Not now."}, follow=True)
    assert "Declined" in text_of(page)
    assert "declined by Tomás Ortega" in text_of(page)
    assert "Declined before it was sent." in text_of(page)
    client.force_login(an_account("Otto Fremd", Role.OWNER, estate("sales").team))
    assert client.get(f"/tx/replays/{replay.pk}/decide/").status_code == 404
    assert client.get(f"/tx/replays/{replay.pk}/results.csv").status_code == 404


def test_what_has_been_tried_since_the_dry_run_is_not_sent_by_an_old_form(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    address = f"/tx/{story.transaction.id}/replay/"
    form = frozen(client.get(address))
    StepRun.objects.filter(pk=story.runs["invoice"].id).update(attempts=2)
    answer = client.post(address, {"items": form, "reason": "again"})
    assert answer.status_code == 409
    assert "It has been tried or edited since the dry run." in text_of(answer)


def test_the_results_leave_as_a_table_in_which_nothing_is_a_formula(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice", record={**RECORD, "id": "=HYPERLINK(1)"})
    client = signed_in(Role.SUPPORT, here.team)
    address = f"/tx/{story.transaction.id}/replay/"
    client.post(address, {"items": frozen(client.get(address)), "reason": "again"})
    replay = Replay.objects.get()
    ReplayItem.objects.update(
        state=3, result="the period of ada@example.com is closed", finished_at=replay.requested_at
    )
    assert f"/tx/replays/{replay.pk}/results.csv" in links(client.get(f"/tx/replays/{replay.pk}/"))
    answer = client.get(f"/tx/replays/{replay.pk}/results.csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="replay-{replay.pk}.csv"'
    header, row = csv.reader(b"".join(answer).decode().splitlines())
    assert header[:4] == ["number", "record", "flow", "step"]
    assert row[:4] == ["1", "'=HYPERLINK(1)", story.transaction.headline, "invoice"]
    assert row[4:8] == [
        "€3,940.00",
        "Failed again",
        "the period of a••••@example.com is closed",
        f"{replay.requested_at:%Y-%m-%d %H:%M:%S}",
    ]
    assert AuditRecord.objects.filter(action="replay.exported").count() == 1


def test_a_body_is_edited_compared_and_sent(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    run = story.runs["invoice"].id
    client = signed_in(Role.OWNER, here.team)
    address = f"/tx/dead/letters/{run}/edit/"
    assert address in links(client.get(f"/tx/dead/letters/{run}/"))
    page = client.get(address)
    assert "INV-0001" in text_of(page)
    given = {"revision": hidden(page, "revision"), "basis": hidden(page, "basis"), "reason": "The number was taken."}
    body = '{"party": "8841-party", "number": "INV-0001-b", "total": "3940.00", "currency": "EUR"}'
    assert "It is not JSON" in text_of(client.post(address, given | {"body": body[:-1]}))
    assert client.post(address, given | {"body": body, "reason": ""}).status_code == 422
    compared = client.post(address, given | {"body": body})
    assert '/number "INV-0001" "INV-0001-b"' in text_of(compared)
    assert "kept as revision 1 beside the original" in text_of(compared)
    assert Payload.objects.filter(kind=PayloadKind.EDITED).count() == 0
    done = client.post(address, given | {"body": body, "confirm": "True"}, follow=True)
    replay = Replay.objects.get()
    assert f"Kept as a revision, and sent by replay {replay.pk}." in text_of(done)
    assert Payload.objects.filter(kind=PayloadKind.EDITED).count() == 2
    again = client.post(address, given | {"body": body, "confirm": "True"}, follow=True)
    assert "It is not waiting any more, so there is nothing to edit." in text_of(again)


def test_an_edited_letter_shows_what_was_changed_and_by_whom(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    run = story.runs["invoice"].id
    client = signed_in(Role.OWNER, here.team)
    address = f"/tx/dead/letters/{run}/edit/"
    page = client.get(address)
    given = {"revision": hidden(page, "revision"), "basis": hidden(page, "basis"), "reason": "<b>taken</b>"}
    client.post(address, given | {"body": '{"number": "INV-2"}', "confirm": "True"})
    client.post(f"/tx/replays/{Replay.objects.get().pk}/stop/")
    shown = client.get(f"/tx/dead/letters/{run}/")
    assert "Its body was edited." in text_of(shown)
    assert "Edited by Elif Kaya" in text_of(shown)
    assert '/number "INV-0001" "INV-2"' in text_of(shown)
    assert "<b>taken</b>" not in shown.content.decode()
    asked = client.get("/tx/dead/replay/", {"item": str(run)})
    assert "1 was edited by a person: the edited body is sent" in text_of(asked)


def test_support_reads_a_letter_and_is_told_who_edits(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    run = story.runs["invoice"].id
    client = signed_in(Role.SUPPORT, here.team)
    words = text_of(client.get(f"/tx/dead/letters/{run}/"))
    assert "Edit and send… (not now: it takes the role Integration owner or Platform operator in this team)" in words
    answer = client.get(f"/tx/dead/letters/{run}/edit/", follow=True)
    assert "Your roles do not let you edit, assign and resolve dead letters here" in text_of(answer)
