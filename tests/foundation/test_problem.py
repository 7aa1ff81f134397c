"""Problem details (RFC 9457): the same members for every refusal, whatever else is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest

from controlplane.foundation import errors, problem

CLASSES = (
    errors.BadInput,
    errors.NotAllowed,
    errors.NotFound,
    errors.Conflict,
    errors.TooLarge,
    errors.Invalid,
    errors.TooMany,
    errors.Unavailable,
)


def test_every_class_has_its_own_status_type_and_title() -> None:
    assert [one.status for one in CLASSES] == [400, 403, 404, 409, 413, 422, 429, 503]
    assert len({one.code for one in CLASSES}) == len({one.title for one in CLASSES}) == len(CLASSES)


def test_the_members_are_those_of_the_standard() -> None:
    assert problem.members(errors.Conflict("Somebody was faster."), instance="/jobs/7/") == {
        "type": "urn:interlock:problem:conflict",
        "title": "This cannot be done now",
        "status": 409,
        "detail": "Somebody was faster.",
        "instance": "/jobs/7/",
    }


def test_what_is_not_known_is_left_out() -> None:
    assert set(problem.members(errors.NotFound("Nothing."))) == {"type", "title", "status", "detail"}


def test_further_members_do_not_take_the_place_of_those() -> None:
    error = errors.Invalid("No.", field="name", status=200, type="about:blank", limit=3)

    members = problem.members(error)

    assert (members["status"], members["type"], members["limit"]) == (422, "urn:interlock:problem:invalid", 3)
    assert members["field"] == "name"


def test_a_member_of_any_kind_can_be_written() -> None:
    extra: dict[str, Any] = {"id": UUID(int=7), "amount": Decimal("1.50"), "kind": {"a"}}

    document = orjson.loads(problem.body(errors.BadInput("No.", **extra)))

    assert (document["id"], document["amount"], document["kind"]) == (str(UUID(int=7)), "1.50", "{'a'}")


@pytest.mark.parametrize(("seconds", "header"), [(None, None), (0, "1"), (0.2, "1"), (2, "2"), (2.01, "3"), (90, "90")])
def test_when_to_come_back_is_in_whole_seconds_and_never_at_once(seconds: float | None, header: str | None) -> None:
    headers = problem.headers(errors.Unavailable("Away.", retry_after=seconds))

    assert headers.get("retry-after") == header
    assert headers["content-type"] == "application/problem+json"
