"""The API's document and the page that reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats

from controlplane.console.reference.document import document
from controlplane.people.roles import Role
from tests.transactions.factories import an_account


def test_the_document_is_for_everybody_and_the_same_in_both_forms(client: Client) -> None:
    as_json = client.get("/api/v1/openapi.json")
    assert (as_json.status_code, as_json.headers["content-type"]) == (200, "application/json")
    assert as_json.json() == document()
    as_yaml = client.get("/api/v1/openapi.yaml")
    assert as_yaml.headers["content-type"] == "application/yaml"
    assert yaml.safe_load(as_yaml.content) == document()


def test_every_address_is_documented() -> None:
    found = {pattern for pattern in _patterns("", get_resolver()) if pattern.startswith("api/v1/")}
    addresses = {re.sub(r"<\w+:(\w+)>", r"{\1}", pattern) for pattern in found}
    of_the_documents = {"api/v1/openapi.json", "api/v1/openapi.yaml", "api/v1/estate/schema.json"}
    assert {path.removeprefix("/") for path in document()["paths"]} == addresses - of_the_documents


def _patterns(before: str, resolver: URLResolver) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(f"{before}{one.pattern}", one)
        else:
            yield f"{before}{one.pattern}"


def test_nothing_in_it_had_to_be_guessed() -> None:
    document.cache_clear()
    reset_generator_stats()
    document()
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_operations_say_how_they_are_refused_and_have_a_name_of_their_own() -> None:
    operations = [one for methods in document()["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        assert {"400", "401", "403", "422", "429", "503"} < set(one["responses"])
        assert one["summary"]
        assert {"token": []} in one["security"]


def test_no_shape_is_named_like_a_field_of_its_own() -> None:
    """Generators of clients call a shape's variable by its name, and would lose the one or the other."""
    for name, shape in document()["components"]["schemas"].items():
        assert name.lower() not in {field.replace("_", "") for field in shape.get("properties", ())}, name


def test_any_value_may_be_null_without_contradiction() -> None:
    body = document()["components"]["schemas"]["Body"]["properties"]["document"]
    assert set(body) == {"description"}
    assert "'oneOf': [{}" not in str(document())


@pytest.mark.django_db
def test_people_read_it_on_a_page(client: Client, django_assert_max_num_queries: Any) -> None:
    assert client.get("/api/docs/").status_code == 302
    client.force_login(an_account("Elif Kaya", Role.SUPPORT))
    client.get("/api/docs/")
    with django_assert_max_num_queries(8):
        page = client.get("/api/docs/").content.decode()
    for path, methods in document()["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page
    assert 'id="shape-Replay"' in page
    assert 'href="#shape-Replay"' in page
    assert '<a class="link" href="/access/tokens/">' in page
    anchors = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#(shape-[^"]+)"', page)) <= anchors


@pytest.mark.django_db
def test_one_finds_it_from_the_menu_of_ones_own_name(client: Client) -> None:
    client.force_login(an_account("Elif Kaya", Role.SUPPORT))
    assert 'href="/access/tokens/"' in client.get("/tx/").content.decode()
    assert 'href="/api/docs/"' in client.get("/access/tokens/").content.decode()
