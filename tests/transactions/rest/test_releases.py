"""Releases over the API: asked for by version or by id, edited, followed and stopped."""

from __future__ import annotations

from uuid import uuid4

import pytest

from controlplane.foundation import clock
from controlplane.people.roles import Role
from controlplane.transactions.models import Inbox, PayloadKind, Release, Trace, Transaction
from controlplane.transactions.rules.states import TransactionState
from tests.transactions.factories import RECORD, Estate
from tests.transactions.rest.asking import Programs
from tests.transactions.traffic import a_payload, a_transaction, id_at

pytestmark = pytest.mark.django_db


def aside(here: Estate, **record: object) -> Transaction:
    """An event that the contract's version set aside."""
    one = a_transaction(
        here, at=clock.now(), state=TransactionState.QUARANTINED, flow_version=None, error_class="contract"
    )
    vendor = {"id": "evt_1", "object": "event", "type": "invoice.paid", "created": 1}
    a_payload(one, PayloadKind.RECEIVED, vendor | {"data": {"object": {**RECORD, **record}}}, id=one.event_id)
    spans = [{"name": "contract", "at": 1, "us": 1, "contract_version": here.contract_version.pk, "error": "No."}]
    Trace.objects.create(id=id_at(one.received_at), transaction_id=one.pk, spans=spans)
    return one


def test_all_that_a_version_set_aside_is_released_and_followed(here: Estate, program: Programs) -> None:
    ids = sorted(aside(here).pk for _ in range(3))
    asking = program(Role.SUPPORT)
    answer = asking.post("releases", {"contract": "billing-invoice", "version": 1, "reason": "Taken back."})
    assert answer.status_code == 202
    said = answer.json()
    assert (said["state"], said["total"], said["waiting"], said["contract"], said["version"]) == (
        *("running", 3, 3),
        *("billing-invoice", 1),
    )
    assert sorted(Inbox.objects.values_list("pk", flat=True)) == ids
    assert asking.get(f"releases/{said['id']}").json() == said
    assert [one["id"] for one in asking.get("releases").json()["releases"]] == [said["id"]]
    events = asking.get(f"releases/{said['id']}/events").json()["events"]
    assert [(one["transaction"], one["outcome"], one["edited"]) for one in events] == [
        (str(pk), "Being judged", False) for pk in ids
    ]
    assert asking.post(f"releases/{said['id']}/stop").json()["state"] == "stopped"
    assert asking.post(f"releases/{said['id']}/stop").status_code == 409


def test_single_ones_are_named_by_their_ids(here: Estate, program: Programs) -> None:
    one, _other = aside(here), aside(here)
    asking = program(Role.SUPPORT)
    answer = asking.post("releases", {"transactions": [str(one.pk)], "reason": "Just this."})
    assert (answer.json()["total"], answer.json()["contract"]) == (1, None)
    assert Inbox.objects.get().pk == one.pk
    assert asking.post("releases", {"transactions": [str(one.pk)], "reason": "Again."}).status_code == 409


def test_what_is_not_said_or_said_twice_is_refused(here: Estate, program: Programs) -> None:
    asking = program(Role.SUPPORT)
    for said in (
        {},
        {"contract": "billing-invoice"},
        {"version": 1},
        {"contract": "billing-invoice", "version": 1, "transactions": [str(uuid4())]},
    ):
        assert asking.post("releases", {"reason": "So.", **said}).status_code == 422
    assert asking.post("releases", {"reason": "So.", "contract": "none", "version": 1}).status_code == 404
    assert asking.post("releases", {"reason": "So.", "contract": "billing-invoice", "version": 1}).status_code == 409
    assert not Release.objects.exists()


def test_one_is_edited_by_its_draft(here: Estate, program: Programs) -> None:
    one = aside(here, currency="euro")
    asking = program(Role.OWNER)
    draft = asking.get(f"transactions/{one.pk}/draft").json()
    assert (draft["basis"], draft["body"]["data"]["object"]["currency"]) == (str(one.pk), "euro")
    body = draft["body"]
    body["data"]["object"]["currency"] = "eu"
    said = {"reason": "They wrote it out.", "body": body, "basis": draft["basis"]}
    refused = asking.post(f"transactions/{one.pk}/release", said)
    assert (refused.status_code, "set aside again" in refused.json()["detail"]) == (422, True)
    body["data"]["object"]["currency"] = "eur"
    assert asking.post(f"transactions/{one.pk}/release", said).status_code == 202
    assert Inbox.objects.get().body_id is not None
    assert asking.get(f"transactions/{one.pk}/draft").status_code == 404
    assert program(Role.SUPPORT, name="Other").get(f"transactions/{aside(here).pk}/draft").status_code == 403
