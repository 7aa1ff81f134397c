"""Real documents of others imported, with their interfaces and operations right: GitHub, Directus, Blockfrost.

What is right is counted here a second time, by other parsers and without anything of ours.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

import pytest
import yaml

from controlplane.audit.models import Actor, Via
from controlplane.console.imports import importing
from controlplane.console.imports.formats import understand
from controlplane.console.imports.importing import Asked
from controlplane.console.imports.plan import Options, Plan
from controlplane.console.imports.schemas import Wanted
from controlplane.contracts.models import Contract
from controlplane.inventory.models import Interface, Operation
from tests.peers.documents import BLOCKFROST, DIRECTUS, GITHUB, Published, fetched
from tests.transactions.factories import Estate, estate

pytestmark = [pytest.mark.peers, pytest.mark.django_db]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
#: The largest has thirteen megabytes; on two cores that others use as well.
SECONDS = 60


@pytest.fixture
def here() -> Estate:
    return estate()


def counted(published: Published) -> tuple[Counter[str], int]:
    """Operations by method, and how many are deprecated, as another parser reads the file."""
    text = fetched(published).read_text()
    whole: Any = json.loads(text) if published.path.endswith("json") else yaml.load(text, yaml.CSafeLoader)
    found = [(method, one) for item in whole["paths"].values() for method, one in item.items() if method in METHODS]
    return Counter(method for method, _ in found), sum(one.get("deprecated") is True for _, one in found)


def imported(here: Estate, published: Published, *contracts: str) -> Plan:
    path = fetched(published)
    begun = time.monotonic()
    document = understand("openapi", path.read_bytes(), path.name, Wanted(contracts))
    options = Options(here.source.slug, "theirs", here.team.slug)
    plan = importing.do(Asked(document, path.name, options, "", Actor(label="test"), Via.COMMAND))
    print(f"{published.package}: {len(plan.new)} operations in {time.monotonic() - begun:.1f} s")  # noqa: T201
    assert time.monotonic() - begun < SECONDS
    return plan


def kept(interface: str = "theirs") -> tuple[Counter[str], int]:
    rows = Operation.objects.filter(interface__slug=interface)
    return Counter(rows.values_list("action", flat=True)), rows.filter(deprecated=True).count()


def the(key: str, interface: str = "theirs") -> Operation:
    return Operation.objects.get(interface__slug=interface, key=key)


def test_githubs_rest_api_and_its_webhooks(here: Estate) -> None:
    imported(here, GITHUB, "simple-user", "issue")
    assert kept() == counted(GITHUB)
    assert kept() == ({"get": 639, "post": 193, "delete": 187, "put": 134, "patch": 70}, 37)
    assert kept("theirs-webhooks") == ({"send": 270}, 0)
    api = Interface.objects.get(slug="theirs")
    assert (api.kind, api.name) == ("rest", "GitHub's official OpenAPI spec + Octokit extension")
    assert (api.version, api.documentation) == ("23.0.2", "https://docs.github.com/rest/")
    issue = the("POST /repos/{owner}/{repo}/issues")
    assert (issue.name, issue.summary, issue.tags) == ("issues/create", "Create an issue", ["issues"])
    assert issue.responses["201"] == {"application/json": {"$ref": "#/components/schemas/issue"}}
    assert the("GET /assignments/{assignment_id}").deprecated
    assert not the("GET /gists/{gist_id}/star").deprecated
    hook = the("SEND POST branch-protection-configuration-disabled", "theirs-webhooks")
    assert hook.address == "branch-protection-configuration-disabled"
    contracts = Contract.objects.filter(slug__startswith="theirs-").order_by("slug")
    assert [one.slug for one in contracts] == ["theirs-issue", "theirs-simple-user"]
    assert imported(here, GITHUB, "simple-user", "issue").is_empty


def test_the_api_of_directus(here: Estate) -> None:
    imported(here, DIRECTUS)
    assert kept() == counted(DIRECTUS) == ({"get": 46, "post": 35, "patch": 30, "delete": 25}, 0)
    api = Interface.objects.get(slug="theirs")
    assert (api.name, api.version, api.documentation) == ("Directus", "10", "https://directus.com/docs")
    items = the("GET /items/{collection}")
    assert (items.name, items.summary) == ("getItems", "List Items")
    assert the("PATCH /settings").name == "updateSetting"
    assert imported(here, DIRECTUS).is_empty


def test_the_api_of_blockfrost_in_yaml(here: Estate) -> None:
    imported(here, BLOCKFROST)
    assert kept() == counted(BLOCKFROST) == ({"get": 123, "post": 6}, 2)
    api = Interface.objects.get(slug="theirs")
    assert (api.name, api.version) == ("Blockfrost.io ~ API Documentation", "0.1.93")
    transactions = the("GET /addresses/{address}/txs")
    assert (transactions.name, transactions.deprecated) == ("GET /addresses/{address}/txs", True)
    assert transactions.summary == "Address txs"
    assert not the("GET /assets/{asset}/transactions").deprecated
    assert imported(here, BLOCKFROST).is_empty
