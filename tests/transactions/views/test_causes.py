"""The page of one cause over HTTP: its letters in pages, and everything that people do about it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.foundation.errors import NotFound
from controlplane.people.models import Membership, Person
from controlplane.people.roles import Role
from controlplane.transactions.dead_letters.assign import assign
from controlplane.transactions.models import Cause, DeadLetter, Deed, DeedEntry
from controlplane.transactions.selectors import dead_letters
from tests.transactions.factories import Estate, an_access, an_account, estate
from tests.transactions.views.reading import SignIn, links, text_of, told

pytestmark = pytest.mark.django_db


def cause_of(story: object) -> str:
    """The fingerprint of a story's only dead letter."""
    return str(DeadLetter.objects.get(transaction_id=story.transaction.id).fingerprint)  # type: ignore[attr-defined]


def test_a_cause_has_a_page_of_its_own_with_everything_about_it(here: Estate, signed_in: SignIn) -> None:
    stories = [told(here, minutes, fails_at="invoice") for minutes in (9, 5)]
    client = signed_in(Role.OWNER, here.team)
    page = client.get(f"/tx/dead/{cause_of(stories[0])}/")
    words = text_of(page)
    assert "The tax ID contains spaces. rejected.tax_id_invalid at Billing Erp, Billing: invoice to ledger" in words
    assert "Open 2, €7,880.00" in words
    assert re.search(r"Oldest waits (8 min 5\d s|9 min) ", words)
    assert "In hand nobody" in words
    assert "Replay all 2…" in words
    for story in stories:
        assert f"/tx/dead/letters/{story.runs['invoice'].id}/" in links(page)
    assert f"/tx/dead/{cause_of(stories[0])}/" in links(client.get("/tx/dead/"))


def test_letters_are_read_page_by_page_and_each_once(
    here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "SHOWN", 2)
    stories = [told(here, minutes, fails_at="invoice") for minutes in range(1, 6)]
    at = clock.now()
    DeadLetter.objects.update(died_at=at)  # the time alone does not tell them apart
    client = signed_in(Role.OWNER, here.team)
    address, seen = f"/tx/dead/{cause_of(stories[0])}/", []
    for _ in range(4):
        page = client.get(address)
        seen += [link for link in links(page) if link.startswith("/tx/dead/letters/")]
        older = [link for link in links(page) if "after=" in link]
        if not older:
            break
        address = older[0]
    assert sorted(seen) == sorted(f"/tx/dead/letters/{story.runs['invoice'].id}/" for story in stories)
    for junk in ("x", "1_2", "9e99_" + str(uuid4()), "nan_" + str(uuid4())):
        assert client.get(f"/tx/dead/{cause_of(stories[0])}/", {"after": junk}).status_code == 200


def test_a_cause_of_others_looks_like_one_that_does_not_exist(here: Estate, signed_in: SignIn) -> None:
    theirs = told(estate("sales"), fails_at="invoice")
    client = signed_in(Role.OWNER, here.team)
    run = theirs.runs["invoice"].id
    for path in (f"/tx/dead/{cause_of(theirs)}/", f"/tx/dead/letters/{run}/", f"/tx/dead/letters/{run}/edit/"):
        nowhere = path.replace(cause_of(theirs), str(uuid4())).replace(str(run), str(uuid4()))
        found, missing = client.get(path), client.get(nowhere)
        assert (found.status_code, missing.status_code) == (404, 404)
        assert text_of(found) == text_of(missing)
    for verb in ("note", "acknowledge", "snooze", "wake"):
        assert client.post(f"/tx/dead/{cause_of(theirs)}/{verb}/", {"text": "x"}).status_code == 404
    assert client.get("/tx/dead/assign/", {"cause": cause_of(theirs)}).status_code == 302
    assert DeedEntry.objects.count() == 0


