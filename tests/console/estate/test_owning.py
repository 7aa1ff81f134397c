"""Entities and the ownership matrix in a document: planned, applied, exported, and what is wrong with them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.core.management.base import CommandError

from controlplane.console.estate import plan
from controlplane.console.estate.apply import planned
from controlplane.console.estate.export import as_yaml, export
from controlplane.inventory.models import EntityAttribute, EntityKind, EntityVersion, FieldChange, Ownership
from controlplane.people.roles import Role
from controlplane.transactions.models import FlowVersion
from tests.console.estate.conftest import ApplyIt, Document, small
from tests.transactions.factories import an_account

pytestmark = pytest.mark.django_db

PALLET = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "weight": {"type": "number"}}}


def owned(**more: Any) -> Document:
    """The small estate, with who owns what."""
    return small() | {"ownership": {"invoice": {"record": "listener", "writers": ["billing"]}}} | more


def problems(document: Document, tmp_path: Path) -> list[str]:
    """What is said of a document that cannot be applied, line by line."""
    file = tmp_path / "estate.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    with pytest.raises(CommandError) as refused:
        call_command("estate", "apply", str(file), stdout=io.StringIO())
    return [line.removeprefix(f"{file}:") for line in str(refused.value).splitlines()]


def test_what_is_decided_is_applied_with_its_history(apply_it: ApplyIt) -> None:
    dana = an_account("Dana Reyes", Role.OWNER)
    apply_it(owned(ownership={"invoice.total": {"record": "listener", "steward": dana.email}}))
    row = Ownership.objects.get()
    assert (str(row), row.record and row.record.slug, row.steward) == ("invoice.total", "listener", dana.person)
    change = FieldChange.objects.get(kind="entity_attribute", field="record")
    assert (change.before, change.after, change.by_label) == (None, "listener", "operator")


def test_applied_again_nothing_is_changed(apply_it: ApplyIt) -> None:
    document = owned(
        entities={"pallet": {"schema": PALLET, "operations": ["create"]}, "customer": {"on_breach": "block"}}
    )
    apply_it(document)
    again = apply_it(document)
    assert (again.created, again.changed) == ([], [])


def test_an_entity_of_ones_own_is_made_and_owned_in_one_document(apply_it: ApplyIt) -> None:
    apply_it(owned(entities={"pallet": {"schema": PALLET}}, ownership={"pallet.weight": {"record": "listener"}}))
    version = EntityVersion.objects.get(entity__slug="pallet")
    assert (version.number, version.shipped, len(version.operations)) == (1, False, 5)
    assert Ownership.objects.get().attribute == EntityAttribute.objects.get(entity__slug="pallet", pointer="/weight")


def test_an_entity_that_is_named_without_a_schema_keeps_its_version(apply_it: ApplyIt) -> None:
    apply_it(small() | {"entities": {"customer": {"on_breach": "block"}}})
    assert EntityKind.objects.get(slug="customer").on_breach == "block"
    assert EntityVersion.objects.filter(entity__slug="customer").count() == 1


def test_what_is_exported_is_an_empty_plan_where_it_was_written(apply_it: ApplyIt) -> None:
    dana = an_account("Dana Reyes", Role.OWNER)
    entities = {"pallet": {"schema": PALLET, "operations": ["create"]}, "price": {"operations": ["create"]}}
    whole = {"record": "listener", "writers": ["billing"], "survivorship": "record", "steward": dana.email}
    parts = {
        "record": "billing",
        "readers": ["listener"],
        "survivorship": "trusted",
        "trusted": ["billing", "listener"],
    }
    apply_it(owned(entities=entities, ownership={"invoice": whole, "invoice.total": parts}))
    document = export().document
    assert document["ownership"] == {"invoice": whole, "invoice.total": parts}
    assert sorted(document["entities"]) == ["pallet", "price"]
    assert list(document["entities"]["pallet"]["schema"]["properties"]) == ["id", "weight"]
    assert plan.is_empty(planned(yaml.safe_load(as_yaml(document))))


def test_what_ships_is_not_exported(apply_it: ApplyIt) -> None:
    apply_it(small())
    assert "entities" not in export().document


def test_a_plan_says_what_would_differ_and_writes_nothing(apply_it: ApplyIt) -> None:
    apply_it(owned())
    document = owned(ownership={"invoice": {"record": "listener"}, "invoice.total": {"record": "billing"}})
    lines = list(plan.lines(planned(document)))
    assert lines[0] == "~ ownership.invoice"
    assert lines[1] == '    writers: ["billing"] -> []'
    assert "+ ownership.invoice.total" in lines
    assert Ownership.objects.count() == 1


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    document = owned(
        entities={
            "customer": {"on_breach": "explode"},
            "pallet": {"schema": {"type": "object"}, "operations": ["burn"]},
        },
        ownership={
            "invoice": {"record": "nowhere", "writers": ["listener", "elsewhere"], "colour": "red"},
            "invoice.colour": {"record": "listener"},
            "nothing": {"record": "listener"},
            "order": {"survivorship": "loudest", "steward": "nobody@example.com"},
            "lead": {"record": "listener", "readers": ["listener"]},
        },
    )
    told = "\n".join(problems(document, tmp_path))
    for words in (
        "entities.customer.on_breach: there is no 'explode'",
        "entities.pallet.schema: A canonical schema is an object with properties.",
        "entities.pallet.operations: There is no operation 'burn'",
        "ownership.invoice.record: there is no 'nowhere'",
        "ownership.invoice.writers: there is no system 'elsewhere'",
        "ownership.invoice: there is no field 'colour'",
        "ownership.invoice.colour: invoice has no attribute 'colour'",
        "ownership.nothing: there is no entity 'nothing'",
        "ownership.order.survivorship: there is no 'loudest'",
        "ownership.order.steward: nobody signs in as 'nobody@example.com'",
        "ownership.lead.readers: listener is the system of record",
    ):
        assert words in told
    assert not Ownership.objects.exists()


def flagged_flow(**step: Any) -> Document:
    """The small estate's flow, telling the listener the invoice's total, which is the listener's to say."""
    document = owned(ownership={"invoice": {"record": "listener"}})
    document["flows"]["tell"]["steps"][0] |= {"mapping": {"sum": "event.total"}, **step}
    document["normalisations"]["paid"]["canonical_type"] = "invoice.paid.v1"
    document["flows"]["tell"]["routes"] = [{"event_type": "invoice.paid.v1", "interface": "webhooks"}]
    return document


