"""The canonical model ships with the product, and a company makes it its own in versions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from controlplane.audit.models import AuditRecord
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.inventory.canonical.revise import revise
from controlplane.inventory.canonical.ship import ship
from controlplane.inventory.canonical.shipped_model import shipped
from controlplane.inventory.canonical.versions import newest
from controlplane.inventory.models import EntityAttribute, EntityKind, EntityVersion, FieldChange
from controlplane.people.access import access_for
from controlplane.people.roles import Role
from tests.transactions.factories import an_account

pytestmark = pytest.mark.django_db


def _kind(slug: str = "customer") -> EntityKind:
    return EntityKind.objects.get(slug=slug)


def _schema(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def test_every_entity_of_the_product_is_there_in_its_first_version() -> None:
    assert len(shipped()) == 22
    assert EntityVersion.objects.filter(number=1, shipped=True).count() == 22
    tax_id = EntityAttribute.objects.get(entity__slug="customer", pointer="/tax_id")
    assert (tax_id.path, tax_id.type, tax_id.personal, tax_id.is_identifier) == ("tax_id", "string", "personal", False)
    assert EntityAttribute.objects.get(entity__slug="customer", pointer="/number").is_identifier
    assert EntityAttribute.objects.get(entity__slug="employee", pointer="/salary").personal == "sensitive"
    city = EntityAttribute.objects.get(entity__slug="customer", pointer="/billing_address/city")
    assert city.path == "billing_address.city"


@pytest.mark.parametrize("entity", shipped(), ids=lambda one: one.slug)
def test_every_attribute_of_the_product_is_described(entity: Any) -> None:
    rows = EntityAttribute.objects.filter(entity__slug=entity.slug)
    assert rows.count() >= 10
    assert [row.path for row in rows if not row.description] == []
    assert rows.filter(is_identifier=True).count() <= 1


def test_shipping_again_changes_nothing() -> None:
    assert ship() == []
    assert EntityVersion.objects.count() == 22


def test_what_a_company_edited_is_never_overwritten() -> None:
    operator = access_for(an_account("Oskar Lind", Role.OPERATOR))
    made = revise(operator, _kind(), _schema(nick={"type": "string"}), ["create"], "We only need nicknames.")
    assert (made.number, made.shipped) == (2, False)
    assert ship() == []
    assert newest(_kind()) == made


def test_a_newer_content_of_the_product_is_a_new_version_of_what_nobody_edited() -> None:
    EntityVersion.objects.filter(entity=_kind("order")).delete()
    assert ship() == ["order"]
    EntityVersion.objects.filter(entity=_kind("order")).delete()
    EntityVersion.objects.create(
        entity=_kind("order"), number=7, schema=_schema(), operations=[], content_hash="old", shipped=True
    )
    assert ship() == ["order"]
    assert newest(_kind("order")).number == 8  # type: ignore[union-attr]


def test_an_attribute_that_went_is_kept_and_comes_back() -> None:
    operator = access_for(an_account("Oskar Lind", Role.OPERATOR))
    entity = _kind()
    before = EntityAttribute.objects.get(entity=entity, pointer="/tax_id")
    revise(operator, entity, _schema(number={"type": "string"}), ["create"], "Only numbers.")
    assert list(EntityAttribute.objects.filter(entity=entity, active=True).values_list("pointer", flat=True)) == [
        "/number"
    ]
    revise(operator, entity, _schema(tax_id={"type": "integer"}), ["create"], "And back.")
    again = EntityAttribute.objects.get(entity=entity, pointer="/tax_id")
    assert (again.pk, again.active, again.type) == (before.pk, True, "integer")


def test_a_revision_is_in_the_history_with_who_and_why() -> None:
    account = an_account("Oskar Lind", Role.OPERATOR)
    revise(access_for(account), _kind(), _schema(a={"type": "string"}), ["create"], "Simpler.")
    change = FieldChange.objects.get(kind="entity_kind", object_id=_kind().pk)
    assert (change.field, change.before, change.after) == ("version", 1, 2)
    assert (change.by, change.by_label, change.reason) == (account.person, "Oskar Lind", "Simpler.")
    assert AuditRecord.objects.get(action="entity.revised").subject_id == "customer"


def test_the_same_content_is_no_new_version() -> None:
    operator = access_for(an_account("Oskar Lind", Role.OPERATOR))
    now = newest(_kind())
    assert now is not None
    assert revise(operator, _kind(), now.schema, list(reversed(now.operations)), "Again.") == now
    assert not AuditRecord.objects.filter(action="entity.revised").exists()


def test_who_edits_an_older_version_is_told_of_the_newer_one() -> None:
    operator = access_for(an_account("Oskar Lind", Role.OPERATOR))
    revise(operator, _kind(), _schema(a={}), ["create"], "First.", stands_on=1)
    with pytest.raises(Conflict, match="There is a version 2 since you opened version 1"):
        revise(operator, _kind(), _schema(b={}), ["create"], "Second.", stands_on=1)


def test_only_who_configures_everywhere_edits_the_model() -> None:
    owner = access_for(an_account("Mara Lindqvist", Role.SUPPORT))
    with pytest.raises(NotAllowed):
        revise(owner, _kind(), _schema(a={}), ["create"], "Mine.")


@pytest.mark.parametrize(
    ("schema", "operations", "words"),
    [
        ({"type": "object"}, ["create"], "an object with properties"),
        (_schema(**{"a/b": {}}), ["create"], "without blanks, dots"),
        (_schema(a="text"), ["create"], "described by a schema"),
        (_schema(a={"x-personal": "very"}), ["create"], "one of none, personal, sensitive"),
        (_schema(a={"type": "strange"}), ["create"], "no JSON Schema"),
        (_schema(a={"$ref": "http://127.0.0.1:9/schema"}), ["create"], "no JSON Schema"),
        (_schema(a={}), ["burn"], "no operation 'burn'"),
        (_schema(**{f"a{n}": {} for n in range(501)}), ["create"], "may have 500 attributes"),
    ],
)
def test_what_is_no_schema_is_refused_in_words(schema: Any, operations: list[str], words: str) -> None:
    operator = access_for(an_account("Oskar Lind", Role.OPERATOR))
    with pytest.raises(Invalid, match=words):
        revise(operator, _kind(), schema, operations, "Try.")


def test_a_version_never_changes() -> None:
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        EntityVersion.objects.filter(number=1).update(reason="Otherwise.")
