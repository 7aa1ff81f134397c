"""The page of one transaction over HTTP: every view of every step, for each kind of reader."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from controlplane.foundation import clock
from controlplane.people.models import Person
from controlplane.people.roles import Role
from controlplane.transactions.models import Replay, ReplayState, StepQueue
from controlplane.transactions.rules.states import TransactionState
from tests.transactions.factories import RECORD, Estate, estate
from tests.transactions.traffic import (
    a_step_run,
    a_transaction,
    queued,
)
from tests.transactions.views.reading import SignIn, links, text_of, told

pytestmark = pytest.mark.django_db

#: The part that fetches itself while the transaction is on its way.
FOLLOWS = re.compile(r'id="tx-status"[^>]*hx-trigger="interlock:hint"')


def test_a_foreign_id_is_answered_exactly_like_a_missing_one(here: Estate, signed_in: SignIn) -> None:
    theirs = told(estate("sales"), fails_at="invoice")
    client = signed_in(Role.OWNER, here.team)
    replay = Replay.objects.create(
        team=estate("other").team, requested_by=Person.objects.get(), reason="r", total=1, state=ReplayState.DONE
    )
    pairs = [
        (f"/tx/{theirs.transaction.id}/", f"/tx/{uuid4()}/"),
        (f"/tx/{theirs.transaction.id}/replay/", f"/tx/{uuid4()}/replay/"),
        (f"/tx/replays/{replay.pk}/", "/tx/replays/999999/"),
        (f"/tx/replays/{replay.pk}/", "/tx/replays/99999999999999999999999/"),
    ]
    for foreign, missing in pairs:
        there, nowhere = client.get(foreign), client.get(missing)
        assert (there.status_code, nowhere.status_code) == (404, 404), foreign
        assert text_of(there).replace(foreign, "") == text_of(nowhere).replace(missing, ""), foreign


def test_beside_the_list_a_foreign_id_is_answered_exactly_like_a_missing_one(
    here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)  # the page says how far back it looked, to the second
    told(here)
    theirs = told(estate("sales"), fails_at="invoice").transaction.id
    client, nowhere = signed_in(Role.OWNER, here.team), uuid4()
    there, missing = (client.get(f"/tx/?sel={one}") for one in (theirs, nowhere))
    assert (there.status_code, missing.status_code) == (200, 200)
    assert text_of(there).replace(str(theirs), "") == text_of(missing).replace(str(nowhere), "")


@pytest.mark.parametrize("tab", ["changes", "fields", "raw", "response", "attempts", "nonsense"])
@pytest.mark.parametrize("step", ["party", "invoice", "notify", "normalise", ""])
def test_every_view_of_every_step_opens(here: Estate, signed_in: SignIn, step: str, tab: str) -> None:
    story = told(here, fails_at="invoice")
    page = signed_in(Role.OWNER, here.team).get(f"/tx/{story.transaction.id}/", {"step": step, "tab": tab})
    assert page.status_code == 200
    assert "Step " in text_of(page)


def test_an_unknown_step_is_a_404(here: Estate, signed_in: SignIn) -> None:
    story = told(here)
    client = signed_in(Role.OWNER, here.team)
    assert client.get(f"/tx/{story.transaction.id}/", {"step": "teleport"}).status_code == 404


def test_the_page_of_a_failed_one_explains_shows_before_and_after_and_offers_the_replay(
    here: Estate, signed_in: SignIn
) -> None:
    story = told(here, fails_at="invoice", reason="The number is taken.")
    page = signed_in(Role.SUPPORT, here.team).get(f"/tx/{story.transaction.id}/")
    words = text_of(page)
    assert "Replay from step 6…" in words
    assert "400 tax_id_invalid" in words
    assert 'event.number "INV-0001" copy → number "INV-0001"' in words
    assert "Customer cus_R7v2" in words
    assert f"/tx/{story.transaction.id}/replay/" in links(page)
    assert "office@brandt-mt.example" not in page.content.decode()
    assert "/tx/?q=customer%3Acus_R7v2" in links(page)


def test_who_may_not_replay_sees_the_button_with_the_reason(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    page = signed_in(Role.BOARD).get(f"/tx/{story.transaction.id}/")
    assert "Replay… (not now: Your role does not replay for this team.)" in text_of(page)
    assert f"/tx/{story.transaction.id}/replay/" not in links(page)
    assert "Payload values are hidden" in text_of(page)


def test_one_on_its_way_is_followed_by_its_status_alone_until_it_ends(here: Estate, signed_in: SignIn) -> None:
    transaction = a_transaction(here, at=clock.now(), state=TransactionState.RUNNING)
    queued(a_step_run(transaction, here, "party"), clock.now())
    client = signed_in(Role.SUPPORT, here.team)
    address = f"/tx/{transaction.id}/"
    assert FOLLOWS.search(client.get(address).content.decode())
    asked = {"HX-Request": "true", "HX-Target": "tx-status"}
    part = client.get(address, headers=asked)
    assert b"<html" not in part.content
    assert b'id="tx-status"' in part.content
    assert "HX-Refresh" not in part.headers
    assert "HX-Target" in part.headers["vary"]
    type(transaction).objects.filter(pk=transaction.pk).update(state=TransactionState.SUCCEEDED)
    StepQueue.objects.all().delete()
    assert client.get(address, headers=asked).headers["HX-Refresh"] == "true"
    assert not FOLLOWS.search(client.get(address).content.decode())


def test_what_a_vendor_says_is_text_and_never_markup(here: Estate, signed_in: SignIn) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    story = told(here, fails_at="invoice", reason=hostile, record={**RECORD, "number": hostile})
    client = signed_in(Role.OWNER, here.team)
    for address in (f"/tx/{story.transaction.id}/?tab=raw", f"/tx/{story.transaction.id}/", "/tx/", "/tx/dead/"):
        content = client.get(address).content.decode()
        assert "<script>alert" not in content
        assert "<img src=x" not in content
