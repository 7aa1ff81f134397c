"""Importing a document: a plan first, then all of it or nothing, and nothing at all the second time."""

from __future__ import annotations

import pytest

from controlplane.audit.models import AuditRecord, Via
from controlplane.console.imports import importing
from controlplane.console.imports.described import Document
from controlplane.console.imports.importing import Asked
from controlplane.console.imports.plan import Options, Plan, lines
from controlplane.console.imports.schemas import Wanted
from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.inventory.models import FieldChange, Interface, Operation
from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.console.imports.documents import ORDERS, in_yaml, openapi, orders
from tests.transactions.factories import Estate, an_account, estate

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Estate:
    return estate()


@pytest.fixture
def oskar() -> Account:
    return an_account("Oskar Lind", Role.OPERATOR)


def asked(document: Document, here: Estate, by: Account, interface: str = "orders") -> Asked:
    access = access_for(by)
    options = Options(here.source.slug, interface, here.team.slug)
    return Asked(document, "orders.yaml", options, "production", access.actor, Via.PAGE, access)


def imported(document: Document, here: Estate, by: Account, **more: str) -> Plan:
    return importing.do(asked(document, here, by, **more))


def test_a_document_becomes_interfaces_and_operations(here: Estate, oskar: Account) -> None:
    plan = imported(openapi(ORDERS), here, oskar)
    assert plan.counts == {"created": 6, "changed": 0, "gone": 0, "same": 0}
    api, hooks = Interface.objects.filter(slug__startswith="orders").order_by("slug")
    assert (api.slug, api.kind, api.name, api.version) == ("orders", "rest", "Orders", "2.4")
    assert (hooks.slug, hooks.kind, hooks.instance) == ("orders-webhooks", "webhook", here.source)
    found = api.operations.order_by("id").values_list("key", "name", "deprecated", "gone_at")
    assert list(found) == [
        ("GET /orders", "listOrders", False, None),
        ("POST /orders", "placeOrder", False, None),
        ("DELETE /orders/{id}", "DELETE /orders/{id}", True, None),
    ]


def test_the_plan_says_what_importing_then_does_and_changes_nothing(here: Estate, oskar: Account) -> None:
    plan = importing.plan_of(asked(openapi(ORDERS), here, oskar))
    assert list(lines(plan)) == [
        "+ interfaces.orders (Orders, REST API)",
        "+ operations.orders.GET /orders (listOrders)",
        "+ operations.orders.POST /orders (placeOrder)",
        "+ operations.orders.DELETE /orders/{id} (DELETE /orders/{id})",
        "+ interfaces.orders-webhooks (Orders webhooks, Webhook)",
        "+ operations.orders-webhooks.SEND POST order.shipped (orderShipped)",
        "6 to create, 0 to change, 0 gone, 0 as they are",
    ]
    assert not Operation.objects.exists()
    assert importing.do(asked(openapi(ORDERS), here, oskar)).digest == plan.digest


def test_the_same_document_again_changes_nothing(here: Estate, oskar: Account) -> None:
    wanted = Wanted(used=True)
    imported(openapi(ORDERS, wanted=wanted), here, oskar)
    records, changes = AuditRecord.objects.count(), FieldChange.objects.count()
    plan = imported(openapi(ORDERS, wanted=wanted), here, oskar)
    assert (plan.is_empty, plan.counts["same"]) == (True, 8)
    assert (AuditRecord.objects.count(), FieldChange.objects.count()) == (records, changes)


def test_a_newer_document_adds_changes_and_marks_what_is_gone(here: Estate, oskar: Account) -> None:
    imported(openapi(ORDERS), here, oskar)
    newer = orders()
    newer["info"]["version"] = "3.0"
    del newer["paths"]["/orders/{id}"]
    newer["paths"]["/orders"]["get"] |= {"deprecated": True, "summary": "All orders"}
    newer["paths"]["/orders/search"] = {"post": {"operationId": "searchOrders"}}
    plan = imported(openapi(in_yaml(newer)), here, oskar)
    assert list(lines(plan)) == [
        "~ interfaces.orders",
        "    version: 2.4 → 3.0",
        "~ operations.orders.GET /orders",
        "    summary: List orders → All orders",
        "    deprecated: False → True",
        "+ operations.orders.POST /orders/search (searchOrders)",
        "- operations.orders.DELETE /orders/{id} (DELETE /orders/{id})",
        "~ interfaces.orders-webhooks",
        "    version: 2.4 → 3.0",
        "1 to create, 3 to change, 1 gone, 2 as they are",
    ]
    gone = Operation.objects.get(key="DELETE /orders/{id}")
    assert gone.gone_at is not None
    again = imported(openapi(ORDERS), here, oskar)
    assert {line.how for line in again.lines if "DELETE" in line.where} == {"back"}
    gone.refresh_from_db()
    assert gone.gone_at is None


def test_a_change_in_what_is_not_kept_is_seen_all_the_same(here: Estate, oskar: Account) -> None:
    imported(openapi(ORDERS), here, oskar)
    newer = orders()
    newer["paths"]["/orders"]["get"]["parameters"] = [{"name": "page", "in": "query"}]
    plan = imported(openapi(in_yaml(newer)), here, oskar)
    assert list(lines(plan))[:2] == [
        "~ operations.orders.GET /orders",
        "    description: details that the inventory does not keep",
    ]


