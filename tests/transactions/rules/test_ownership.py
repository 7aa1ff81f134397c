"""Which attributes a step writes, and whether its source may: the matrix as rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlplane.transactions.rules.flow import Step, read_step
from controlplane.transactions.rules.ownership import (
    Entity,
    Guards,
    Owner,
    entity_of_types,
    findings_of,
    guards_of,
    told,
    writes_of,
)

ERP, CRM, FORMS = 1, 2, 3
NAMES = {ERP: "Odoo", CRM: "Salesforce", FORMS: "HubSpot"}
#: Instance → system: the CRM has two.
INSTANCES = {10: ERP, 20: CRM, 21: CRM, 30: FORMS}
TAX = Owner(ERP, "Odoo", frozenset({CRM}), "Dana Reyes")
MODEL = {
    "customer": Entity(
        "customer",
        "block",
        frozenset({"create", "update"}),
        frozenset({"number", "name", "tax_id", "billing_address", "billing_address.city"}),
        frozenset({"number"}),
        {"tax_id": TAX, "billing_address": Owner(CRM, "Salesforce")},
    ),
    "billing-party": Entity("billing-party", attributes=frozenset({"iban"}), owners={"": Owner(ERP, "Odoo")}),
    "order": Entity(
        "order", "flag", None, frozenset({"number", "status"}), frozenset({"number"}), {"": Owner(ERP, "Odoo")}
    ),
}


def _step(mapping: dict[str, str], **more: Any) -> Step:
    lines = [{"target": target, "expression": source} for target, source in mapping.items()]
    step = {"name": "write", "kind": "deliver", "destination": "erp", "operation": "send", "mapping": lines}
    return read_step({**step, **more}, 1)


def _written(mapping: dict[str, str], own: str = "customer", **more: Any) -> list[tuple[str, str]]:
    return [(one.target, one.attribute) for one in writes_of(_step(mapping, **more), own, MODEL, {})]


@pytest.mark.parametrize(
    ("expression", "attribute"),
    [
        ("event.tax_id", "customer.tax_id"),
        ("upper(event.tax_id)", "customer.tax_id"),
        ("has(event.tax_id) ? event.tax_id : ''", "customer.tax_id"),
        ("event.customer.tax_id", "customer.tax_id"),
        ("event.billing_address.city", "customer.billing_address.city"),
        ("event.billing_address.street", "customer.billing_address"),
        ("event.billing_party.iban", "billing-party.iban"),
        ("event.tax_id.size()", "customer.tax_id"),
    ],
)
def test_a_line_writes_the_attribute_that_it_reads(expression: str, attribute: str) -> None:
    assert _written({"vat": expression}) == [("vat", attribute)]


@pytest.mark.parametrize(
    "expression", ["event.number", "event.customer.number", "event.colour", "'event.tax_id'", "record.tax_id", "'paid'"]
)
def test_keys_texts_and_what_nobody_knows_are_written_by_nobody(expression: str) -> None:
    assert _written({"vat": expression}) == []


def test_a_step_that_names_its_entity_says_what_constants_and_answers_are() -> None:
    assert _written({"values.status": "'paid'"}, own="customer", entity="order") == [("values.status", "order.status")]
    assert _written({"values.status": "'paid'"}, own="order") == []


def test_what_a_look_up_answered_comes_from_the_system_that_was_asked() -> None:
    step = _step({"tax_id": "steps.party.fields.vat"}, entity="customer")
    (write,) = writes_of(step, "", MODEL, {"party": CRM})
    assert (write.attribute, write.by) == ("customer.tax_id", CRM)


def test_a_step_may_name_the_attribute_of_a_target_or_that_there_is_none() -> None:
    given = {"a": "customer.tax_id", "b": ""}
    assert _written({"a": "event.colour", "b": "event.tax_id"}, writes=given) == [("a", "customer.tax_id")]


def test_types_of_several_entities_say_nothing_of_plain_fields() -> None:
    assert entity_of_types({"customer.changed.v1", "customer.created.v1"}, MODEL) == "customer"
    assert entity_of_types({"billing_party.changed.v1"}, MODEL) == "billing-party"
    assert entity_of_types({"customer.changed.v1", "order.changed.v1"}, MODEL) == ""
    assert entity_of_types({"opportunity.won.v1"}, MODEL) == ""
    assert entity_of_types((), MODEL) == ""


def _guards(step: Step, types: tuple[str, ...] = ("customer.changed.v1",)) -> Guards:
    return Guards(guards_of([step], types, MODEL, {"erp": ERP}).get("write", ()), INSTANCES, NAMES)


@pytest.mark.parametrize(("instance", "breaches"), [(10, 0), (20, 0), (21, 0), (30, 1), (99, 0)])
def test_the_record_and_its_writers_may_and_others_may_not(instance: int, breaches: int) -> None:
    guards = _guards(_step({"vat": "event.tax_id"}))
    assert len(guards.breached(instance, {"vat": "DE1"})) == breaches


def test_what_is_not_in_the_body_is_not_written() -> None:
    guards = _guards(_step({"values.vat": "event.tax_id"}))
    assert guards.breached(30, {"values": {"name": "Acme"}}) == ()
    assert guards.breached(30, {"values": "text"}) == ()
    assert len(guards.breached(30, {"values": {"vat": None}})) == 1


def test_support_reads_who_owns_it_whom_to_ask_and_what_to_do() -> None:
    breaches = _guards(_step({"vat": "event.tax_id"})).breached(30, {"vat": "DE1"})
    assert breaches[0].words == "HubSpot does not own customer.tax_id; Odoo does."
    assert told(breaches) == (
        "HubSpot does not own customer.tax_id; Odoo does. Not written. Dana Reyes decides about customer.tax_id. Let "
        "the system of record send it, take the field out of the mapping, or give the right in the matrix."
    )
    assert "Not sent again." in told(breaches, again=True)


def test_that_nobody_is_steward_is_said() -> None:
    breaches = _guards(_step({"city": "event.billing_address.city"})).breached(30, {"city": "Graz"})
    assert "Nobody is named as steward of customer.billing_address.city yet." in told(breaches)


def test_what_is_let_through_or_owned_by_nobody_is_not_guarded() -> None:
    assert _guards(_step({"name": "event.name"})).guards == ()
    off = {**MODEL, "customer": Entity("customer", "off", attributes=frozenset({"tax_id"}), owners={"": TAX})}
    assert guards_of([_step({"vat": "event.tax_id"})], ["customer.changed.v1"], off, {}) == {}


def test_a_step_is_flagged_when_it_is_written() -> None:
    step = _step({"vat": "event.tax_id"}, entity="customer", does="merge")
    found = findings_of([step], ["customer.changed.v1"], [FORMS, CRM], MODEL, {"erp": ERP}, NAMES)
    assert [(one.step, one.target, one.attribute, one.how) for one in found] == [
        ("write", "vat", "customer.tax_id", "block"),
        ("write", "", "customer", "lifecycle"),
    ]
    assert found[0].words == (
        "Step 'write' writes customer.tax_id at 'vat'. HubSpot does not own customer.tax_id; Odoo does. "
        "Its deliveries are blocked."
    )
    assert found[1].words == "Step 'write' would merge a record of customer, which its lifecycle does not allow."


def test_an_operation_is_read_off_its_name_where_the_step_says_its_entity() -> None:
    deleting = {"operation": "party.delete"}
    named = findings_of([_step({}, entity="customer", **deleting)], (), (), MODEL, {}, NAMES)
    assert [one.how for one in named] == ["lifecycle"]
    assert findings_of([_step({}, **deleting)], ["customer.changed.v1"], (), MODEL, {}, NAMES) == []
    assert findings_of([_step({}, entity="customer", operation="party.upsert")], (), (), MODEL, {}, NAMES) == []


_NAME = st.from_regex(r"[a-z]{1,3}", fullmatch=True)
_PATH = st.lists(_NAME, min_size=1, max_size=3).map(".".join)
_OWNERS = st.dictionaries(
    st.one_of(_PATH, st.just("")),
    st.builds(Owner, st.sampled_from(list(NAMES)), st.just("Owner"), st.frozensets(st.sampled_from(list(NAMES)))),
)


@settings(deadline=None)
@given(
    st.frozensets(_PATH), _OWNERS, st.sampled_from(["off", "flag", "block"]), _PATH, st.sampled_from(list(INSTANCES))
)
def test_whatever_the_matrix_says_only_others_than_the_owner_breach_and_only_where_it_is_said(
    attributes: frozenset[str], owners: dict[str, Owner], on_breach: str, path: str, instance: int
) -> None:
    model = {"thing": Entity("thing", on_breach, attributes=attributes, owners=owners)}
    step = _step({"target": f"event.{path}"})
    guards = guards_of([step], ["thing.changed.v1"], model, {}).get("write", ())
    breaches = Guards(guards, INSTANCES, NAMES).breached(instance, {"target": 1})
    known = model["thing"].known(path.split("."))
    owner = model["thing"].owner(known) if known else None
    expected = on_breach != "off" and owner is not None and not owner.may(INSTANCES[instance])
    assert bool(breaches) == expected
    assert all(one.guard.blocks == (on_breach == "block") for one in breaches)
