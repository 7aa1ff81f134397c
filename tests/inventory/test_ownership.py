"""Deciding who owns an attribute: what is kept, refused, inherited and remembered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlplane.audit.models import AuditRecord
from controlplane.foundation.errors import Invalid, NotAllowed
from controlplane.inventory.models import EntityAttribute, EntityKind, FieldChange, Ownership, OwnershipStamp
from controlplane.inventory.ownership.decide import decide, enforce
from controlplane.inventory.ownership.matrix import attributes_of, counts, rows_of
from controlplane.inventory.ownership.terms import NOTHING, Terms, emails_of, terms_of, with_right
from controlplane.people.roles import Role
from tests.transactions.factories import an_access, an_account, system

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> EntityKind:
    for slug, name in (("odoo", "Odoo"), ("crm", "CRM"), ("forms", "Forms")):
        system(slug, name, "Sy", 10)
    return EntityKind.objects.get(slug="customer")


def tax_id() -> EntityAttribute:
    return EntityAttribute.objects.get(entity__slug="customer", pointer="/tax_id")


def kept(row: Ownership) -> Terms:
    return terms_of(row, emails_of({row.steward_id, row.deputy_id} - {None}))


def test_what_is_decided_is_kept_with_its_history(customer: EntityKind) -> None:
    account = an_account("Dana Reyes", Role.OPERATOR)
    operator = an_access(Role.OPERATOR)
    terms = Terms("odoo", ("crm",), ("forms",), "record", (), account.email, "")
    assert decide(operator, customer, tax_id(), terms, "Finance decides.") == [
        "record",
        "writers",
        "readers",
        "survivorship",
        "steward",
    ]
    assert kept(Ownership.objects.get()) == terms
    changes = FieldChange.objects.filter(kind="entity_attribute", object_id=tax_id().pk).order_by("id")
    assert [(one.field, one.before, one.after) for one in changes][:2] == [
        ("record", None, "odoo"),
        ("writers", None, ["crm"]),
    ]
    assert {one.reason for one in changes} == {"Finance decides."}
    audited = AuditRecord.objects.get(action="ownership.decided")
    assert (audited.subject_id, audited.reason) == ("customer.tax_id", "Finance decides.")


def test_deciding_the_same_again_changes_nothing(customer: EntityKind) -> None:
    operator = an_access(Role.OPERATOR)
    decide(operator, customer, None, Terms("odoo"), "First.")
    assert decide(operator, customer, None, Terms("odoo"), "Again.") == []
    assert AuditRecord.objects.filter(action="ownership.decided").count() == 1


def test_of_nothing_no_row_is_left(customer: EntityKind) -> None:
    operator = an_access(Role.OPERATOR)
    decide(operator, customer, tax_id(), Terms("odoo", ("crm",)), "First.")
    decide(operator, customer, tax_id(), NOTHING, "We do not know after all.")
    assert not Ownership.objects.exists()
    assert FieldChange.objects.filter(object_id=tax_id().pk).count() == 4


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms("nowhere"), "record"),
        (Terms("odoo", ("odoo",)), "writers"),
        (Terms("odoo", (), ("odoo",)), "readers"),
        (Terms("odoo", ("crm",), ("crm",)), "readers"),
        (Terms(survivorship="record"), "record"),
        (Terms("odoo", survivorship="loudest"), "survivorship"),
        (Terms("odoo", survivorship="trusted"), "trusted"),
        (Terms("odoo", trusted=("crm",)), "trusted"),
        (Terms("odoo", survivorship="trusted", trusted=("crm", "crm")), "trusted"),
        (Terms("odoo", steward="nobody@example.com"), "steward"),
    ],
)
def test_what_contradicts_itself_is_refused_at_its_field(customer: EntityKind, terms: Terms, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        decide(an_access(Role.OPERATOR), customer, tax_id(), terms, "Try.")
    assert refused.value.field == field
    assert not Ownership.objects.exists()


def test_it_takes_a_reason_and_the_right_everywhere(customer: EntityKind) -> None:
    with pytest.raises(Invalid, match="Say why"):
        decide(an_access(Role.OPERATOR), customer, None, Terms("odoo"), "  ")
    with pytest.raises(NotAllowed):
        decide(an_access(Role.SUPPORT), customer, None, Terms("odoo"), "Mine.")
    with pytest.raises(NotAllowed):
        enforce(an_access(Role.AUDITOR), customer, "off", "Quiet.")


def test_every_change_moves_the_stamp_that_workers_look_at(customer: EntityKind) -> None:
    operator, stamps = an_access(Role.OPERATOR), set()
    for act in (
        lambda: decide(operator, customer, None, Terms("odoo"), "One."),
        lambda: decide(operator, customer, None, Terms("odoo", ("crm",)), "Two."),
        lambda: enforce(operator, customer, "block", "Three."),
    ):
        stamps.add(OwnershipStamp.objects.get().stamp)
        act()
    stamps.add(OwnershipStamp.objects.get().stamp)
    assert len(stamps) == 4


def test_an_attribute_has_what_it_is_in_decided_and_people_by_themselves(customer: EntityKind) -> None:
    dana, ravi = an_account("Dana Reyes", Role.SUPPORT), an_account("Ravi Osei", Role.SUPPORT)
    operator = an_access(Role.OPERATOR)
    address = EntityAttribute.objects.get(entity=customer, pointer="/billing_address")
    city = EntityAttribute.objects.get(entity=customer, pointer="/billing_address/city")
    decide(operator, customer, None, Terms("odoo", steward=dana.email, deputy=ravi.email), "All.")
    decide(operator, customer, address, Terms("crm"), "Sales visits them.")
    decide(operator, customer, tax_id(), Terms(steward=ravi.email), "Only who decides.")
    in_address, of_tax, whole = (
        rows_of([one], [])[0] if one else rows_of([], [customer])[0] for one in (city, tax_id(), None)
    )
    assert in_address.holds is not None
    assert in_address.holds.record is not None
    assert (in_address.holds.record.slug, in_address.inherits) == ("crm", True)
    assert in_address.steward == dana.person
    assert of_tax.holds is not None
    assert of_tax.holds.record is not None
    assert (of_tax.holds.record.slug, of_tax.steward, of_tax.deputy) == ("odoo", ravi.person, ravi.person)
    assert (whole.place, whole.name, whole.inherits) == ("customer", "everything else", False)


def test_filters_keep_what_they_say(customer: EntityKind) -> None:
    dana = an_account("Dana Reyes", Role.SUPPORT)
    operator = an_access(Role.OPERATOR)
    assert counts().decided == 0
    decide(operator, customer, tax_id(), Terms("odoo", ("crm",), steward=dana.email), "One.")
    decide(operator, customer, EntityAttribute.objects.get(entity=customer, pointer="/phone"), Terms("crm"), "Two.")

    def paths(show: str, **more: Any) -> list[str]:
        return [one.path for one in attributes_of(show, **more)]

    assert paths("decided") == ["tax_id", "phone"]
    assert paths("no-steward") == ["phone"]
    assert paths("mine", person=dana.person_id) == ["tax_id"]
    assert paths("decided", system="crm") == ["tax_id", "phone"]
    assert paths("decided", system="forms") == []
    assert paths("all", entity="price")[:2] == ["id", "sku"]
    assert "salary" in paths("personal", entity="employee")
    assert (counts().decided, counts().stewards) == (2, 1)


_SYSTEMS = st.sampled_from(["a", "b", "c", "d"])
_MOVES = st.lists(st.tuples(_SYSTEMS, st.sampled_from(["record", "writes", "reads", ""])), max_size=12)


@settings(deadline=None)
@given(_MOVES)
def test_however_cells_are_set_one_after_the_other_each_says_what_was_said_last(moves: list[tuple[str, str]]) -> None:
    terms, expected = NOTHING, dict[str, str]()
    for name, right in moves:
        terms = with_right(terms, name, right)
        if right == "record":
            expected = {one: "reads" if was == "record" else was for one, was in expected.items()}
        expected[name] = right
    said = dict.fromkeys(terms.writers, "writes") | dict.fromkeys(terms.readers, "reads")
    said |= {terms.record: "record"} if terms.record else {}
    assert said == {name: right for name, right in expected.items() if right}
    terms.check({"a", "b", "c", "d"})