def test_a_flow_that_writes_what_its_source_does_not_own_is_flagged_by_plan_and_by_apply(
    apply_it: ApplyIt, tmp_path: Path
) -> None:
    document = flagged_flow()
    words = "flows.tell: Step 'send' writes invoice.total at 'sum'. Billing does not own invoice.total; Listener does."
    says = f"{words} Its deliveries are flagged."
    document["flows"]["tell"]["steps"][0]["name"] = "send"
    assert planned(document).flagged == [says]
    assert f"! {says}" in list(plan.lines(planned(document)))
    assert apply_it(document).flagged == [says]
    (finding,) = FlowVersion.objects.get(state="published").findings
    assert (finding["attribute"], finding["how"]) == ("invoice.total", "flag")
    file = tmp_path / "estate.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    out = io.StringIO()
    call_command("estate", "apply", str(file), stdout=out)
    assert f"! {says}" in out.getvalue()


def test_a_step_says_its_entity_its_operation_and_what_its_targets_are(apply_it: ApplyIt) -> None:
    document = flagged_flow(entity="price", does="merge", writes={"sum": "invoice.total"})
    told = planned(document).flagged
    assert len(told) == 2
    assert told[1].endswith("would merge a record of price, which its lifecycle does not allow.")
    apply_it(document)
    assert plan.is_empty(planned(yaml.safe_load(as_yaml(export().document))))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"entity": "colour"}, "there is no 'colour'"),
        ({"does": "paint"}, "there is no 'paint'"),
        ({"writes": {"other": "invoice.total"}}, "which is no target of its mapping"),
        ({"writes": {"sum": "colour.red"}}, "there is no kind of entity 'colour'"),
    ],
)
def test_what_a_step_cannot_say_is_a_mistake(step: dict[str, Any], words: str, tmp_path: Path) -> None:
    assert any(words in line for line in problems(flagged_flow(**step), tmp_path))
