"""Every request has a correlation id: taken over or begun, in each log line, and in the answer."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

import pytest
import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path

from controlplane.foundation import errors, trace_context
from controlplane.foundation.logs import logger

log = logger(__name__)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
REFUSALS: dict[str, errors.Problem] = {
    "bad": errors.BadInput("No field is called 'nmae'.", position=7),
    "forbidden": errors.NotAllowed("Your roles do not include this."),
    "missing": errors.NotFound("There is no such job."),
    "conflict": errors.Conflict("Somebody was faster."),
    "invalid": errors.Invalid("A page has 1 to 10000 records.", field="page_size"),
    "many": errors.TooMany("Slow down.", retry_after=2.1),
    "away": errors.Unavailable("The vault is away.", retry_after=0.2),
}


def seen(request: HttpRequest) -> HttpResponse:
    """What a view knows of the trace, and says in its log."""
    log.info("tests.seen")
    context = trace_context.current.get()
    assert context is not None
    return JsonResponse({"trace": context.trace_id.hex, "parent": context.parent_span})


def refuse(request: HttpRequest, why: str) -> HttpResponse:
    raise REFUSALS[why]


def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a defect")


handler500 = "controlplane.console.errors.server_error"
urlpatterns = [path("seen/", seen), path("refuse/<str:why>/", refuse), path("breaks/", break_down)]


@pytest.fixture
def client(settings: Any) -> Client:
    """A machine: it asks for JSON."""
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False, headers={"Accept": "application/json"})


def test_a_request_without_a_trace_begins_one(client: Client) -> None:
    first, second = client.get("/seen/"), client.get("/seen/")

    ids = {UUID(answer["X-Correlation-Id"]).hex for answer in (first, second)}
    assert ids == {first.json()["trace"], second.json()["trace"]}
    assert len(ids) == 2


def test_a_trace_that_comes_in_goes_on(client: Client) -> None:
    answer = client.get("/seen/", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})

    assert answer["X-Correlation-Id"] == str(UUID(TRACE))
    assert answer.json() == {"trace": TRACE, "parent": "00f067aa0ba902b7"}


@pytest.mark.parametrize("header", ["", "junk", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"00-{TRACE}-00f067aa0ba902b7"])
def test_a_trace_that_cannot_be_believed_is_dropped(client: Client, header: str) -> None:
    answer = client.get("/seen/", headers={"traceparent": header})

    assert answer.status_code == 200
    assert UUID(answer["X-Correlation-Id"]).hex not in {TRACE, "0" * 32}


def test_every_log_line_of_a_request_has_its_id_and_none_after_it(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    structlog.contextvars.bind_contextvars(left_over="from before")

    answer = client.get("/seen/")
    log.info("tests.afterwards")

    during, after = [record.msg for record in caplog.records if record.name == __name__]
    assert isinstance(during, dict)
    assert isinstance(after, dict)
    assert (during["event"], during["correlation_id"]) == ("tests.seen", answer["X-Correlation-Id"])
    assert "left_over" not in during
    assert "correlation_id" not in after
    assert trace_context.current.get() is None


def test_an_answer_to_a_defect_has_it_too(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/breaks/", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})

    assert (answer.status_code, answer["X-Correlation-Id"]) == (500, str(UUID(TRACE)))
    assert answer["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert (document["status"], document["reference"]) == (500, str(UUID(TRACE)))
    assert "a defect" not in document["detail"]


@pytest.mark.parametrize("why", REFUSALS)
def test_a_machine_is_told_problems_in_one_shape(client: Client, why: str) -> None:
    problem = REFUSALS[why]

    answer = client.get(f"/refuse/{why}/")

    assert (answer.status_code, answer["Content-Type"]) == (problem.status, "application/problem+json")
    expected: dict[str, object] = {
        "type": f"urn:interlock:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": f"/refuse/{why}/",
    }
    told: dict[str, dict[str, object]] = {"bad": {"position": 7}, "invalid": {"field": "page_size"}}
    assert answer.json() == expected | told.get(why, {})
    assert answer.headers.get("Retry-After") == {"many": "3", "away": "1"}.get(why)
    assert UUID(answer["X-Correlation-Id"])
