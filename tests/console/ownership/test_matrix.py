"""The matrix as people see it and decide in it."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.foundation.ids import uuid7
from controlplane.inventory.models import EntityAttribute, EntityKind, EntityVersion, Ownership
from controlplane.inventory.ownership.decide import decide, enforce
from controlplane.inventory.ownership.terms import Terms
from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import OwnershipBreach
from controlplane.transactions.upkeep import make_partitions
from tests.transactions.factories import Estate, an_account, estate

pytestmark = pytest.mark.django_db

HERE = "/data/ownership/"


def text(answer: Any, status: int = 200) -> str:
    """What a person reads."""
    assert answer.status_code == status, answer.content[:800]
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


@pytest.fixture
def made() -> Estate:
    make_partitions()
    return estate(erp_connector="tryton")


@pytest.fixture
def oskar(made: Estate) -> Account:
    return an_account("Oskar Lind", Role.OPERATOR)


@pytest.fixture
def operator(client: Client, oskar: Account) -> Client:
    client.force_login(oskar)
    return client


def attribute(path: str = "email", entity: str = "customer") -> EntityAttribute:
    return EntityAttribute.objects.get(entity__slug=entity, pointer=f"/{path}")


def decided(oskar: Account, path: str = "email", **terms: Any) -> None:
    kind = EntityKind.objects.get(slug="customer")
    decide(access_for(oskar), kind, attribute(path) if path else None, Terms(**terms), "As agreed.")


def breach(made: Estate, *, blocked: bool, path: str = "email") -> OwnershipBreach:
    return OwnershipBreach.objects.create(
        id=uuid7(),
        entity=EntityKind.objects.get(slug="customer"),
        path=path,
        system=made.source.system,
        record=made.erp.system,
        transaction_id=uuid7(),
        step_run_id=uuid7(),
        integration=made.integration,
        destination=made.to_erp,
        blocked=blocked,
    )


def test_where_nothing_is_decided_the_page_says_where_to_begin(operator: Client) -> None:
    page = text(operator.get(HERE))
    assert "Nothing is decided yet" in page
    assert "Begin with the customer" in page
    assert "so nothing was compared" in page


def test_the_matrix_shows_who_is_right_who_may_write_and_who_reads(operator: Client, oskar: Account) -> None:
    decided(oskar, record="tryton", writers=("stripe",), survivorship="record", steward=oskar.email)
    answer = operator.get(HERE)
    page = text(answer)
    assert "Tryton wins" in page
    assert "Oskar Lind" in page
    body = answer.content.decode()
    assert 'aria-label="Tryton, customer.email: System of record"' in body
    assert 'aria-label="Stripe, customer.email: May write"' in body


def test_rows_without_a_steward_come_first(operator: Client, oskar: Account) -> None:
    decided(oskar, "phone", record="tryton", steward=oskar.email)
    decided(oskar, "email", record="tryton")
    page = text(operator.get(HERE))
    assert page.index("No steward yet") < page.index("customer.email") < page.index("phone")


def test_a_cell_is_decided_by_its_own_form_with_a_reason(operator: Client, oskar: Account) -> None:
    decided(oskar, record="tryton")
    form = text(operator.get(HERE, {"at": "customer.email", "cell": "stripe"}))
    assert "May write it, beside the system of record" in form
    told = {"at": "customer.email", "cell": "stripe", "right": "writes", "reason": "They type it themselves."}
    answer = operator.post(f"{HERE}cell/?show=personal", told)
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{HERE}?show=personal#cell-customer.email-stripe",
    )
    row = Ownership.objects.get()
    assert [(one.system.slug, one.right) for one in row.rights.all()] == [("stripe", "writes")]


def test_without_a_reason_the_form_comes_back_with_what_was_chosen(operator: Client) -> None:
    answer = operator.post(f"{HERE}cell/", {"at": "customer.email", "cell": "stripe", "right": "record", "reason": ""})
    assert "This field is required" in text(answer, 422)
    assert not Ownership.objects.exists()


def test_steward_and_rule_are_decided_for_the_row(operator: Client, oskar: Account) -> None:
    decided(oskar, record="tryton")
    told = {"at": "customer.email", "steward": oskar.email, "survivorship": "trusted", "trusted": "stripe, tryton"}
    assert operator.post(f"{HERE}terms/", told | {"reason": "They know."}).status_code == 302
    row = Ownership.objects.get()
    assert (row.steward, row.trusted, row.record) == (oskar.person, ["stripe", "tryton"], row.record)
    refused = operator.post(f"{HERE}terms/", told | {"trusted": "", "reason": "They know."})
    assert "name the systems in their order" in text(refused, 422)


def test_what_others_writes_meet_is_said_for_the_entity(operator: Client) -> None:
    assert "A write without the right is" in text(operator.get(HERE, {"at": "customer"}))
    told = {"at": "customer", "on_breach": "block", "reason": "Two weeks without a false alarm."}
    assert operator.post(f"{HERE}enforcement/", told).status_code == 302
    assert EntityKind.objects.get(slug="customer").on_breach == "block"


def test_who_may_not_decide_reads_everything_and_who_could(client: Client, made: Estate, oskar: Account) -> None:
    decided(oskar, record="tryton")
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, made.team))
    page = text(client.get(HERE, {"at": "customer.email", "cell": "stripe"}))
    assert "You may read it; deciding is for who may configure" in page
    assert "As agreed." in page
    told = {"at": "customer.email", "cell": "stripe", "right": "record", "reason": "Mine."}
    assert client.post(f"{HERE}cell/", told).status_code == 403


def test_breaches_are_counted_for_everybody_and_listed_for_whose_they_are(
    operator: Client, oskar: Account, made: Estate
) -> None:
    decided(oskar, record="tryton")
    mine = [breach(made, blocked=False), breach(made, blocked=True)]
    answer = operator.get(HERE, {"at": "customer.email", "cell": "stripe"})
    page, body = text(answer), answer.content.decode()
    assert "W·2" in page
    assert "Wrote 2 times in 30 days without the right" in body
    assert "Stripe wrote customer.email 2 times" in page
    assert "Blocked" in page
    assert all(f"/tx/{one.transaction_id}/" in body for one in mine)
    operator.force_login(an_account("Elif Kaya", Role.SUPPORT, another_team()))
    page = text(operator.get(HERE, {"at": "customer.email", "cell": "stripe"}))
    assert "W·2" in page
    assert "None of them is yours to see" in page


def another_team() -> Any:
    from controlplane.people.models import Team

    return Team.objects.create(slug="elsewhere", name="Elsewhere")


def test_filters_are_in_the_address(operator: Client, oskar: Account, made: Estate) -> None:
    decided(oskar, "email", record="tryton", steward=oskar.email)
    decided(oskar, "segment", record="tryton")
    breach(made, blocked=True, path="segment")

    def rows(**query: str) -> list[str]:
        return re.findall(r'id="row-([^"]+)"', operator.get(HERE, query).content.decode())

    assert rows() == ["customer.segment", "customer.email"]
    assert rows(show="mine") == ["customer.email"]
    assert rows(show="no-steward") == ["customer.segment"]
    assert rows(show="breached") == ["customer.segment"]
    assert rows(entity="price")[:2] == ["price", "price.id"]
    assert rows(system="stripe") == []
    assert len(rows(show="all")) == 100
    assert "Nothing like that" in text(operator.get(HERE, {"show": "mine", "entity": "order"}))


def test_an_entity_is_turned_page_by_page(operator: Client) -> None:
    answer = operator.get(HERE, {"show": "all"})
    (older,) = re.findall(r'href="([^"]*after=[^"]*)"', answer.content.decode())
    following = operator.get(older.replace("&amp;", "&")).content.decode()
    both = re.findall(r'id="row-([^"]+)"', answer.content.decode() + following)
    assert len(both) == len(set(both)) == 200


@pytest.mark.parametrize(
    "query",
    [
        "show=some",
        "entity=nothing",
        "system=nothing",
        "after=x",
        "after=a:999999999999",
        "entity=%00",
        "at=" + "a" * 300,
    ],
)
def test_an_address_that_means_nothing_is_refused(operator: Client, query: str) -> None:
    assert operator.get(f"{HERE}?{query}").status_code == 400


def test_an_attribute_that_there_is_not_is_said(operator: Client) -> None:
    assert "There is no attribute customer.colour" in text(operator.get(HERE, {"at": "customer.colour"}))
    told = {"at": "customer.colour", "cell": "stripe", "right": "reads", "reason": "Why not."}
    assert operator.post(f"{HERE}cell/", told).status_code == 404
    assert operator.post(f"{HERE}cell/", told | {"at": "customer.email", "cell": "none"}).status_code == 404


def test_all_of_it_leaves_as_csv_that_no_spreadsheet_runs(operator: Client, oskar: Account, made: Estate) -> None:
    decided(oskar, "", record="tryton", readers=("stripe",), survivorship="record")
    decided(oskar, "email", record="stripe", steward=oskar.email)
    breach(made, blocked=True)
    answer = operator.get(f"{HERE}export/?entity=customer")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    by_name = {row["Attribute"]: row for row in rows}
    assert by_name["(everything else)"]["System of record"] == "Tryton"
    assert (by_name["email"]["System of record"], by_name["email"]["Breaches in 30 days"]) == ("Stripe", "1")
    assert (by_name["phone"]["System of record"], by_name["phone"]["Decided"]) == ("Tryton", "inherited")
    assert (by_name["phone"]["Read"], by_name["phone"]["Which value survives"]) == ("Stripe", "Tryton wins")
    assert len(rows) == EntityAttribute.objects.filter(entity__slug="customer").count() + 1


def test_the_export_holds_more_than_one_page(operator: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(operator.get(f"{HERE}export/?show=all").content.decode("utf-8-sig"))))
    assert len(rows) == EntityAttribute.objects.count()


def test_entities_are_listed_and_each_has_a_page(operator: Client, oskar: Account) -> None:
    decided(oskar, "", record="tryton")
    enforce(access_for(oskar), EntityKind.objects.get(slug="customer"), "block", "Sure.")
    page = text(operator.get("/data/entities/"))
    assert "Lifecycle milestone" in page
    assert "Blocked" in page
    one = text(operator.get("/data/entities/customer/"))
    assert "billing_address.city" in one
    assert "Tryton" in one
    assert "Merge" in text(operator.get("/data/entities/price/?tab=lifecycle"))
    assert operator.get("/data/entities/price/?tab=other").status_code == 400
    assert operator.get("/data/entities/nothing/").status_code == 404


def test_an_entity_gets_a_new_version_and_says_what_it_changed(operator: Client) -> None:
    told = {
        "schema": '{"type": "object", "properties": {"number": {"type": "integer"}, "nick": {"type": "string"}}}',
        "operations": ["create", "update"],
        "reason": "Simpler.",
        "stands_on": "1",
    }
    answer = operator.post("/data/entities/customer/revise/", told)
    assert (answer.status_code, answer["Location"]) == (302, "/data/entities/customer/?tab=versions")
    page = text(operator.get("/data/entities/customer/?tab=versions"))
    assert "/nick added: string" in page
    assert "/tax_id removed" in page
    assert "No longer allowed: merge." in page
    late = text(operator.post("/data/entities/customer/revise/", told | {"reason": "Late."}), 409)
    assert "There is a version 2 since you opened version 1" in late
    assert EntityVersion.objects.filter(entity__slug="customer").count() == 2


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"schema": "{"}, "This is no JSON: "),
        ({"schema": "[" * 100_000}, "nested too deeply"),
        ({"schema": '{"type": "object"}'}, "an object with properties"),
        ({"operations": ["burn"]}, "Select a valid choice"),
        ({"reason": ""}, "This field is required"),
    ],
)
def test_what_is_no_version_is_refused_in_the_form(operator: Client, told: dict[str, Any], words: str) -> None:
    right = {"schema": '{"properties": {}}', "operations": ["create"], "reason": "Why.", "stands_on": "1"}
    assert words in text(operator.post("/data/entities/customer/revise/", right | told), 422)
    assert EntityVersion.objects.filter(entity__slug="customer").count() == 1


def test_who_may_not_edit_reads_the_schema(client: Client, made: Estate) -> None:
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, made.team))
    assert "You may read it" in text(client.get("/data/entities/customer/?tab=schema"))
    told = {"schema": '{"properties": {}}', "operations": ["create"], "reason": "Why.", "stands_on": "1"}
    assert client.post("/data/entities/customer/revise/", told).status_code == 403
