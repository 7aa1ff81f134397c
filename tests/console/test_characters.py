"""A zero character in what is sent is refused with a clear answer at every address; it breaks no page."""

from __future__ import annotations

import pytest
from django.test import Client

from controlplane.people.roles import Role
from tests.console.conftest import SignedIn
from tests.console.test_doors import ALL, API

pytestmark = pytest.mark.django_db

WORDS = (
    "It has a zero character (%00) in its {}, which no text here can have. "
    "Nothing was changed. Take the character out and send it again."
)


def test_a_zero_in_the_query_is_refused_at_every_address(signed_in: SignedIn) -> None:
    client = signed_in(Role.OPERATOR)
    answers = {route: client.get(f"/{route}?board=%00") for route in ALL}

    assert {route for route, answer in answers.items() if answer.status_code != 400} == set()
    kinds = {route.startswith(API): answer.headers["content-type"] for route, answer in answers.items()}
    assert kinds == {True: "application/problem+json", False: "text/html; charset=utf-8"}


def test_a_zero_in_a_form_is_refused_at_every_page(signed_in: SignedIn) -> None:
    client = signed_in(Role.OPERATOR)
    pages = [route for route in ALL if not route.startswith(API)]
    wrong = {route for route in pages if client.post(f"/{route}", {"words": "a\x00b"}).status_code != 400}

    assert wrong == set()


@pytest.mark.parametrize(
    "address",
    ["/changes/log/?board=%00", "/changes/log/?%00=1", "/changes/log.csv?board=a%00b", "/tx/?q=%00"],
)
def test_whoever_asks_with_a_zero_reads_what_to_do(signed_in: SignedIn, address: str) -> None:
    answer = signed_in(Role.OPERATOR).get(address)

    assert (answer.status_code, WORDS.format("query") in answer.content.decode()) == (400, True)


def test_a_part_of_a_page_is_told_by_a_toast(signed_in: SignedIn) -> None:
    headers = {"HX-Request": "true"}
    answer = signed_in(Role.OPERATOR).post("/changes/log/", {"x": "\x00"}, headers=headers)

    assert (answer.status_code, answer.headers["HX-Retarget"]) == (400, "#toasts")
    assert WORDS.format("form") in answer.content.decode()


def test_a_zero_in_a_cookie_is_refused_before_a_session_is_looked_up_by_it() -> None:
    answer = Client().get("/tx/", headers={"cookie": r'sessionid="a\000b"'})

    assert (answer.status_code, WORDS.format("cookies") in answer.content.decode()) == (400, True)


def test_text_about_zeros_is_text(signed_in: SignedIn) -> None:
    client = signed_in(Role.OPERATOR)
    assert client.get("/changes/log/?board=%2500").status_code == 200
    assert client.get("/tx/?q=%5Cu0000").status_code == 200
