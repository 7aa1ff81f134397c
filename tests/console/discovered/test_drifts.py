"""Payloads that have changed, on the pages: who is told, what is drawn up, what is ignored."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.audit.models import AuditRecord
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.governance.models import Board, BoardMember, ChangeRequest
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import DriftState, PayloadKind, UsualForm
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.fields import fields_of
from controlplane.transactions.rules.usual import Sample, Usual
from tests.console.notifications.given import lines, new
from tests.transactions.agreements.board import SLUG
from tests.transactions.factories import RECORD, Estate, a_team, an_access, an_account, estate
from tests.transactions.looking import a_drift
from tests.transactions.traffic import RECEIVED_AT, a_payload, a_transaction, weeks_of_the_story

pytestmark = pytest.mark.django_db
LIST, PROPOSE = "/integrations/discovered/", f"/data/contracts/{SLUG}/propose/"


@pytest.fixture
def here() -> Estate:
    """An estate with a contract, and a board that decides on it."""
    catalogue.forget()
    weeks_of_the_story()
    made = estate()
    board = Board.objects.create(slug="contracts", name="Contract board", kinds=[NAME], quorum=1)
    BoardMember.objects.create(board=board, person_id=UUID(an_access(Role.BOARD, name="First").person_id))
    return made


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def ana(here: Estate) -> Account:
    """Who looks after the contract."""
    return an_account("Ana Costa", Role.OWNER, here.team)


def words(answer: Any) -> str:
    assert answer.status_code in {200, 409, 422}
    return re.sub(r"\s+", " ", html.unescape(strip_tags(answer.content.decode())))


def test_it_is_on_the_list_on_the_contract_and_told_to_its_owner(here: Estate, ana: Account) -> None:
    drift = a_drift(here)
    client, page = signed_in(ana), f"/integrations/discovered/drift/{drift.pk}/"
    told = "Nobody sent it before; it is in 8 of 10 now."
    assert told in words(client.get(LIST))
    assert told in words(client.get(f"{LIST}?show=drift"))
    assert "None of them" in words(client.get(f"{LIST}?show=unnamed"))
    assert told in words(client.get(f"/data/contracts/{SLUG}/"))
    assert told in words(client.get(page))
    assert ("/vat_id of invoice.paid has changed: a new field", told, page) in lines(ana)
    assert new(ana) == 1
    stranger = an_account("Olga Orlova", Role.OWNER, a_team("others"))
    assert lines(stranger) == []
    assert "Somebody else decides" in words(signed_in(stranger).get(page))


def test_from_the_drift_to_a_proposal_that_lets_it_in(here: Estate, ana: Account) -> None:
    drift, client = a_drift(here), signed_in(ana)
    sent = client.post(f"/integrations/discovered/drift/{drift.pk}/", {"act": "include"})
    assert sent["Location"] == f"{PROPOSE}?drift={drift.pk}"
    page = client.get(sent["Location"])
    assert "/vat_id: A new field." in words(page)
    form = page.context["form"].initial
    document = json.loads(form["document"])
    assert document["properties"]["vat_id"] == {"type": "string"}
    assert document["required"] == here.contract_version.schema["required"]
    assert form["title"] == "Let in /vat_id of invoice.paid as it comes"
    assert ChangeRequest.objects.count() == 0

    said = {name: form[name] for name in ("document", "title", "why", "personal", "enforcement")}
    client.post(sent["Location"], said)
    change = ChangeRequest.objects.get()
    assert (change.state, change.revision.content["schema"]) == ("proposed", document)
    drift.refresh_from_db()
    assert (drift.change, drift.state) == (change, DriftState.OPEN)
    assert here.contract.versions.count() == 1


def test_a_drift_of_another_contract_is_not_drawn_up_here(here: Estate, ana: Account) -> None:
    other = estate("other", team=here.team)
    drift = a_drift(other)
    assert signed_in(ana).get(f"{PROPOSE}?drift={drift.pk}").status_code == 404
    assert signed_in(ana).get(f"{PROPOSE}?drift=0").status_code == 404
    assert signed_in(ana).get(f"{PROPOSE}?drift=x").status_code == 400


def test_an_enumeration_is_amended_with_what_came(here: Estate, ana: Account) -> None:
    version = here.contract_version
    schema = {**version.schema, "properties": {**version.schema["properties"], "status": {"enum": ["paid"]}}}
    here = estate("shop", team=here.team, schema=schema)
    examples = []
    for status in ("void", "paid", "lost"):
        one = a_transaction(here, at=RECEIVED_AT)
        vendor = {"id": "evt_1", "object": "event", "type": "invoice.paid", "created": 1, "data": {}}
        vendor["data"] = {"object": {**RECORD, "status": status}}
        a_payload(one, PayloadKind.RECEIVED, vendor, id=one.event_id)
        examples.append(str(one.event_id))
    drift = a_drift(here, kind="broken", pointer="/status", sign="enum", examples=examples)
    form = signed_in(ana).get(f"/data/contracts/shop-invoice/propose/?drift={drift.pk}").context["form"].initial
    assert json.loads(form["document"])["properties"]["status"] == {"enum": ["paid", "void", "lost"]}


@pytest.mark.parametrize(
    ("drift", "why"),
    [
        ({"kind": "broken", "pointer": "/currency", "sign": "maxLength"}, "is a person's to write"),
        ({"kind": "broken", "pointer": "/customer_email", "sign": "enum"}, "is personal or secret"),
        ({"kind": "null", "pointer": "/currency", "sign": "filled"}, "lets it in as it is"),
        ({"pointer": "/parties/name"}, "write it by hand"),
    ],
)
def test_what_nothing_can_be_drawn_up_for_says_why(here: Estate, ana: Account, drift: Any, why: str) -> None:
    made, client = a_drift(here, **drift), signed_in(ana)
    refused = client.post(f"/integrations/discovered/drift/{made.pk}/", {"act": "include"})
    assert why in words(refused)
    assert why in words(client.get(f"{PROPOSE}?drift={made.pk}"))


def test_what_is_ignored_says_why_and_is_what_is_usual(here: Estate, ana: Account) -> None:
    usual = Usual()
    for number in range(150):
        fields = fields_of({"id": "x", **({"vat_id": "1"} if number > 130 else {})})
        usual.learn(Sample(str(number), fields))
    about = {"interface": here.interface, "event_type": "invoice.paid", "contract_version": here.contract_version}
    UsualForm.objects.create(**about, form=usual.kept(), looked_to=UUID(int=0))
    drift, client = a_drift(here), signed_in(ana)
    page = f"/integrations/discovered/drift/{drift.pk}/"
    assert "Say why" in words(client.post(page, {"act": "ignore", "reason": " "}))
    client.post(page, {"act": "ignore", "reason": "Of no use to us."})
    drift.refresh_from_db()
    assert (drift.state, drift.reason, drift.ignored_by) == ("ignored", "Of no use to us.", ana.person)
    assert AuditRecord.objects.latest("id").action == "drift.ignored"
    assert Usual.read(UsualForm.objects.get().form).fields["/vat_id"].asked == 0
    assert "Of no use to us." in words(client.get(f"{LIST}?show=ignored"))
    assert "It is not open any more: ignored." in words(client.post(page, {"act": "ignore", "reason": "Again."}))
    assert lines(ana) == []