def test_what_people_wrote_about_an_interface_stays(here: Estate, oskar: Account) -> None:
    Interface.objects.create(
        slug="orders", instance=here.source, kind="rest", name="The shop's orders", purpose="Ours.", version="2.3"
    )
    imported(openapi(ORDERS), here, oskar)
    found = Interface.objects.get(slug="orders")
    assert (found.name, found.purpose, found.version) == ("The shop's orders", "Ours.", "2.4")
    assert found.documentation == "https://docs.example.com/orders"


def test_history_and_record_say_who_and_from_which_file(here: Estate, oskar: Account) -> None:
    imported(openapi(ORDERS), here, oskar)
    imported(openapi(ORDERS.replace('"2.4"', '"2.5"')), here, oskar)
    change = FieldChange.objects.get(
        kind="interface", field="version", object_id=Interface.objects.get(slug="orders").pk
    )
    assert (change.before, change.after, change.by, change.reason) == (
        "2.4",
        "2.5",
        oskar.person,
        "Imported from orders.yaml",
    )
    record = AuditRecord.objects.latest("id")
    assert (record.action, record.subject_kind, record.subject_id) == (
        "inventory.imported",
        "instance",
        here.source.slug,
    )
    assert record.details["changed"] == 2


def test_schemas_become_drafts_of_contracts_and_keep_what_was_said_beside_them(here: Estate, oskar: Account) -> None:
    wanted = Wanted(["Order"])
    imported(openapi(ORDERS, wanted=wanted), here, oskar)
    contract = Contract.objects.get(slug="orders-order")
    first = contract.versions.get()
    assert (contract.team, first.number, first.state, first.author) == (here.team, 1, "draft", oskar.person)
    ContractVersion.objects.filter(pk=first.pk).update(personal=["/note"])
    newer = orders()
    newer["components"]["schemas"]["Order"]["allOf"][1]["properties"]["total"] = {"type": "number"}
    imported(openapi(in_yaml(newer), wanted=wanted), here, oskar)
    second = contract.versions.get(number=2)
    assert (second.state, second.personal) == ("draft", ["/note"])


def test_only_who_may_configure_the_system_imports_into_it(here: Estate) -> None:
    elif_kaya = an_account("Elif Kaya", Role.SUPPORT, here.team)
    with pytest.raises(NotAllowed):
        importing.plan_of(asked(openapi(ORDERS), here, elif_kaya))
    with pytest.raises(NotAllowed):
        imported(openapi(ORDERS), here, elif_kaya)
    assert not Operation.objects.exists()


def test_a_teams_owner_imports_into_its_systems_only(here: Estate) -> None:
    mara = an_account("Mara Lindqvist", Role.OWNER, here.team)
    with pytest.raises(NotAllowed):  # the system is nobody's: that takes the whole company
        imported(openapi(ORDERS), here, mara)
    here.source.system.team = here.team
    here.source.system.save()
    assert imported(openapi(ORDERS), here, mara).counts["created"] == 6


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        (Options(""), "instance", "Say whose interface it is"),
        (Options("nowhere"), "instance", "There is no instance 'nowhere'"),
        (
            Options("{source}", "{interface}"),
            "interface",
            "is of the kind Webhook, and the document describes REST API",
        ),
        (Options("{erp}", "{interface}"), "interface", "belongs to"),
    ],
)
def test_where_it_cannot_belong_is_told(here: Estate, oskar: Account, options: Options, field: str, words: str) -> None:
    names = {"source": here.source.slug, "erp": here.erp.slug, "interface": here.interface.slug}
    where = Options(options.instance.format(**names), options.interface.format(**names))
    access = access_for(oskar)
    with pytest.raises(Invalid) as refused:
        importing.plan_of(Asked(openapi(ORDERS), "a", where, "", access.actor, Via.PAGE, access))
    assert refused.value.field == field
    assert words in refused.value.detail


def test_contracts_need_a_team(here: Estate, oskar: Account) -> None:
    access = access_for(oskar)
    document = openapi(ORDERS, wanted=Wanted(["Order"]))
    ask = Asked(document, "a", Options(here.source.slug), "", access.actor, Via.PAGE, access)
    with pytest.raises(Invalid, match="Contracts are owned by a team; say which"):
        importing.plan_of(ask)


def test_what_somebody_agreed_to_is_what_is_done(here: Estate, oskar: Account) -> None:
    seen = importing.plan_of(asked(openapi(ORDERS), here, oskar)).digest
    imported(openapi(ORDERS.replace("listOrders", "allOrders")), here, oskar)
    with pytest.raises(Conflict, match="The inventory has changed since this plan was made"):
        importing.do(asked(openapi(ORDERS), here, oskar), seen)
    assert Operation.objects.get(key="GET /orders").name == "allOrders"


def test_a_thousand_operations_are_a_few_statements(
    here: Estate, oskar: Account, django_assert_max_num_queries: object
) -> None:
    many = orders()
    many["paths"] = {f"/orders/{number}": {"get": {"summary": f"Order {number}"}} for number in range(1_000)}
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        imported(openapi(in_yaml(many)), here, oskar)
    for item in many["paths"].values():
        item["get"]["summary"] += ", anew"
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        assert imported(openapi(in_yaml(many)), here, oskar).counts["changed"] == 1_000
