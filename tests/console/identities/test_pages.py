"""Identities as people find, read, join and take them apart."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from controlplane.foundation import clock
from controlplane.inventory.models import Identity, IdentityAlias, IdentityChange
from tests.console.identities.conftest import Two
from tests.inventory.named import names_of
from tests.transactions.factories import an_account
from tests.transactions.traffic import an_identity
from tests.transactions.views.reading import links, text_of

pytestmark = pytest.mark.django_db

HERE = "/data/identities/"


def found(client: Client, value: str, **more: str) -> Any:
    return client.post(HERE, {"value": value} | more)


@pytest.mark.parametrize("value", ["cus_R7v2", "cus_old", " cus_R7v2 "])
def test_any_id_leads_to_the_identity_former_ones_too(support: Client, two: Two, value: str) -> None:
    answer = found(support, value)
    assert (answer.status_code, answer.headers["Location"]) == (302, two.page(two.paying))
    page = text_of(support.get(two.page(two.paying)))
    for words in ("Customer cus_R7v2", "cus_old", "1 today, 1 in the past", "About cus_old", "About cus_R7v2"):
        assert words in page
    assert "About 8841" not in page


def test_an_id_that_nobody_has_says_so_and_offers_the_search(support: Client) -> None:
    answer = found(support, "cus_404", kind="customer")
    assert answer.headers["Location"] == f"{HERE}?q=cus_404&kind=customer"
    page = support.get(answer.headers["Location"])
    assert "No identity has this id" in text_of(page)
    assert "/tx/" in links(page)


def test_an_id_that_two_records_have_lists_both(support: Client, two: Two) -> None:
    other = an_identity("customer", clock.now(), {two.estate.notifier: ["8841"]})
    answer = found(support, "8841")
    assert answer.headers["Location"] == f"{HERE}?q=8841"
    page = links(support.get(f"{HERE}?q=8841"))
    assert {two.page(two.booked), two.page(other)} <= set(page)


def test_an_address_of_a_person_is_in_no_address(support: Client) -> None:
    answer = found(support, "ilse@secret.example")
    assert "ilse" not in answer.headers["Location"]
    assert "Found ilse@secret.example" in text_of(support.get(answer.headers["Location"]))


def test_who_sees_no_transaction_of_it_finds_nothing_and_sees_nothing(stranger: Client, two: Two) -> None:
    assert "cus_R7v2" not in text_of(stranger.get(HERE))
    assert "No identity has this id" in text_of(stranger.get(found(stranger, "cus_R7v2").headers["Location"]))
    assert stranger.get(two.page(two.paying)).status_code == 404
    assert "None of these are yours to see" in text_of(stranger.get(HERE))


def test_who_may_see_no_transactions_is_told_whom_to_ask(client: Client, two: Two) -> None:
    client.force_login(an_account("Nobody Yet"))
    assert "No identities for you yet" in text_of(client.get(HERE))
    assert client.get(two.page(two.paying)).status_code == 403


def test_what_a_team_was_told_of_by_its_own_traffic_is_its_to_see(stranger: Client, two: Two) -> None:
    from controlplane.people.models import Team

    two.estate.integration.team = Team.objects.get(slug="elsewhere")
    two.estate.integration.save()
    IdentityAlias.objects.filter(value="8841").update(learnt_by=two.estate.integration)
    assert stranger.get(two.page(two.booked)).status_code == 200


def test_the_list_goes_on_by_keyset_and_by_kind(support: Client, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.console.identities.finding.PAGE", 1)
    first = support.get(HERE)
    (older,) = [link for link in links(first) if "older=" in link]
    pages = [set(links(first)), set(links(support.get(older)))]
    newest_first = sorted([two.booked, two.paying], key=lambda one: one.pk, reverse=True)
    assert [[one in page for one in map(two.page, newest_first)] for page in pages] == [[True, False], [False, True]]
    assert "No identity is known yet" in text_of(support.get(f"{HERE}?kind=order"))
    assert support.get(f"{HERE}?kind=nothing").status_code == 400
    assert support.get(f"{HERE}?older=nothing").status_code == 400


def test_two_are_merged_after_both_are_shown_and_the_search_finds_both(owner: Client, two: Two) -> None:
    answer = owner.post(two.page(two.paying, "merge/"), {"value": "8841"})
    assert answer.headers["Location"] == two.page(two.paying, f"merge/?other={two.booked.pk}")
    preview = text_of(owner.get(answer.headers["Location"]))
    assert "1 id and 1 transactions join Customer cus_R7v2" in preview
    assert names_of(two.booked) == ["billing-erp/8841"]
    done = owner.post(two.page(two.paying, "merge/"), {"other": two.booked.pk, "reason": "Same tax id"})
    assert done.headers["Location"] == two.page(two.paying)
    page = text_of(owner.get(two.page(two.paying)))
    for words in ("About 8841", "About cus_old", "Merged: 1 id came", "Same tax id", "Olga Owner"):
        assert words in page
    assert owner.get(two.page(two.booked)).headers["Location"] == two.page(two.paying)
    card = owner.get("/tx/?q=customer:8841")
    assert two.page(two.paying) in links(card)
    assert "About cus_R7v2" in text_of(card)


def test_a_merge_that_is_undone_on_its_page_leaves_both_as_before(owner: Client, two: Two) -> None:
    owner.post(two.page(two.paying, "merge/"), {"other": two.booked.pk, "reason": "Same tax id"})
    change = IdentityChange.objects.get()
    undoing = f"{HERE}changes/{change.pk}/undo/"
    assert undoing in links(owner.get(two.page(two.paying)))
    assert "Goes back" in text_of(owner.get(undoing))
    assert owner.post(undoing, {"reason": "Two branches"}).headers["Location"] == two.page(two.booked)
    assert names_of(two.booked) == ["billing-erp/8841"]
    page = text_of(owner.get(two.page(two.paying)))
    assert "Merge undone: 1 id went back" in page
    assert "About 8841" not in page
    assert undoing not in links(owner.get(two.page(two.paying)))
    assert owner.post(undoing, {"reason": "Again"}).status_code == 422


def test_ids_are_split_off_after_both_are_shown(owner: Client, two: Two) -> None:
    address = two.page(two.paying, "split/")
    past = IdentityAlias.objects.get(value="cus_old")
    assert "Which ids are another record’s?" in text_of(owner.get(address))
    assert "1 transactions go along" in text_of(owner.get(f"{address}?alias={past.pk}"))
    both = "&".join(f"alias={one.pk}" for one in IdentityAlias.objects.filter(identity=two.paying))
    assert "Leave at least one" in text_of(owner.get(f"{address}?{both}"))
    done = owner.post(address, {"alias": [past.pk], "reason": "Another branch"})
    new = Identity.objects.latest("id")
    assert done.headers["Location"] == two.page(new)
    assert "Split off with 1 id" in text_of(owner.get(two.page(new)))
    foreign = IdentityAlias.objects.get(value="8841")
    assert owner.post(address, {"alias": [foreign.pk], "reason": "x"}).status_code == 422


def test_two_that_a_system_knows_apart_are_shown_and_not_merged(owner: Client, two: Two) -> None:
    other = an_identity("customer", clock.now(), {two.estate.source: ["cus_B"]})
    IdentityAlias.objects.filter(value="cus_B").update(learnt_by=two.estate.integration)
    page = owner.get(two.page(two.paying, f"merge/?other={other.pk}"))
    assert "They cannot be merged" in text_of(page)
    assert "has cus_R7v2 for the one and cus_B for the other" in text_of(page)
    refused = owner.post(two.page(two.paying, "merge/"), {"other": other.pk, "reason": "Same name"})
    assert refused.status_code == 409
    assert not IdentityChange.objects.exists()


def test_without_a_reason_nothing_is_merged(owner: Client, two: Two) -> None:
    refused = owner.post(two.page(two.paying, "merge/"), {"other": two.booked.pk, "reason": " "})
    assert refused.status_code == 422
    assert not IdentityChange.objects.exists()


def test_who_may_only_look_is_told_who_may_merge(support: Client, two: Two) -> None:
    page = support.get(two.page(two.paying))
    assert "It takes the role “Integration owner” or “Platform operator”" in page.content.decode()
    for act in ("merge/", "split/"):
        assert support.get(two.page(two.paying, act)).status_code == 403
    answer = support.post(two.page(two.paying, "merge/"), {"other": two.booked.pk, "reason": "x"})
    assert (answer.status_code, IdentityChange.objects.count()) == (403, 0)


def test_another_that_is_out_of_reach_looks_like_a_missing_one(owner: Client, two: Two) -> None:
    hidden = an_identity("customer", clock.now(), {two.estate.notifier: ["K-1"]})
    assert owner.get(two.page(two.paying, f"merge/?other={hidden.pk}")).status_code == 404
    assert owner.get(two.page(hidden)).status_code == 404
    missing = owner.post(two.page(two.paying, "merge/"), {"value": "K-1"})
    assert "No other customer has this id" in text_of(missing)
    assert owner.get(f"{HERE}changes/999/undo/").status_code == 404
