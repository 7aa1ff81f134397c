"""Applying a document makes what is missing, changes what differs, and does nothing the second time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from controlplane.audit.models import AuditRecord
from controlplane.contracts.models import ContractVersion
from controlplane.credentials.models import Credential
from controlplane.foundation import clock
from controlplane.inventory.models import Instance, Integration, System
from controlplane.sync.models import SyncJob
from controlplane.transactions.models import (
    Destination,
    DestinationState,
    Endpoint,
    Flow,
    FlowVersion,
    MappingVersion,
    Normalisation,
    Route,
)
from controlplane.transactions.pipeline.catalogue import read_snapshot
from controlplane.transactions.rules.rate import pace
from controlplane.transactions.rules.retention import Retention
from tests.console.estate.conftest import ApplyIt, changed, counted, journeys, small

TABLES = {
    "teams": "people.Team",
    "systems": "inventory.System",
    "instances": "inventory.Instance",
    "interfaces": "inventory.Interface",
    "processes": "inventory.Process",
    "integrations": "inventory.Integration",
    "credentials": "credentials.Credential",
    "contracts": "contracts.ContractVersion",
    "mappings": "transactions.MappingVersion",
    "endpoints": "transactions.Endpoint",
    "normalisations": "transactions.Normalisation",
    "destinations": "transactions.Destination",
    "flows": "transactions.FlowVersion",
    "jobs": "sync.SyncJob",
}


def test_the_estate_of_the_journeys_is_all_there_afterwards(apply_it: ApplyIt) -> None:
    document = journeys()

    applied = apply_it(document)

    rows = counted()
    for section, table in TABLES.items():
        assert rows[table] == len(document[section]) > 0, section
    assert rows["transactions.Route"] == sum(len(flow["routes"]) for flow in document["flows"].values())
    assert applied.changed == applied.same == []
    assert {"teams.finance", "systems.erp", "contracts.invoice v1", "flows.paid-invoice v1"} <= set(applied.created)


def test_every_field_arrives_where_it_belongs(apply_it: ApplyIt) -> None:
    apply_it(journeys())

    erp = Instance.objects.get(slug="erp")
    assert (erp.system.connector, erp.system.monogram, erp.system.hue) == ("tryton", "Ty", 330)
    assert (erp.environment.slug, erp.base_url) == ("production", "http://127.0.0.1:20002")
    assert erp.settings == {"database": "tryton", "user": "interlock"}
    integration = Integration.objects.get(slug="customer-master")
    assert (integration.team.name, integration.process_id) == ("Finance operations", "customer-data")
    assert integration.source is not None
    assert integration.source.slug == "erp-api"
    assert Credential.objects.get(slug="erp").references == {"password": "env://JOURNEY_ERP_PASSWORD"}
    contract = ContractVersion.objects.get(contract__slug="invoice")
    assert contract.keys == [
        {"kind": "invoice", "value": "record.id"},
        {"kind": "customer", "value": "record.customer"},
    ]
    assert (contract.personal, contract.enforcement, contract.state) == (["/customer_email"], "quarantine", "published")
    endpoint = Endpoint.objects.get(slug="billing")
    assert (endpoint.scheme, endpoint.secrets, endpoint.event_id) == (
        "stripe",
        ["env://JOURNEY_WEBHOOK_SECRET"],
        "event.id",
    )
    assert (endpoint.retention, endpoint.on_broken, endpoint.active) == (Retention.STANDARD, "quarantine", True)
    destination = Destination.objects.get(slug="erp")
    assert (destination.deadline, destination.retry_delays) == (10.0, [0.2, 0.4])
    normal = Normalisation.objects.get(event_type="invoice.payment_succeeded")
    assert (normal.canonical_type, str(normal.contract_version)) == ("invoice.paid", "Invoice v1")
    flow = FlowVersion.objects.get(flow__slug="paid-invoice")
    assert [step["name"] for step in flow.steps] == ["party", "sale", "listener"]
    assert flow.steps[1]["mapping"][0] == {"target": "reference", "expression": "event.number"}
    assert flow.steps[2]["required"] is False
    job = SyncJob.objects.get(slug="parties")
    assert (job.stream, job.event_type, job.page_size, job.schedule) == ("party", "party.changed", 50, "manual")


def test_what_was_applied_can_be_carried_by(apply_it: ApplyIt) -> None:
    apply_it(journeys())

    snapshot = read_snapshot()

    assert {row.slug for row in snapshot.destinations.values()} == {"billing", "erp", "listener"}
    interface = Endpoint.objects.get(slug="billing").interface_id
    normal = snapshot.normal(interface, "invoice.payment_succeeded")
    assert normal is not None
    assert normal.contract is not None
    assert set(snapshot.routes) == {"invoice.paid", "party.changed", "customer.changed"}


def test_a_second_time_changes_nothing(apply_it: ApplyIt) -> None:
    first = apply_it(journeys())
    before, changed_at = counted(), Endpoint.objects.get().changed_at

    second = apply_it(journeys())

    assert counted() == before
    assert (second.created, second.changed) == ([], [])
    assert set(second.same) == {where for where in first.created if not where.endswith(" v1")}
    assert Endpoint.objects.get().changed_at == changed_at


def test_what_the_document_does_not_name_is_left_alone(apply_it: ApplyIt) -> None:
    apply_it(journeys())
    before = counted()

    applied = apply_it({"teams": {"finance": {"name": "Money"}}})

    assert applied.changed == ["teams.finance"]
    more = {name: before[name] + 1 for name in ("audit.AuditRecord", "inventory.FieldChange")}
    assert counted() == before | more


def test_an_empty_document_is_fine(apply_it: ApplyIt) -> None:
    before = counted()

    assert apply_it({}).created == []
    assert apply_it({"teams": None, "flows": {}}).created == []
    assert counted() == before


def test_names_are_the_slugs_in_words_unless_given(apply_it: ApplyIt) -> None:
    apply_it({"systems": {"order-desk": {"connector": "webhook"}, "erp": {"connector": "tryton", "name": "Tryton 8"}}})

    assert [system.name for system in System.objects.order_by("slug")] == ["Tryton 8", "Order desk"]
    assert System.objects.get(slug="order-desk").monogram == "Or"


def test_changed_steps_are_a_second_version_and_the_first_retires(apply_it: ApplyIt) -> None:
    apply_it(small())
    document = changed(small(), "flows.tell.steps.0.mapping", {"invoice": "event.number"})

    applied = apply_it(document)

    assert applied.created == ["flows.tell v2"]
    versions = FlowVersion.objects.order_by("number").values_list("number", "state")
    assert list(versions) == [(1, "retired"), (2, "published")]
    assert apply_it(document).created == []


def test_steps_that_are_changed_back_are_a_third_version(apply_it: ApplyIt) -> None:
    for mapping in ({"a": "event.number"}, {"b": "event.number"}, {"a": "event.number"}):
        apply_it(changed(small(), "flows.tell.steps.0.mapping", mapping))

    states = FlowVersion.objects.order_by("number").values_list("state", flat=True)
    assert list(states) == ["retired", "retired", "published"]


def test_a_new_version_of_a_contract_or_mapping_is_taken_up_by_the_normalisations(apply_it: ApplyIt) -> None:
    apply_it(small())
    document = changed(small(), "contracts.invoice.schema", {"type": "object", "required": ["id"]})
    document = changed(document, "mappings.canonical.lines", {"number": "record.number"})

    applied = apply_it(document)

    assert applied.created == ["contracts.invoice v2", "mappings.canonical v2"]
    assert applied.changed == ["normalisations.paid"]
    normal = Normalisation.objects.get()
    assert normal.contract_version == ContractVersion.objects.get(number=2)
    assert normal.mapping_version == MappingVersion.objects.get(number=2)
    assert ContractVersion.objects.get(number=1).schema == {"type": "object"}
    assert apply_it(document).changed == []


def test_a_normalisation_may_do_without_contract_and_mapping(apply_it: ApplyIt) -> None:
    apply_it(small())
    document = small()
    document["normalisations"]["paid"] = {"interface": "webhooks", "event_type": "invoice.paid"}

    assert apply_it(document).changed == ["normalisations.paid"]
    assert Normalisation.objects.get().contract_version is None


def test_a_route_that_is_no_longer_given_starts_nothing_and_one_that_is_given_again_does(apply_it: ApplyIt) -> None:
    apply_it(small())
    document = changed(
        small(), "flows.tell.routes", [{"event_type": "invoice.sent", "condition": "event.number != ''"}]
    )

    applied = apply_it(document)

    assert applied.created == ["flows.tell.routes.1"]
    assert applied.changed == ["flows.tell no longer starts with invoice.paid"]
    assert list(Route.objects.filter(active=True).values_list("event_type", "condition")) == [
        ("invoice.sent", "event.number != ''")
    ]
    assert apply_it(small()).changed == ["flows.tell.routes.1", "flows.tell no longer starts with invoice.sent"]
    assert Route.objects.get(active=True).event_type == "invoice.paid"


def test_a_changed_condition_is_a_change(apply_it: ApplyIt) -> None:
    apply_it(small())

    applied = apply_it(changed(small(), "flows.tell.routes.0.condition", "event.number != ''"))

    assert applied.changed == ["flows.tell.routes.1"]


def test_limits_that_are_given_hold_and_others_stay_as_people_set_them(apply_it: ApplyIt) -> None:
    apply_it(changed(small(), "destinations.listener.max_in_flight", 8))
    assert DestinationState.objects.get().max_in_flight == 8
    DestinationState.objects.update(max_in_flight=2, rate_per_second=5.0)

    assert apply_it(small()).changed == []
    assert DestinationState.objects.get().max_in_flight == 2
    applied = apply_it(changed(small(), "destinations.listener.max_in_flight", 8))
    assert applied.changed == ["destinations.listener limits"]
    state = DestinationState.objects.get()
    assert (state.max_in_flight, state.rate_per_second) == (8, 5.0)


def test_a_rate_that_is_raised_holds_at_once(apply_it: ApplyIt) -> None:
    apply_it(changed(small(), "destinations.listener.rate_per_second", 0.001))
    last = clock.now()
    DestinationState.objects.update(tat=last + timedelta(seconds=1 / pace(0.001)))
    apply_it(changed(small(), "destinations.listener.rate_per_second", 100))
    tat = DestinationState.objects.get().tat
    assert tat is not None
    assert round((tat - last).total_seconds(), 3) == round(1 / pace(100), 3)


def test_limits_are_set_in_the_order_in_which_workers_take_destinations(apply_it: ApplyIt) -> None:
    """Whatever their order in the document: nobody waits for the other in a circle."""
    first = small()
    first["destinations"]["another"] = dict(first["destinations"]["listener"])
    apply_it(first)
    ids = dict(Destination.objects.values_list("slug", "pk"))
    older, newer = sorted(ids, key=lambda slug: ids[slug])
    first["destinations"] = {
        newer: {**first["destinations"][newer], "max_in_flight": 3},
        older: {**first["destinations"][older], "max_in_flight": 4},
    }

    with CaptureQueriesContext(connection) as queries:
        apply_it(first)

    limited = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "destination_state"')]
    assert [f'"max_in_flight" = {number} WHERE' in sql for number, sql in zip((4, 3), limited, strict=True)] == [
        True,
        True,
    ]
    assert dict(DestinationState.objects.values_list("destination_id", "max_in_flight")) == {
        ids[older]: 4,
        ids[newer]: 3,
    }


def test_a_dry_run_says_all_and_changes_nothing(apply_it: ApplyIt) -> None:
    before = counted()

    applied = apply_it(journeys(), dry_run=True)

    assert counted() == before
    assert AuditRecord.objects.count() == 0
    assert sorted(applied.created) == sorted(apply_it(journeys()).created)


def test_who_applied_what_is_in_the_audit_once(apply_it: ApplyIt) -> None:
    apply_it(small())
    apply_it(small())

    records = AuditRecord.objects.order_by("id")
    assert [record.action for record in records] == ["flow.published", "estate.applied"]
    assert {record.actor_label for record in records} == {"operator"}
    assert records[1].details == {"created": 19, "changed": 0}


def test_a_flow_keeps_its_row_when_its_name_changes(apply_it: ApplyIt) -> None:
    apply_it(small())
    before: Any = Flow.objects.get().pk

    assert apply_it(changed(small(), "flows.tell.name", "Told")).changed == ["flows.tell"]
    assert (Flow.objects.get().pk, Flow.objects.get().name) == (before, "Told")
