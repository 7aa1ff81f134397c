"""Every address there is, from the resolver, and what answers there.

Nothing lists the pages: an address that answers with a whole document is one, whoever adds it. What answers with a
part of one (htmx), with a file or JSON, or to POST only, says so by how it answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any

from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from controlplane.people.models import Account
from tests.pages.company import Company
from tests.pages.faces import asked_with

_PARAMETER = re.compile(r"<(?:\w+:)?\w+>")


class Kind(Enum):
    """What stands at an address, by how it answers a GET."""

    PAGE = "a page"
    PART = "a part of a page"
    FILE = "a file, or JSON"
    ACT = "answers to POST only"
    LEADS_ON = "leads to another address"


@dataclass(frozen=True, slots=True)
class Address:
    """A route and one address of it; ``query`` is the face of the page that is looked at."""

    route: str
    path: str
    query: str = ""

    @property
    def url(self) -> str:
        """What a browser is sent to."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def name(self) -> str:
        """The route with what it was asked with, free of ids that differ from run to run."""
        query = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=drift=)[0-9]+", "…", self.query)
        return f"/{self.route}?{query}" if query else f"/{self.route}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from an address; ``content`` is empty for a file that is sent in pieces."""

    status: int
    media_type: str
    location: str = ""
    content: bytes = b""


#: A GET, as somebody: by the test client, or by a browser.
Ask = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Found:
    """An address and what it answered; ``open`` where nobody has to be signed in, and who is has no business."""

    address: Address
    kind: Kind
    open: bool
    answer: Answer


def routes() -> list[str]:
    """Every route, as the resolver writes it: ``tx/<uuid:identifier>/``. The API has a walk of its own."""
    return [route for route in _routes(get_resolver().url_patterns, "") if not route.startswith("api/v1/")]


def _routes(patterns: Sequence[URLPattern | URLResolver], above: str) -> Iterator[str]:
    for pattern in patterns:
        here = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, here)
        else:
            yield here


def filled(route: str, stands_at: Mapping[str, object]) -> str | None:
    """The path of a route; None where this company has nothing there."""
    if route in stands_at:  # one of another kind than its neighbours'
        return "/" + _PARAMETER.sub(str(stands_at[route]), route)
    path, end = "/", 0
    for parameter in _PARAMETER.finditer(route):
        thing = stands_at.get(route[: parameter.end()])
        if thing is None:
            return None
        path += route[end : parameter.start()] + str(thing)
        end = parameter.end()
    return path + route[end:]


def addresses(made: Company) -> list[Address]:
    """Every address in this company, in each face that it is looked at in."""
    asked = asked_with(made)
    return [
        Address(route, path, query)
        for route in routes()
        if (path := filled(route, made.stands_at)) is not None
        for query in asked.get(route, ("",))
    ]


def found(made: Company, signed_in: Ask, stranger: Ask) -> list[Found]:
    """What answers at every address: to who operates the platform, or to somebody who is not signed in yet."""
    return [_found(address, signed_in, stranger) for address in addresses(made)]


def by_client(account: Account | None = None) -> Ask:
    """Asking by the test client, signed in or not."""
    client = Client(headers={"host": "localhost"})  # which every installation answers to
    if account is not None:
        client.force_login(account)

    def ask(url: str) -> Answer:
        got: Any = client.get(url)
        headers = got.headers
        content = b"" if got.streaming else got.content
        return Answer(got.status_code, headers.get("Content-Type", ""), headers.get("Location", ""), content)

    return ask


def _found(address: Address, signed_in: Ask, stranger: Ask) -> Found:
    answer = signed_in(address.url)
    if answer.status == HTTPStatus.FOUND and (without := stranger(address.url)).status == HTTPStatus.OK:
        return Found(address, _kind(without), open=True, answer=without)
    return Found(address, _kind(answer), open=False, answer=answer)


def _kind(answer: Answer) -> Kind:
    if answer.status == HTTPStatus.METHOD_NOT_ALLOWED:
        return Kind.ACT
    if answer.status in {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}:
        return Kind.LEADS_ON
    if not answer.media_type.startswith("text/html"):
        return Kind.FILE
    return Kind.PAGE if b"<!DOCTYPE html>" in answer.content[:200] else Kind.PART
