"""Releases on the pages: one edited and let out, all of a version let out, followed and stopped."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import Inbox, Release
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.releases.carry import carry
from controlplane.transactions.rules.states import TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import a_team, an_account
from tests.transactions.releases.test_together import published

pytestmark = pytest.mark.django_db(transaction=True)


def words(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return re.sub(r"\s+", " ", html.unescape(strip_tags(answer.content.decode())))


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    catalogue.forget()
    return tell_story()


@pytest.fixture
def mara(story: Story) -> Client:
    return signed_in(an_account("Mara Lindqvist", Role.OWNER, story.estate.team))


def aside(story: Story, count: int = 1, **record: Any) -> list[UUID]:
    ids = [answer.id for answer in story.send(*(paid(number, **record) for number in range(1, count + 1)))]
    carrying.carry()
    return ids


def test_one_is_edited_and_judged_again(story: Story, mara: Client) -> None:
    (identifier,) = aside(story, currency="euro")
    edit = f"/tx/{identifier}/release/edit/"
    assert edit in mara.get(f"/tx/{identifier}/release/").content.decode()
    form = mara.get(edit).context["form"].initial
    document = orjson.loads(form["body"])
    said = {"basis": form["basis"], "reason": "They wrote it out.", "body": form["body"]}
    assert "Nothing is changed" in words(mara.post(edit, said), 422)
    document["data"]["object"]["currency"] = "eu"
    refused = words(mara.post(edit, said | {"body": orjson.dumps(document).decode()}), 422)
    assert "It would be set aside again: /currency" in refused
    document["data"]["object"]["currency"] = "eur"
    sent = mara.post(edit, said | {"body": orjson.dumps(document).decode()})
    assert sent["Location"] == f"/tx/{identifier}/"
    carrying.carry()
    assert carrying.the(identifier).state == TransactionState.SUCCEEDED
    raw = words(mara.get(f"/tx/{identifier}/?tab=raw&step=ledger"))
    assert "As received" in raw
    assert "As edited" in raw


def test_what_is_not_in_quarantine_is_not_edited(story: Story, mara: Client) -> None:
    (identifier,) = aside(story)
    assert mara.get(f"/tx/{identifier}/release/edit/").status_code == 409
    assert mara.get(f"/tx/{uuid4()}/release/edit/").status_code == 404
    (held,) = aside(story, currency="euro") or [identifier]
    elif_kaya = signed_in(an_account("Elif Kaya", Role.SUPPORT, story.estate.team))
    assert elif_kaya.get(f"/tx/{held}/release/edit/").status_code == 403


def test_all_of_a_version_is_let_out_and_followed(story: Story, mara: Client) -> None:
    strict = published(story)
    aside(story, 3)
    page = f"/tx/releases/of/{strict.pk}/"
    assert page in mara.get("/data/contracts/billing-invoice/").content.decode()
    assert "3 of 3 that were tried would be set aside again" in words(mara.get(page))
    published(story, {"type": "object"})
    asked = mara.get(page)
    assert "Paid invoice v2 set aside 3 events" in words(asked)
    assert "All 3 that were tried would be let through by Paid invoice v3" in words(asked)
    token = asked.context["form"].initial["token"]
    assert "required" in words(mara.post(page, {"reason": "", "token": token}), 422)
    sent = mara.post(page, {"reason": "Taken back.", "token": token})
    release = Release.objects.get()
    assert sent["Location"] == f"/tx/releases/{release.pk}/"
    assert "0 of 3 judged again" in words(mara.get(sent["Location"]))
    assert mara.post(page, {"reason": "Taken back.", "token": token})["Location"] == sent["Location"]
    carrying.carry()
    carry(release.pk)
    shown = words(mara.get(sent["Location"]))
    assert "3 of 3 judged again" in shown
    assert shown.count("Let throughSucceeded") == 3
    assert "Nothing is set aside" in words(mara.get(page))
    part = mara.get(sent["Location"], headers={"HX-Request": "true", "HX-Target": "release-progress"})
    assert part["HX-Refresh"] == "true"


def test_it_is_stopped_by_whoever_may_and_unknown_to_others(story: Story, mara: Client) -> None:
    strict = published(story)
    aside(story, 2)
    mara.post(f"/tx/releases/of/{strict.pk}/", {"reason": "All.", "token": uuid4()})
    release = Release.objects.get()
    stranger = signed_in(an_account("Olga Orlova", Role.OWNER, a_team("others")))
    assert stranger.get(f"/tx/releases/{release.pk}/").status_code == 404
    assert stranger.post(f"/tx/releases/{release.pk}/stop/").status_code == 404
    assert "Nothing is set aside" in words(stranger.get(f"/tx/releases/of/{strict.pk}/"))
    mara.post(f"/tx/releases/{release.pk}/stop/")
    release.refresh_from_db()
    assert release.state == "stopped"
    assert Inbox.objects.count() == 2
    assert mara.get(f"/tx/releases/{release.pk}/?after=nonsense").status_code == 200
    assert mara.get("/tx/releases/of/999999/").status_code == 404
