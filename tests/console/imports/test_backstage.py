"""Catalogue files of Backstage, in the format of https://backstage.io/docs/features/software-catalog/descriptor-format."""

from __future__ import annotations

import pytest

from controlplane.audit.models import AuditRecord, Via
from controlplane.console.estate.problems import Refused
from controlplane.console.imports import importing
from controlplane.console.imports.backstage import Catalogue
from controlplane.console.imports.formats import as_kept, from_kept, understand
from controlplane.console.imports.importing import Asked
from controlplane.console.imports.plan import Options, Plan, lines
from controlplane.foundation.errors import Invalid, NotAllowed
from controlplane.inventory.models import FieldChange, Instance, Interface, Operation, System
from controlplane.people.access import access_for
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from tests.transactions.factories import Estate, an_account, estate

CATALOGUE = """\
apiVersion: backstage.io/v1alpha1
kind: Domain
metadata: {name: sales, title: Sales}
spec: {owner: group:commerce}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: commerce}
spec: {type: team, profile: {displayName: Commerce}, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: mara}
spec: {profile: {displayName: Mara Lindqvist, email: Mara-Lindqvist@people.example}, memberOf: [commerce]}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: web-shop, title: Web shop, description: Where customers order.}
spec: {owner: group:default/commerce, domain: sales}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: cart}
spec:
  type: service
  lifecycle: production
  owner: commerce
  system: web-shop
  providesApis: [cart-api]
  consumesApis: [pay]
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: loyalty, namespace: labs}
spec: {type: service, lifecycle: experimental, owner: "user:default/mara", dependsOn: [resource:default/points]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: money}
spec: {type: library, lifecycle: production, owner: commerce}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: cart-api
  title: Cart API
  links: [{url: "https://docs.example.com/cart"}]
spec:
  type: openapi
  lifecycle: production
  owner: commerce
  definition: |
    openapi: 3.0.0
    info: {title: Cart, version: "7"}
    paths: {/carts: {get: {operationId: listCarts}}}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: orders-placed}
spec: {type: asyncapi, lifecycle: production, owner: commerce, system: web-shop, definition: {$text: ./asyncapi.yaml}}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: catalogue}
spec: {type: graphql, lifecycle: production, owner: commerce, system: web-shop, definition: "type Query {a: Int}"}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: carts-db}
spec: {type: database, owner: commerce, system: web-shop}
---
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: others}
spec: {targets: [./other.yaml]}
"""


def understood(text: str) -> Catalogue:
    found = understand("backstage", text.encode(), "catalog-info.yaml")
    assert isinstance(found, Catalogue)
    return found


def imported(text: str, by: Account, environment: str) -> Plan:
    access = access_for(by)
    ask = Asked(understood(text), "catalog-info.yaml", Options(""), environment, access.actor, Via.PAGE, access)
    return importing.do(ask)


@pytest.fixture
def here(db: None) -> Estate:
    return estate()


@pytest.fixture
def oskar(db: None) -> Account:
    return an_account("Oskar Lind", Role.OPERATOR)


def test_what_a_catalogue_says_is_said_in_our_words() -> None:
    found = understood(CATALOGUE)
    assert [(one.slug, one.name) for one in found.teams] == [("commerce", "Commerce")]
    assert [(one.slug, one.name, one.domain, one.team, one.owner, one.stage) for one in found.systems] == [
        ("web-shop", "Web shop", "Sales", "commerce", "", ""),
        ("labs-loyalty", "loyalty", "", "", "mara-lindqvist@people.example", "planned"),
    ]
    assert [(one.slug, one.system, one.kind, one.version) for one in found.interfaces] == [
        ("cart-api", "web-shop", "rest", "7"),
        ("orders-placed", "web-shop", "topic", ""),
        ("carts-db", "web-shop", "database", ""),
    ]
    assert [one.name for one in found.interfaces[0].operations or ()] == ["listCarts"]


def test_what_has_no_place_here_is_said() -> None:
    assert understood(CATALOGUE).notes == (
        "location:default/others is nothing of the inventory.",
        "component:default/money is a library: no system.",
        "The definition of api:default/orders-placed is elsewhere, and nothing is fetched: no operations.",
        "api:default/catalogue is of the type 'graphql', which is no kind of interface.",
        "What depends on what is said by integrations here; not imported: 1 consumesApis, 1 dependsOn.",
    )