def test_a_cause_is_assigned_to_somebody_who_may_see_it_and_what_comes_later_goes_along(
    here: Estate, signed_in: SignIn
) -> None:
    story = told(here, 9, fails_at="invoice")
    stranger = an_account("Otto Fremd", Role.SUPPORT, estate("sales").team)
    tomas = an_account("Tomás Ortega", Role.SUPPORT, here.team)
    client = signed_in(Role.OWNER, here.team)
    asked = {"cause": cause_of(story)}
    page = client.get("/tx/dead/assign/", asked)
    assert "Assign 1 cause" in text_of(page)
    assert "Otto Fremd" not in text_of(page)
    refused = client.post("/tx/dead/assign/", asked | {"to": f"person:{stranger.person_id}"})
    assert refused.status_code == 422
    client.post("/tx/dead/assign/", asked | {"to": f"person:{tomas.person_id}"})
    told(here, 1, fails_at="invoice")
    assert "In hand Tomás Ortega" in text_of(client.get(f"/tx/dead/{cause_of(story)}/"))
    assert re.search(r"Assigned, Elif Kaya [\d:]+ to Tomás Ortega", text_of(client.get(f"/tx/dead/{cause_of(story)}/")))
    client.force_login(tomas)
    assert "Mine 1" in text_of(client.get("/tx/dead/?show=mine"))
    assert "Unassigned 0" in text_of(client.get("/tx/dead/?show=mine"))
    assert AuditRecord.objects.filter(action="dead_letters.assigned").count() == 1


def test_single_letters_are_assigned_to_the_team(here: Estate, signed_in: SignIn) -> None:
    one, _ = (told(here, minutes, fails_at="invoice") for minutes in (9, 5))
    client = signed_in(Role.OWNER, here.team)
    run = one.runs["invoice"].id
    client.post("/tx/dead/assign/", {"item": str(run), "to": f"team:{here.team.slug}"})
    assert list(DeadLetter.objects.filter(team=here.team).values_list("pk", flat=True)) == [run]
    page = client.get(f"/tx/dead/letters/{run}/")
    assert "In hand Billing" in text_of(page)
    assert DeedEntry.objects.get().step_run_id == run


def test_a_letter_that_is_closed_is_assigned_to_nobody(here: Estate, signed_in: SignIn) -> None:
    closed, waits = (told(here, minutes, fails_at="invoice").runs["invoice"].id for minutes in (9, 5))
    DeadLetter.objects.filter(pk=closed).update(resolved_at=clock.now(), resolution="dropped: paid")
    client = signed_in(Role.OWNER, here.team)
    to = f"team:{here.team.slug}"
    alone = client.post("/tx/dead/assign/", {"item": str(closed), "to": to}, follow=True)
    assert "Nothing is selected." in text_of(alone)
    both = client.post("/tx/dead/assign/", {"item": [str(closed), str(waits)], "to": to}, follow=True)
    assert "1 assigned to Billing." in text_of(both)
    assert list(DeadLetter.objects.filter(team=here.team).values_list("pk", flat=True)) == [waits]
    with pytest.raises(NotFound):
        assign(an_access(Role.OWNER, here.team), causes=[], letters=[closed], to=to)


