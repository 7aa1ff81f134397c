"""Identities over the API: found, read, and changed once per key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from controlplane.foundation import clock
from controlplane.inventory.models import IdentityAlias, IdentityChange
from controlplane.people.roles import Role
from tests.console.identities.conftest import Two
from tests.people.rest.asking import Program, a_program
from tests.transactions.rest.asking import one_connection
from tests.transactions.traffic import an_identity

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    with one_connection():
        yield


@pytest.fixture
def owner(two: Two) -> Program:
    """A program that may merge."""
    return a_program(two.owner, Role.OWNER, two.estate.team)


@pytest.fixture
def support(two: Two) -> Program:
    """A program that may look."""
    return a_program(two.support, Role.SUPPORT, two.estate.team)


def values(one: Any) -> list[str]:
    return [alias["value"] for alias in one["aliases"]]


def test_one_is_found_by_any_id_and_read(support: Program, two: Two) -> None:
    (found,) = support.post("identities/search", {"value": "cus_old", "kind": "customer"}).json()["identities"]
    assert (found["id"], found["kind"], values(found)) == (str(two.paying.pk), "customer", ["cus_R7v2", "cus_old"])
    live, past = found["aliases"]
    assert (live["instance"], live["until"], past["until"] is None) == ("billing-payments", None, False)
    read = support.get(f"identities/{found['id']}").json()
    assert read == found | {"changes": []}
    assert support.post("identities/search", {"value": "cus_old", "kind": "order"}).json() == {"identities": []}
    assert support.post("identities/search", {"value": "x", "kind": "nothing"}).status_code == 422


def test_all_are_listed_newest_first_a_page_at_a_time(
    support: Program, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.console.identities.finding.PAGE", 1)
    first = support.get("identities").json()
    older, newer = sorted([str(two.booked.pk), str(two.paying.pk)])
    assert [one["id"] for one in first["identities"]] == [newer]
    second = support.get("identities", cursor=first["next"]).json()
    assert ([one["id"] for one in second["identities"]], second["next"]) == ([older], None)


def test_a_merge_is_tried_done_once_and_undone(owner: Program, two: Two) -> None:
    here = f"identities/{two.paying.pk}"
    tried = owner.post(f"{here}/merge/preview", {"other": str(two.booked.pk)}).json()
    assert (tried["allowed"], values(tried["goes"]), tried["transactions"]) == (True, ["8841"], 1)
    said = {"other": str(two.booked.pk), "reason": "Same tax id"}
    done = [owner.post(f"{here}/merge", said, key="k1") for _ in range(2)]
    assert [answer.status_code for answer in done] == [200, 200]
    assert sorted(values(done[1].json())) == ["8841", "cus_R7v2", "cus_old"]
    assert IdentityChange.objects.count() == 1
    led = owner.get(f"identities/{two.booked.pk}").json()
    assert led["id"] == str(two.paying.pk)
    (change,) = led["changes"]
    assert (change["kind"], change["by"], change["aliases"], change["undone"]) == ("merge", "Olga Owner", 1, False)
    undo = f"identities/changes/{change['id']}/undo"
    assert [one["value"] for one in owner.get(undo).json()["back"]] == ["8841"]
    undone = owner.post(undo, {"reason": "Two"}, key="k2").json()
    assert (undone["kind"], undone["given_to"]) == ("undo", str(two.booked.pk))
    assert values(owner.get(f"identities/{two.booked.pk}").json()) == ["8841"]
    assert owner.post(undo, {"reason": "Two"}).status_code == 409


def test_a_refused_merge_says_who_speaks_against_it(owner: Program, two: Two) -> None:
    other = an_identity("customer", clock.now(), {two.estate.source: ["cus_B"]})
    IdentityAlias.objects.filter(value="cus_B").update(learnt_by=two.estate.integration)
    said = {"other": str(other.pk), "reason": "Same name"}
    refused = owner.post(f"identities/{two.paying.pk}/merge", said)
    assert refused.status_code == 409
    assert refused.json()["disagreements"] == [
        {"instance": "billing-payments", "stays": ["cus_R7v2"], "goes": ["cus_B"]}
    ]
    tried = owner.post(f"identities/{two.paying.pk}/merge/preview", {"other": str(other.pk)}).json()
    assert (tried["allowed"], tried["disagreements"]) == (False, refused.json()["disagreements"])


def test_aliases_are_split_off(owner: Program, two: Two) -> None:
    past = IdentityAlias.objects.get(value="cus_old")
    said = {"aliases": [past.pk], "reason": "Another branch"}
    change = owner.post(f"identities/{two.paying.pk}/split", said).json()
    assert (change["kind"], change["given_by"], change["aliases"]) == ("split", str(two.paying.pk), 1)
    assert values(owner.get(f"identities/{change['given_to']}").json()) == ["cus_old"]


def test_who_may_only_look_changes_nothing_and_what_is_hidden_is_missing(support: Program, two: Two) -> None:
    here = f"identities/{two.paying.pk}"
    said = {"other": str(two.booked.pk), "reason": "x"}
    for path, body in ((f"{here}/merge", said), (f"{here}/split", {"aliases": [1], "reason": "x"})):
        assert support.post(path, body).status_code == 403
    hidden = an_identity("customer", clock.now(), {two.estate.notifier: ["K-1"]})
    assert support.get(f"identities/{hidden.pk}").status_code == 404
    assert support.post("identities/search", {"value": "K-1"}).json() == {"identities": []}
