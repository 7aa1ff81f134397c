"""Every page asks who one is, except those that are meant for everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

#: The way in and out, how pages look, the start that leads on, and what machines ask: health and metrics.
OPEN = {"signin/", "signout/", "look/", ""}
#: The API's document says nothing of this company.
OPEN_BELOW = ("health/", "metrics", "api/v1/openapi.", "api/v1/estate/schema.json")
API = "api/v1/"
SAMPLES = {
    "day": "2026-11-24",
    "int": "1",
    "slug": "some-slug",
    "uuid": "0193f5a0-0000-7000-8000-000000000000",
    "str": "some",
}


def _addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            for name, converter in pattern.pattern.converters.items():
                kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
                route = route.replace(f"<{kind}:{name}>", SAMPLES[kind]).replace(f"<{name}>", SAMPLES[kind])
            yield route


ALL = sorted(set(_addresses(get_resolver())))
CLOSED = [route for route in ALL if route not in OPEN and not route.startswith(OPEN_BELOW)]


def test_there_are_closed_doors() -> None:
    assert "access/audit/" in CLOSED
    assert not any("<" in route for route in CLOSED)


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in CLOSED if not route.startswith(API)])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_led_to_the_sign_in(route: str, method: str, client: Client) -> None:
    answer = getattr(client, method)(f"/{route}")

    if answer.status_code == 405:
        return
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/signin/?next=")


@pytest.mark.parametrize("route", [route for route in CLOSED if route.startswith(API)])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_program_without_a_token_is_asked_for_one(route: str, method: str, client: Client) -> None:
    answer = getattr(client, method)(f"/{route}")

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="Interlock"')
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize("route", CLOSED)
def test_each_door_opens_in_one_way_at_least(route: str, client: Client) -> None:
    assert {client.get(f"/{route}").status_code, client.post(f"/{route}").status_code} != {405}
