"""Dead letters over HTTP: grouped, opened, replayed and closed together."""

from __future__ import annotations

import hashlib

import pytest

from controlplane.audit.models import AuditRecord, Subject
from controlplane.people.models import Membership, Person
from controlplane.people.roles import Role
from controlplane.transactions.dead_letters import named
from controlplane.transactions.models import DeadLetter, ReplayItem
from tests.transactions.factories import Estate, estate
from tests.transactions.views.reading import SignIn, frozen, links, text_of, told

pytestmark = pytest.mark.django_db


def test_dead_letters_are_grouped_opened_and_replayed_together(here: Estate, signed_in: SignIn) -> None:
    stories = [told(here, minutes, fails_at="invoice") for minutes in (9, 5)]
    client = signed_in(Role.OWNER, here.team)
    page = client.get("/tx/dead/")
    assert "2 of 2 share one cause." in text_of(page)
    cause = DeadLetter.objects.all()[0].fingerprint
    opened = client.get("/tx/dead/", {"open": str(cause)})
    for story in stories:
        assert f"/tx/{story.transaction.id}/" in links(opened)
    asked = client.get("/tx/dead/replay/", {"cause": str(cause)})
    assert "Replay 2 deliveries" in text_of(asked)
    client.post("/tx/dead/replay/", {"items": frozen(asked), "reason": "cleared"})
    assert ReplayItem.objects.count() == 2


def test_dead_letters_are_closed_with_a_reason(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.OWNER, here.team)
    address = "/tx/dead/drop/"
    page = client.get(address, {"item": str(story.runs["invoice"].id)})
    assert "Close 1 dead letter without sending" in text_of(page)
    assert client.post(address, {"items": frozen(page), "reason": ""}).status_code == 422
    answer = client.post(address, {"items": frozen(page), "reason": "Paid by hand"}, follow=True)
    assert "1 closed without sending." in text_of(answer)
    assert DeadLetter.objects.get().resolution == "dropped: Paid by hand"
    assert "Closed without sending 1" in text_of(client.get("/tx/dead/"))
    again = client.post(address, {"items": frozen(page), "reason": "Paid by hand"})
    assert again.status_code == 422
    assert "None of these is an open dead letter of yours" in text_of(again)


def test_the_audit_names_the_letters_that_were_closed_and_none_that_were_only_asked_for(
    here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = told(estate("sales"), 9, fails_at="invoice").runs["invoice"].id
    mine = sorted(str(told(here, minutes, fails_at="invoice").runs["invoice"].id) for minutes in (7, 5, 3))
    client = signed_in(Role.OWNER, here.team)
    client.post("/tx/dead/drop/", {"items": f"{theirs},{mine[0]}", "reason": "Paid by hand"})
    first = AuditRecord.objects.get(action="dead_letters.dropped")
    assert first.subject == Subject("dead_letters", mine[0])
    assert first.details == {"count": 1, "letters_ids": [mine[0]]}
    monkeypatch.setattr(named, "MOST", 1)
    client.post("/tx/dead/drop/", {"items": f"{theirs},{mine[2]},{mine[1]}", "reason": "Paid by hand"})
    second = AuditRecord.objects.filter(action="dead_letters.dropped").latest("id")
    digest = hashlib.sha256("\n".join(mine[1:]).encode()).hexdigest()
    assert (second.subject_id, second.details) == (mine[1], {"count": 2, "letters_sha256": digest})


def test_the_audit_names_what_was_assigned_and_nothing_that_was_only_asked_for(here: Estate, signed_in: SignIn) -> None:
    theirs = str(told(estate("sales"), 9, fails_at="invoice").runs["invoice"].id)
    mine = str(told(here, fails_at="invoice").runs["invoice"].id)
    client = signed_in(Role.OWNER, here.team)
    client.post("/tx/dead/assign/", {"item": [theirs, mine], "to": f"team:{here.team.slug}"})
    cause = str(DeadLetter.objects.get(pk=mine).fingerprint)
    client.post("/tx/dead/assign/", {"cause": cause, "item": theirs, "to": ""})
    letter, whole = AuditRecord.objects.filter(action="dead_letters.assigned").order_by("id")
    assert letter.subject == Subject("dead_letters", mine)
    assert letter.details == {"to": f"team:{here.team.slug}", "causes": 0, "letters": 1, "letters_ids": [mine]}
    assert (whole.subject_id, whole.details["causes_ids"], whole.details["letters"]) == (cause, [cause], 0)


def test_without_a_selection_one_is_asked_for(here: Estate, signed_in: SignIn) -> None:
    client = signed_in(Role.OWNER, here.team)
    theirs = told(estate("sales"), fails_at="invoice")
    for address in ("/tx/dead/replay/", "/tx/dead/drop/", "/tx/dead/replay/?item=x&cause=y"):
        assert "Nothing is selected." in text_of(client.get(address, follow=True))
    foreign = {"item": str(theirs.runs["invoice"].id)}
    assert "Nothing is selected." in text_of(client.get("/tx/dead/replay/", foreign, follow=True))


def test_support_replays_but_does_not_close(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    assert "Close without sending… (not now: it takes the role" in text_of(client.get("/tx/dead/"))
    run = str(story.runs["invoice"].id)
    answers = [
        client.get("/tx/dead/drop/", {"item": run}),
        client.post("/tx/dead/drop/", {"items": run, "reason": "r"}),
        client.get("/tx/dead/assign/", {"item": run}),
        client.post("/tx/dead/assign/", {"item": run, "to": ""}),
    ]
    for answer in answers:
        assert answer.status_code == 403
        assert "“Integration owner” or “Platform operator” may" in text_of(answer)
    assert DeadLetter.objects.get().resolved_at is None


def test_of_a_selection_over_teams_what_is_one_s_own_is_closed(here: Estate, signed_in: SignIn) -> None:
    there = estate("sales")
    mine, theirs = (told(one, fails_at="invoice").runs["invoice"].id for one in (here, there))
    client = signed_in(Role.OWNER, here.team)
    Membership.objects.create(person=Person.objects.get(name="Elif Kaya"), team=there.team, role=Role.SUPPORT)
    client.post("/tx/dead/drop/", {"items": f"{theirs},{mine}", "reason": "Paid by hand"})
    assert list(DeadLetter.objects.filter(resolved_at=None).values_list("pk", flat=True)) == [theirs]


def test_when_nothing_waits_the_page_says_so(here: Estate, signed_in: SignIn) -> None:
    client = signed_in(Role.OWNER, here.team)
    assert "Nothing waits" in text_of(client.get("/tx/dead/"))
    assert "Nothing was replayed yet" in text_of(client.get("/tx/replays/"))
    Membership.objects.all().delete()
    assert "No dead letters for you" in text_of(client.get("/tx/dead/"))
    assert "No replays for you" in text_of(client.get("/tx/replays/"))
