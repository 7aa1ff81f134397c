"""The page on which an entry is chosen, written, looked at, and proposed; and what other pages say of it."""

from __future__ import annotations

import html
import re
from http import HTTPStatus
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils.html import strip_tags

from controlplane.audit.models import SYSTEM
from controlplane.console.estate.apply import apply as apply_estate
from controlplane.governance.models import Board, ChangeRequest
from controlplane.inventory.models import Integration
from controlplane.people.models import Team
from controlplane.people.roles import Role
from controlplane.transactions.models import FlowVersion
from tests.console.entries.deciding import deciding, said
from tests.console.estate.conftest import small
from tests.transactions.factories import an_account

pytestmark = pytest.mark.django_db

ADDRESS = "/changes/new/flow/?of=tell"


@pytest.fixture
def owner() -> Client:
    """Signed in as an owner of a small estate whose entries a board decides on."""
    apply_estate(small(), actor=SYSTEM)
    team = Team.objects.get(slug="finance")
    deciding(team)
    return signed_in(Role.OWNER, team)


def signed_in(role: Role, team: Team | None = None) -> Client:
    client = Client()
    client.force_login(an_account(f"{role} {team}", role, team))
    return client


def form(**more: Any) -> dict[str, str]:
    """The flow with another ordering, as the form is sent."""
    text = yaml.safe_dump(said("flow", "tell", ordering="event.number"))
    return {"entry": text, "title": "In order", "why": "They overtake each other.", **more}


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(strip_tags(answer.content.decode())))


def test_one_is_chosen_by_a_word_of_its_name_or_begun_anew(owner: Client) -> None:
    page = owner.get("/changes/new/flow/")
    assert "/changes/new/flow/?of=tell" in page.content.decode()
    assert "None is called so" in words(owner.get("/changes/new/flow/?q=nobody"))
    new = owner.get("/changes/new/flow/?of=second")
    assert "Flow second" in words(new)
    assert "integration: # whose it is" in words(new)
    assert "webhooks-invoice-paid" in words(owner.get("/changes/new/normalisation/?q=paid"))
    assert owner.get("/changes/new/colour/").status_code == 404


def test_it_begins_with_what_it_says_now(owner: Client) -> None:
    page = words(owner.get(ADDRESS))
    assert "begins with what it says now" in page
    assert "event.number" in page
    assert "Integration board decides" in page
    assert 'href="/changes/new/flow/"' in owner.get("/changes/new/").content.decode()


def test_looking_tells_what_follows_and_proposes_nothing(owner: Client) -> None:
    answer = owner.post(ADDRESS, form(look="1", title="", why=""))
    assert answer.status_code == 200
    found = words(answer)
    assert "Riskyorderingevent.number Other events wait for each other. (flow-ordering)" in found
    assert "It can be applied" in found
    assert "None has come in within thirty days: nothing shows what would become of them." in found
    assert "1 integration has to do with it; 0 transactions went through in the last day." in found
    assert not ChangeRequest.objects.exists()
    assert FlowVersion.objects.count() == 1


def test_what_is_proposed_is_what_was_written(owner: Client) -> None:
    answer = owner.post(ADDRESS, form())
    change = ChangeRequest.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, change.get_absolute_url())
    assert change.revision.content == {"entry": said("flow", "tell", ordering="event.number")}
    assert (change.kind, change.subject_name, change.subject_url) == ("flow", "Tell", "/integrations/invoices/")
    assert FlowVersion.objects.count() == 1
    assert f"{change} proposes a change of it already." in words(owner.get(ADDRESS))
    shown = owner.get(change.get_absolute_url())
    assert "Flow version: Tell" in words(shown)


def test_every_mistake_is_told_with_its_line_and_nothing_is_proposed(owner: Client) -> None:
    text = "integration: nobody\ncolour: red\nsteps:\n  - {name: tell, kind: deliver, operation: send}\n"
    answer = owner.post(ADDRESS, form(entry=text))
    found = words(answer)
    assert answer.status_code == 422
    assert "Line 1. integration: there is no 'nobody'" in found
    assert "Line 2. There is no field 'colour'" in found
    assert "Line 4. steps.1 needs 'destination'." in found
    assert "integration: nobody" in found
    assert not ChangeRequest.objects.exists()


