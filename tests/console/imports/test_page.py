"""The pages of interfaces and of importing, as people use them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from controlplane.inventory.models import ImportDraft, Interface, Operation
from controlplane.people.roles import Role
from tests.console.conftest import SignedIn
from tests.console.imports.documents import ORDERS
from tests.transactions.factories import Estate, estate

pytestmark = pytest.mark.django_db
FORM = "/integrations/apis/import/"


@pytest.fixture
def here() -> Estate:
    return estate()


@pytest.fixture
def oskar(signed_in: SignedIn) -> Client:
    return signed_in(Role.OPERATOR, name="Oskar Lind")


def uploaded(client: Client, here: Estate, text: str = ORDERS, **more: str) -> Any:
    file = SimpleUploadedFile("orders.yaml", text.encode())
    given = {"format": "openapi", "instance": here.source.slug, "environment": here.environment.slug} | more
    return client.post(FORM, {**given, "file": file})


def test_a_document_is_looked_at_and_then_imported(oskar: Client, here: Estate) -> None:
    answer = uploaded(oskar, here)
    assert answer.status_code == 302
    page = oskar.get(answer["location"])
    assert page.context["plan"].summary == "6 to create, 0 to change, 0 gone, 0 as they are"
    assert not Operation.objects.exists()
    done = oskar.post(answer["location"], {"seen": page.context["plan"].digest})
    slug = f"{here.source.slug}-orders"
    assert (done.status_code, done["location"]) == (302, f"/integrations/apis/{slug}/")
    assert not ImportDraft.objects.exists()
    shown = oskar.get(done["location"])
    assert [row["one"].name for row in shown.context["rows"]] == ["listOrders", "placeOrder", "DELETE /orders/{id}"]
    assert shown.context["rows"][1]["bodies"] == ["takes NewOrder"]


def test_what_is_wrong_is_listed_and_nothing_is_kept(oskar: Client, here: Estate) -> None:
    answer = uploaded(oskar, here, ORDERS.replace("#/components/requestBodies/Placed", "#/gone"))
    assert answer.status_code == 422
    assert answer.context["problems"] == ["orders.yaml:23:21: #/gone leads to nothing in this document."]
    assert not ImportDraft.objects.exists()


def test_a_field_that_is_wrong_says_so(oskar: Client, here: Estate) -> None:
    assert uploaded(oskar, here, instance="").context["form"].errors == {
        "instance": ["Say whose interface it is: an instance of the inventory."]
    }
    assert list(uploaded(oskar, here, interface="no slug").context["form"].errors) == ["interface"]
    assert uploaded(oskar, here, contracts="Order").context["form"].errors == {
        "team": ["Contracts are owned by a team; say which."]
    }
    assert list(oskar.post(FORM, {"format": "openapi"}).context["form"].errors) == ["file", "environment"][:1]


def test_what_changed_meanwhile_is_shown_again_instead_of_done(oskar: Client, here: Estate) -> None:
    where = uploaded(oskar, here)["location"]
    seen = oskar.get(where).context["plan"].digest
    Interface.objects.create(
        slug=f"{here.source.slug}-orders", instance=here.source, kind="rest", name="Orders", version="1"
    )
    answer = oskar.post(where, {"seen": seen})
    assert answer.status_code == 409
    assert "The inventory has changed since this plan was made" in answer.content.decode()
    assert not Operation.objects.exists()


def test_a_draft_is_its_owners_alone(oskar: Client, here: Estate, signed_in: SignedIn) -> None:
    where = uploaded(oskar, here)["location"]
    assert signed_in(Role.OPERATOR, name="Mara Lindqvist").get(where).status_code == 404


def test_who_may_not_import_is_told_who_may(here: Estate, signed_in: SignedIn) -> None:
    support = signed_in(Role.SUPPORT)
    assert "Somebody else imports" in support.get(FORM).content.decode()
    assert uploaded(support, here).status_code == 403


def test_a_thousand_operations_stay_usable(oskar: Client, here: Estate) -> None:
    one = Interface.objects.create(slug="large", instance=here.source, kind="rest", name="Large")
    Operation.objects.bulk_create(
        Operation(
            interface=one,
            key=f"GET /things/{n:04}",
            name=f"thing{n}",
            action="get",
            address=f"/things/{n:04}",
            deprecated=n % 100 == 0,
        )
        for n in range(1_000)
    )
    seen: list[str] = []
    where = "/integrations/apis/large/"
    while where:
        page = oskar.get(where)
        assert len(page.content) < 300_000
        seen += [row["one"].address for row in page.context["rows"]]
        where = page.context["older"]
    assert seen == [f"/things/{n:04}" for n in range(1_000)]
    found = oskar.get("/integrations/apis/large/?q=thing+0421").context
    assert ([row["one"].address for row in found["rows"]], found["total"]) == (["/things/0421"], 1)
    assert oskar.get("/integrations/apis/large/?show=deprecated").context["total"] == 10


def test_the_list_says_how_many_operations_and_integrations_there_are(oskar: Client, here: Estate) -> None:
    here.integration.targets.add(here.interface)
    Operation.objects.create(interface=here.interface, key="a", name="a", action="send", address="a")
    rows = {row.slug: (row.said, row.used) for row in oskar.get("/integrations/apis/").context["rows"]}
    assert rows[here.interface.slug] == (1, 1)
    assert oskar.get("/integrations/apis/?kind=database").context["rows"] == []
    assert oskar.get("/integrations/apis/?kind=door").status_code == 400


def test_an_interface_that_is_not_there_is_not_found(oskar: Client) -> None:
    assert oskar.get("/integrations/apis/none/").status_code == 404
