"""Merging identities, undoing it, and splitting: what moves, what is refused, what is kept of it."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from controlplane.audit.models import AuditRecord
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.foundation.ids import uuid7
from controlplane.inventory.identities.held import led_to
from controlplane.inventory.identities.merge import merge, preview_merge, shown
from controlplane.inventory.identities.split import split
from controlplane.inventory.identities.undo import preview_undo, undo
from controlplane.inventory.models import (
    EntityKind,
    EntityVersion,
    Identity,
    IdentityAlias,
    IdentityChange,
    Ownership,
)
from controlplane.people.access import Access
from controlplane.people.roles import Role
from tests.inventory.named import an_alias, known_as, names_of
from tests.transactions.factories import a_team, an_access

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Access:
    """Somebody who may merge."""
    return an_access(Role.OWNER, a_team("orders"))


def aliases(identity: Identity, *values: str) -> list[int]:
    return list(IdentityAlias.objects.filter(identity=identity, value__in=values).values_list("id", flat=True))


def test_everything_of_the_one_belongs_to_the_other_and_its_id_leads_there(owner: Access) -> None:
    stays, goes = known_as("crm/C-1"), known_as("erp/77", former=("erp/76",))
    change = merge(owner, stays=stays.pk, goes=goes.pk, reason="Same tax id")
    assert names_of(stays) == ["(erp/76)", "crm/C-1", "erp/77"]
    assert names_of(goes) == []
    assert led_to([goes.pk, stays.pk]) == {goes.pk: stays.pk, stays.pk: stays.pk}
    assert (change.reason, str(change.by_id), change.given_by_id) == ("Same tax id", owner.person_id, goes.pk)


def test_when_an_id_was_valid_does_not_change_with_whose_it_is(owner: Access) -> None:
    stays, goes = known_as("crm/C-1"), known_as("erp/77", former=("erp/76",))
    before = dict(IdentityAlias.objects.values_list("id", "valid"))
    change = merge(owner, stays=stays.pk, goes=goes.pk, reason="Same tax id")
    undo(owner, change.pk, "No")
    assert dict(IdentityAlias.objects.values_list("id", "valid")) == before


def test_an_undone_merge_leaves_both_as_they_were(owner: Access) -> None:
    stays, goes = known_as("crm/C-1", former=("crm/C-0",)), known_as("erp/77", former=("erp/76",))
    before = dict(IdentityAlias.objects.values_list("id", "identity"))
    change = merge(owner, stays=stays.pk, goes=goes.pk, reason="Same tax id")
    undone = undo(owner, change.pk, "Two branches of one company")
    assert dict(IdentityAlias.objects.values_list("id", "identity")) == before
    assert led_to([goes.pk]) == {goes.pk: goes.pk}
    assert (undone.undoes_id, undone.given_to_id) == (change.pk, goes.pk)


def test_what_was_learnt_since_goes_back_with_the_id_that_it_was_learnt_beside(owner: Access) -> None:
    stays, goes = known_as("crm/C-1"), known_as("erp/77")
    change = merge(owner, stays=stays.pk, goes=goes.pk, reason="Same tax id")
    (of_erp,) = aliases(stays, "77")
    of_shop = an_alias(stays, "shop/s-7", beside=of_erp)
    an_alias(stays, "mail/m-1", beside=of_shop.pk)
    an_alias(stays, "desk/d-1", beside=aliases(stays, "C-1")[0])
    undo(owner, change.pk, "No")
    assert names_of(goes) == ["erp/77", "mail/m-1", "shop/s-7"]
    assert names_of(stays) == ["crm/C-1", "desk/d-1"]


def test_merges_are_undone_in_any_order(owner: Access) -> None:
    one, two, three = known_as("crm/C-1"), known_as("erp/77"), known_as("shop/s-7")
    first = merge(owner, stays=one.pk, goes=two.pk, reason="a")
    second = merge(owner, stays=three.pk, goes=one.pk, reason="b")
    assert names_of(three) == ["crm/C-1", "erp/77", "shop/s-7"]
    undo(owner, first.pk, "c")
    assert [names_of(each) for each in (one, two, three)] == [[], ["erp/77"], ["crm/C-1", "shop/s-7"]]
    undo(owner, second.pk, "d")
    assert [names_of(each) for each in (one, two, three)] == [["crm/C-1"], ["erp/77"], ["shop/s-7"]]


def test_two_that_a_system_knows_apart_are_refused_with_both_shown(owner: Access) -> None:
    stays, goes = known_as("crm/C-1", "erp/7"), known_as("crm/C-2", "erp/8")
    with pytest.raises(Conflict) as refused:
        merge(owner, stays=stays.pk, goes=goes.pk, reason="Same name")
    assert refused.value.detail == (
        "They are different records where both are known. CRM has C-1 for the one and C-2 for the other."
        " ERP has 7 for the one and 8 for the other. Nothing was changed."
    )
    assert refused.value.extra["disagreements"] == [
        {"instance": "crm", "stays": ["C-1"], "goes": ["C-2"]},
        {"instance": "erp", "stays": ["7"], "goes": ["8"]},
    ]
    assert (names_of(goes), IdentityChange.objects.count()) == (["crm/C-2", "erp/8"], 0)


def test_a_preview_shows_what_both_hold_and_changes_nothing(owner: Access) -> None:
    stays, goes = known_as("crm/C-1"), known_as("erp/77")
    shown = preview_merge(stays.pk, goes.pk)
    assert ([one.value for one in shown.kept], [one.value for one in shown.joined]) == (["C-1"], ["77"])
    assert (shown.why_not, names_of(goes)) == ("", ["erp/77"])
    change = merge(owner, stays=stays.pk, goes=goes.pk, reason="Same tax id")
    undoing = preview_undo(change.pk)
    assert ([one.value for one in undoing.back], [one.value for one in undoing.stays]) == (["77"], ["C-1"])


def test_only_identities_of_one_kind_are_merged_and_none_with_itself(owner: Access) -> None:
    customer, order = known_as("crm/C-1"), known_as("erp/S-1", kind="order")
    with pytest.raises(Invalid, match="a customer and a order"):
        merge(owner, stays=customer.pk, goes=order.pk, reason="?")
    with pytest.raises(Invalid, match="with itself"):
        merge(owner, stays=customer.pk, goes=customer.pk, reason="?")


def test_one_that_was_merged_away_is_not_merged_again(owner: Access) -> None:
    one, two, three = known_as("crm/C-1"), known_as("erp/77"), known_as("shop/s-7")
    merge(owner, stays=one.pk, goes=two.pk, reason="a")
    for stays, goes in ((three, two), (two, three)):
        with pytest.raises(Conflict, match=f"{two.pk} was merged into {one.pk} already"):
            merge(owner, stays=stays.pk, goes=goes.pk, reason="b")


def test_one_with_more_ids_than_anybody_has_is_refused(owner: Access) -> None:
    stays, goes = known_as("crm/C-1"), known_as(*(f"erp/{number}" for number in range(200)))
    with pytest.raises(Conflict, match="they would have 201 ids; an identity has 200 at most"):
        merge(owner, stays=stays.pk, goes=goes.pk, reason="a")


def test_ids_that_are_chosen_become_a_new_identity_and_can_be_merged_back(owner: Access) -> None:
    mixed = known_as("crm/C-1", "erp/77", former=("erp/76",))
    change = split(owner, mixed.pk, aliases(mixed, "77", "76"), "Another branch")
    new = Identity.objects.get(pk=change.given_to_id)
    assert (names_of(mixed), names_of(new)) == (["crm/C-1"], ["(erp/76)", "erp/77"])
    merge(owner, stays=mixed.pk, goes=new.pk, reason="No, it is one")
    assert names_of(mixed) == ["(erp/76)", "crm/C-1", "erp/77"]


@pytest.mark.parametrize(
    ("chosen", "says"),
    [((), "at least one id"), (("C-1", "77"), "Leave at least one"), (("s-7",), "not this identity")],
)
def test_a_split_that_makes_no_sense_is_refused(owner: Access, chosen: tuple[str, ...], says: str) -> None:
    mixed = known_as("crm/C-1", "erp/77")
    known_as("shop/s-7")
    ids = list(IdentityAlias.objects.filter(value__in=chosen).values_list("id", flat=True))
    with pytest.raises(Invalid, match=says):
        split(owner, mixed.pk, ids, "a")


def test_a_merge_whose_ids_were_split_off_since_has_nothing_to_give_back(owner: Access) -> None:
    stays, goes = known_as("crm/C-1"), known_as("erp/77")
    change = merge(owner, stays=stays.pk, goes=goes.pk, reason="a")
    split(owner, stays.pk, aliases(stays, "77"), "b")
    with pytest.raises(Conflict, match="None of its ids is there any more"):
        undo(owner, change.pk, "c")


def test_what_is_no_merge_or_undone_already_is_not_undone(owner: Access) -> None:
    stays, goes = known_as("crm/C-1"), known_as("erp/77")
    change = merge(owner, stays=stays.pk, goes=goes.pk, reason="a")
    undone = undo(owner, change.pk, "b")
    with pytest.raises(Conflict, match="undone already"):
        undo(owner, change.pk, "c")
    with pytest.raises(Conflict, match="Only a merge is undone"):
        undo(owner, undone.pk, "c")
    with pytest.raises(NotFound):
        undo(owner, undone.pk + 1, "c")


def test_a_reason_is_needed_and_the_right(owner: Access) -> None:
    stays, goes = known_as("crm/C-1"), known_as("erp/77")
    with pytest.raises(Invalid, match="Say why they are one"):
        merge(owner, stays=stays.pk, goes=goes.pk, reason="  ")
    support = an_access(Role.SUPPORT)
    with pytest.raises(NotAllowed, match="merge and split identities"):
        merge(support, stays=stays.pk, goes=goes.pk, reason="a")
    with pytest.raises(NotAllowed):
        split(support, stays.pk, [1], "a")
    with pytest.raises(NotAllowed):
        undo(support, 1, "a")


def test_the_audit_says_who_and_why_but_no_id_that_names_a_person(owner: Access) -> None:
    stays, goes = known_as("crm/C-1"), known_as("erp/anna@example.org")
    change = merge(owner, stays=stays.pk, goes=goes.pk, reason="Same tax id")
    undo(owner, change.pk, "No")
    split_from = known_as("crm/C-2", "erp/9")
    split(owner, split_from.pk, aliases(split_from, "9"), "Two")
    records = list(AuditRecord.objects.order_by("id").values_list("action", "subject_id", "reason"))
    assert records == [
        ("identity.merged", str(stays.pk), "Same tax id"),
        ("identity.merge_undone", str(stays.pk), "No"),
        ("identity.split", str(split_from.pk), "Two"),
    ]
    assert not AuditRecord.objects.filter(details__icontains="anna").exists()


def test_a_missing_identity_is_not_found(owner: Access) -> None:
    here, missing = known_as("crm/C-1"), uuid7()
    with pytest.raises(NotFound):
        merge(owner, stays=here.pk, goes=missing, reason="a")
    with pytest.raises(NotFound):
        split(owner, missing, [1], "a")


def test_the_database_gives_a_new_name_of_a_merged_identity_to_the_one_that_it_leads_to(owner: Access) -> None:
    one, two, three = known_as("crm/C-1"), known_as("erp/77"), known_as("shop/s-7")
    merge(owner, stays=two.pk, goes=three.pk, reason="a")
    merge(owner, stays=one.pk, goes=two.pk, reason="b")
    an_alias(three, "mail/m-1")
    assert names_of(one) == ["crm/C-1", "erp/77", "mail/m-1", "shop/s-7"]


@pytest.mark.parametrize("statement", ["update {} set reason = ''", "delete from {}"])
def test_what_was_done_is_kept_whoever_asks(owner: Access, statement: str) -> None:
    merge(owner, stays=known_as("crm/C-1").pk, goes=known_as("erp/77").pk, reason="a")
    with pytest.raises(DatabaseError, match="is kept"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("inventory_identitychange"))


def test_one_live_alias_names_one_identity(owner: Access) -> None:
    one = known_as("crm/C-1")
    other = Identity.objects.create(id=UUID(int=1), kind=EntityKind.objects.get(slug="customer"))
    with pytest.raises(DatabaseError), transaction.atomic():
        an_alias(other, "crm/C-1")
    assert names_of(one) == ["crm/C-1"]


def test_where_the_matrix_says_who_is_of_record_only_that_system_has_a_say(owner: Access) -> None:
    stays, goes = known_as("crm/C-1", "erp/77"), known_as("crm/C-2", "erp/78")
    kind = stays.kind
    crm = IdentityAlias.objects.filter(identity=stays, value="C-1").get().instance
    erp = IdentityAlias.objects.filter(identity=stays, value="77").get().instance
    both = [str(one["instance"]) for one in shown(preview_merge(stays.pk, goes.pk))]
    assert sorted(both) == sorted([crm.slug, erp.slug])

    Ownership.objects.create(entity=kind, record=erp.system)
    with pytest.raises(Conflict) as refused:
        merge(owner, stays=stays.pk, goes=goes.pk, reason="Same tax id")
    assert refused.value.extra["disagreements"] == [{"instance": erp.slug, "stays": ["77"], "goes": ["78"]}]

    # What the system of record knows as one may be two in another: that is what merging is for.
    third = known_as("crm/C-3")
    merge(owner, stays=stays.pk, goes=third.pk, reason="Entered twice")
    assert names_of(stays) == ["crm/C-1", "crm/C-3", "erp/77"]


def test_what_the_canonical_model_does_not_merge_is_not_merged(owner: Access) -> None:
    stays, goes = known_as("crm/S-1", kind="order"), known_as("erp/77", kind="order")
    assert "merge" not in EntityVersion.objects.filter(entity=stays.kind).latest("number").operations
    with pytest.raises(Conflict, match="Order: the canonical model does not allow merging it"):
        merge(owner, stays=stays.pk, goes=goes.pk, reason="Same order")