UNREADABLE = (
    "",
    "- a\n- b\n",
    "just words",
    "a: b: c",
    "{",
    'name: ["\\0"]',
    "name: 2026-01-01",
    "x: &a [*a]",
    "steps: yes",
    "? [a]\n: b",
    "\tname: x",
    "name: x\nname: y",
    "routes: {}\nsteps: {}",
    "integration: [a]",
    "integration: {a: b}",
    "team: 5",
)


@pytest.mark.parametrize("kind", ["flow", "integration", "endpoint", "normalisation"])
def test_what_cannot_be_read_is_told_and_never_breaks(owner: Client, kind: str) -> None:
    for text in UNREADABLE:
        answer = owner.post(f"/changes/new/{kind}/?of=some-thing", form(entry=text))
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, text
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize("of", ["%ED%A0%80", "x" * 300, "a/b", "a%0Ab", "'%3B drop table"])
def test_a_name_that_is_none_is_told_too(owner: Client, of: str) -> None:
    assert owner.get(f"/changes/new/flow/?of={of}").status_code == 200
    assert owner.post(f"/changes/new/flow/?of={of}", form()).status_code in {200, 422}
    assert not ChangeRequest.objects.exists()


def test_who_may_not_propose_reads_why(owner: Client) -> None:
    others = signed_in(Role.OWNER, Team.objects.create(slug="others", name="Others"))
    page = others.get(ADDRESS)
    assert "may propose a change of it" in words(page)
    assert "<textarea" not in page.content.decode()
    answer = others.post(ADDRESS, form())
    assert (answer.status_code, "may propose a change of it" in words(answer)) == (422, True)
    support = signed_in(Role.SUPPORT, Team.objects.get(slug="finance"))
    assert support.post(ADDRESS, form()).status_code == 403
    assert not ChangeRequest.objects.exists()


def test_without_a_board_the_page_says_what_is_missing(owner: Client) -> None:
    Board.objects.update(kinds=["replay"])
    assert "No board decides on this kind yet" in words(owner.get(ADDRESS))
    assert "No board decides on this kind yet" in words(owner.get("/changes/new/flow/"))
    answer = owner.post(ADDRESS, form())
    assert "No board decides on the kind “Flow version” yet" in words(answer)


def test_the_integration_s_page_leads_to_its_proposals_while_a_board_decides(owner: Client) -> None:
    page = owner.get("/integrations/invoices/").content.decode()
    for address in ("integration/?of=invoices", "flow/?of=tell", "mapping/?of=canonical", "endpoint/?of=billing"):
        assert f"/changes/new/{address}" in page
    assert "/changes/new/destination/?of=listener" in owner.get("/tx/destinations/listener/").content.decode()
    Board.objects.update(kinds=["replay"])
    assert "/changes/new/" not in owner.get("/integrations/invoices/").content.decode()
    assert "/changes/new/" not in owner.get("/tx/destinations/listener/").content.decode()


def test_no_page_changes_the_record_that_a_board_decides_on(owner: Client) -> None:
    page = owner.get("/integrations/invoices/settings/")
    assert "Integration board decides on this record." in words(page)
    fields = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    fields |= {"name": "Other", "reason": "Better.", "seen": page.context["form"]["seen"].value()}
    fields |= {"failures-TOTAL_FORMS": "0", "failures-INITIAL_FORMS": "0"}
    owner.post("/integrations/invoices/settings/", fields)
    answers = {"late": "minutes", "tells": "pushes", "amount": "little", "chosen": "batch", "deviation": "So."}
    decided = owner.post("/integrations/invoices/decide/timing/", answers)
    assert "Integration board decides on Invoices" in words(decided)
    one = Integration.objects.get()
    assert (one.name, one.sync_mode) == ("Invoices", "")
