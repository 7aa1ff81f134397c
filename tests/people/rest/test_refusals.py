"""What the API refuses, it refuses as a problem document; nothing that is sent makes it fail."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from controlplane.people.models import Team
from controlplane.people.roles import Role
from tests.people.conftest import Make
from tests.people.rest.asking import Program, a_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(make: Make, billing: Team) -> Program:
    cache.clear()
    return a_program(make("elif@example.test", (Role.OWNER, billing)), Role.OWNER, billing)


def problem(answer: Any) -> tuple[int, str, str]:
    """Status, the last word of the type, and the detail of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    return answer.status_code, document["type"].rpartition(":")[2], document["detail"]


DEEP = b"[" * 500 + b"]" * 500
BROKEN = {
    "not JSON": (b"{", 400, "bad-input", "The body is not JSON"),
    "not UTF-8": (b'{"q": "\xff"}', 400, "bad-input", "The body is not JSON"),
    "not a number": (b'{"q": NaN}', 400, "bad-input", "The body is not JSON"),
    "a name twice": (b'{"q": "a", "q": "b"}', 400, "bad-input", "'q' stands twice in the same object."),
    "a number too large": (b'{"q": 99999999999999999999999}', 400, "bad-input", "larger than 64 bits"),
    "too deep": (DEEP, 400, "bad-input", "The body is nested deeper than 64 levels."),
    "no object": (b"[1]", 422, "invalid", "Invalid data."),
    "a zero byte": (b'{"q": "a\\u0000"}', 422, "invalid", "Null characters are not allowed."),
    "half a character": (b'{"q": "\\ud800"}', 400, "bad-input", "The body is not JSON"),
    "of another type": (b'{"q": {"a": 1}}', 422, "invalid", "Not a valid string."),
    "unknown": (b'{"queri": "a"}', 422, "invalid", "queri: There is no such field, only: q, cursor, counts, facets."),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_body_that_cannot_be_read_is_said_to_be_so(program: Program, how: str) -> None:
    raw, status, code, words = BROKEN[how]
    told = problem(program.post("transactions/search", raw=raw))
    assert told[:2] == (status, code)
    assert words in told[2]


@pytest.mark.parametrize("where", ["changes?state=%00", "changes/1%00", "transactions?older=%00"])
def test_a_zero_in_an_address_is_refused(program: Program, where: str) -> None:
    told = problem(program.get(where))
    assert told[:2] == (400, "bad-input")
    assert "which no text here can have" in told[2]


def test_what_takes_no_body_needs_none(program: Program) -> None:
    headers = {"Authorization": f"Bearer {program.secret}"}
    answer = program.client.generic("POST", "/api/v1/transactions/search", headers=headers)
    assert (answer.status_code, answer.json()["rows"]) == (200, [])


def test_a_body_that_is_too_large_is_not_read(program: Program, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    told = problem(program.post("transactions/search", raw=b'{"q": "' + b"a" * 2000 + b'"}'))
    assert told[:2] == (413, "too-large")


def test_other_kinds_of_bodies_and_methods_are_refused(program: Program) -> None:
    headers = {"Authorization": f"Bearer {program.secret}"}
    form = program.client.post("/api/v1/transactions/search", {"q": "a"}, headers=headers)
    assert problem(form)[:2] == (415, "not-readable")
    put = program.client.put("/api/v1/replays", {}, content_type="application/json", headers=headers)
    assert problem(put)[:2] == (405, "not-this-way")
    assert put.headers["allow"] == "GET, POST, HEAD, OPTIONS"
    assert problem(program.client.options("/api/v1/replays", headers=headers))[0] == 405


def test_addresses_that_lead_nowhere_say_so_in_the_same_form(program: Program) -> None:
    assert problem(program.get("nothing"))[:2] == (404, "not-found")
    assert problem(program.get("transactions/not-an-id"))[:2] == (404, "not-found")
    assert problem(Client().get("/api/v1/nothing"))[:2] == (404, "not-found")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"curser": "1"}, "curser: There is no such field; did you mean cursor?"),
        ({"q": "x" * 5000}, "q: Ensure this field has no more than 4000 characters."),
    ],
)
def test_an_address_that_cannot_be_read_is_said_to_be_so(program: Program, query: dict[str, str], words: str) -> None:
    assert problem(program.get("transactions", **query)) == (422, "invalid", words)


def test_a_parameter_stands_once(program: Program) -> None:
    assert problem(program.get("transactions", q=["a", "b"]))[:2] == (400, "bad-input")


def test_answers_are_kept_by_no_cache(program: Program) -> None:
    for path in ("me", "transactions/none", "transactions"):
        answer = program.get(path)
        if answer.status_code != 404:
            assert answer.headers["cache-control"] == "private, no-store"


def test_other_sites_are_told_nothing(program: Program) -> None:
    answer = program.client.get("/api/v1/me", headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("token", ["x" * 300, "ilk_\xe4\xf6", " "])
def test_what_is_no_token_is_no_defect(program: Program, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert problem(program.client.get("/api/v1/me", headers=headers))[:2] == (401, "not-signed-in")