def test_notes_are_kept_as_they_were_written_and_never_markup(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    address = f"/tx/dead/{cause_of(story)}/note/"
    hostile = "<script>alert(1)</script> & asked Brandt"
    assert client.post(address, {"text": " "}).status_code == 422
    client.post(address, {"text": hostile})
    page = client.get(f"/tx/dead/{cause_of(story)}/")
    assert "<script>alert" not in page.content.decode()
    assert re.search(rf"Note, Elif Kaya [\d:]+ {re.escape(hostile)}", text_of(page))
    client.post(f"/tx/dead/letters/{story.runs['invoice'].id}/note/", {"text": "this one twice"})
    words = text_of(client.get(f"/tx/dead/{cause_of(story)}/"))
    assert re.search(r"Note, one letter, Elif Kaya [\d:]+ this one twice", words)
    assert "this one twice" in text_of(client.get(f"/tx/dead/letters/{story.runs['invoice'].id}/"))
    assert {record.action for record in AuditRecord.objects.all()} == {"dead_letters.noted"}
    assert "Brandt" not in str(list(AuditRecord.objects.values_list("details", "reason")))


def test_what_is_put_aside_comes_back_by_itself_and_says_when_letters_came_meanwhile(
    here: Estate, signed_in: SignIn
) -> None:
    story = told(here, 9, fails_at="invoice")
    cause = cause_of(story)
    client = signed_in(Role.OWNER, here.team)
    address = f"/tx/dead/{cause}/snooze/"
    assert "Put 1 dead letter aside" in text_of(client.get(address))
    assert client.post(address, {"until": "yesterday"}).status_code == 422
    assert client.post(address, {"until": "2020-01-01T00:00"}).status_code == 422
    assert client.post(address, {"until": f"{clock.now() + timedelta(days=40):%Y-%m-%dT%H:%M}"}).status_code == 422
    until = f"{clock.now() + timedelta(hours=4):%Y-%m-%dT%H:%M}"
    client.post(address, {"until": until, "reason": "the ledger is closed"})
    assert "None of that kind" in text_of(client.get("/tx/dead/?show=mine"))
    assert "Put aside 1" in text_of(client.get("/tx/dead/"))
    assert "have new letters" not in text_of(client.get("/tx/dead/"))
    later = told(here, 1, fails_at="invoice")
    DeadLetter.objects.filter(transaction_id=later.transaction.id).update(died_at=clock.now())
    assert "1 cause put aside has new letters since." in text_of(client.get("/tx/dead/"))
    assert "1 new since" in text_of(client.get("/tx/dead/?show=snoozed"))
    assert "1 new since" in text_of(client.get(f"/tx/dead/{cause}/"))
    for minutes in (4, 3):
        told(here, minutes, fails_at="invoice", reason="The period is closed.")
    assert "2 of 2 share one cause. “The period is closed.”" in text_of(client.get("/tx/dead/"))
    DeadLetter.objects.filter(reason="The period is closed.").delete()
    Cause.objects.update(snoozed_until=clock.now())
    assert "2 of 2 share one cause." in text_of(client.get("/tx/dead/"))


def test_what_is_put_aside_is_brought_back_before_its_time_once(here: Estate, signed_in: SignIn) -> None:
    story = told(here, 9, fails_at="invoice")
    client = signed_in(Role.OWNER, here.team)
    address = f"/tx/dead/{cause_of(story)}/"
    until = f"{clock.now() + timedelta(hours=4):%Y-%m-%dT%H:%M}"
    client.post(f"{address}snooze/", {"until": until})
    assert "It is back among those that wait." in text_of(client.post(f"{address}wake/", follow=True))
    assert "It is not put aside; nothing was changed." in text_of(client.post(f"{address}wake/", follow=True))
    assert [entry.deed for entry in DeedEntry.objects.order_by("id")] == [Deed.SNOOZED, Deed.WOKEN]


def test_the_history_says_in_utc_until_when_it_is_put_aside_wherever_that_was_decided(
    here: Estate, client: Client
) -> None:
    story = told(here, 9, fails_at="invoice")
    account = an_account("Elif Kaya", Role.OWNER, here.team)
    account.time_zone = "America/New_York"
    account.save()
    client.force_login(account)
    until = (clock.now() + timedelta(hours=4)).replace(second=0, microsecond=0)
    there = until.astimezone(ZoneInfo("America/New_York"))
    client.post(f"/tx/dead/{cause_of(story)}/snooze/", {"until": f"{there:%Y-%m-%dT%H:%M}"})
    assert Cause.objects.get().snoozed_until == until
    assert DeedEntry.objects.get().text == f"until {until:%-d %b %Y %H:%M} UTC"
    assert AuditRecord.objects.get(action="dead_letters.snoozed").details == {"until": until.isoformat()}


def test_an_acknowledgement_says_who_has_seen_it_and_what_came_since(here: Estate, signed_in: SignIn) -> None:
    story = told(here, 9, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    address = f"/tx/dead/{cause_of(story)}/"
    client.post(f"{address}acknowledge/")
    assert "seen by Elif Kaya" in text_of(client.get("/tx/dead/"))
    later = told(here, 1, fails_at="invoice")
    DeadLetter.objects.filter(transaction_id=later.transaction.id).update(died_at=clock.now())
    assert "seen by Elif Kaya, 1 new since" in text_of(client.get("/tx/dead/"))
    assert "1 new since" in text_of(client.get(address))


def test_who_may_not_is_told_which_role_it_takes(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    address = f"/tx/dead/{cause_of(story)}/"
    words = text_of(client.get(address))
    assert "Put aside… (not now: it takes the role Integration owner or Platform operator in this team)" in words
    until = f"{clock.now() + timedelta(hours=4):%Y-%m-%dT%H:%M}"
    assert client.post(f"{address}snooze/", {"until": until}).status_code == 403
    assert client.post("/tx/dead/assign/", {"cause": cause_of(story), "to": ""}).status_code == 403
    Membership.objects.all().delete()
    Membership.objects.create(person=Person.objects.get(name="Elif Kaya"), role=Role.AUDITOR)
    assert "Notes: it takes the role" in text_of(client.get(address))
    assert client.post(f"{address}note/", {"text": "I was here"}).status_code == 422
    assert DeedEntry.objects.count() == 0