def test_a_draft_keeps_all_of_it() -> None:
    found = understood(CATALOGUE)
    assert as_kept(from_kept("backstage", as_kept(found))) == as_kept(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind: System\n", "1:1: apiVersion is that of no Backstage entity"),
        (
            "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: 'a b'}\n",
            "3:12: metadata.name has 1 to 63 letters and digits",
        ),
        (
            "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: a}\nspec: {owner: 'a:b:c'}\n",
            "4:8: 'a:b:c' refers to no entity; it is written [kind:][namespace/]name.",
        ),
        ("- a\n", "1:1: an entity holds names with values."),
        ("", "There is nothing in it"),
    ],
)
def test_what_is_no_entity_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        understood(text)
    assert words in refused.value.problems[0]


def test_an_entity_that_stands_twice_is_refused() -> None:
    one = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: a}\n"
    with pytest.raises(Refused) as refused:
        understood(f"{one}---\n{one}")
    assert refused.value.problems == ("catalog-info.yaml:7:12: system:default/a stands in it twice.",)


def test_a_definition_that_is_broken_takes_its_operations_only() -> None:
    found = understood(CATALOGUE.replace("openapi: 3.0.0", "openapi: 9.0.0"))
    assert found.interfaces[0].operations is None
    assert found.notes[2] == (
        "the definition of api:default/cart-api:1:1: This imports OpenAPI 3.0 and 3.1 and Swagger 2.0, not '9.0.0'. "
        "It is imported without its operations."
    )


def test_it_is_applied_in_one_step_and_once(here: Estate, oskar: Account) -> None:
    an_account("Mara Lindqvist", Role.OWNER, here.team)
    plan = imported(CATALOGUE, oskar, here.environment.slug)
    assert plan.counts == {"created": 8, "changed": 0, "gone": 0, "same": 0}
    shop = System.objects.get(slug="web-shop")
    assert (shop.name, shop.team, shop.domain, shop.purpose) == (
        "Web shop",
        Team.objects.get(slug="commerce"),
        "Sales",
        "Where customers order.",
    )
    assert System.objects.get(slug="labs-loyalty").owner is not None
    assert Instance.objects.get(system=shop).environment == here.environment
    assert Operation.objects.get().interface == Interface.objects.get(slug="cart-api")
    records, changes = AuditRecord.objects.count(), FieldChange.objects.count()
    assert imported(CATALOGUE, oskar, here.environment.slug).is_empty
    assert (AuditRecord.objects.count(), FieldChange.objects.count()) == (records, changes)


def test_a_newer_catalogue_changes_what_it_says(here: Estate, oskar: Account) -> None:
    imported(CATALOGUE, oskar, here.environment.slug)
    newer = CATALOGUE.replace("title: Web shop", "title: Shop").replace("listCarts", "allCarts")
    assert list(lines(imported(newer, oskar, here.environment.slug)))[:5] == [
        "~ systems.web-shop",
        "    name: Web shop → Shop",
        "~ operations.cart-api.GET /carts",
        "    name: listCarts → allCarts",
        "0 to create, 2 to change, 0 gone, 5 as they are",
    ]
    change = FieldChange.objects.get(kind="system", field="name", object_id=System.objects.get(slug="web-shop").pk)
    assert (change.before, change.after) == ("Web shop", "Shop")


def test_owners_that_are_nobody_here_are_said(here: Estate, oskar: Account) -> None:
    plan = imported(CATALOGUE, oskar, here.environment.slug)
    assert "The owner of 'labs-loyalty' is no person here: nothing is set." in plan.document.notes


def test_it_takes_the_right_to_configure_everything(here: Estate) -> None:
    mara = an_account("Mara Lindqvist", Role.OWNER, here.team)
    with pytest.raises(NotAllowed):
        imported(CATALOGUE, mara, here.environment.slug)
    assert not System.objects.filter(slug="web-shop").exists()


def test_an_environment_that_is_none_is_refused(here: Estate, oskar: Account) -> None:
    with pytest.raises(Invalid) as refused:
        imported(CATALOGUE, oskar, "moon")
    assert refused.value.field == "environment"
