"""What is reported to Sentry says where a defect is, and nothing of what it happened to."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
import sentry_sdk
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from controlplane.foundation import reporting, trace_context
from controlplane.foundation.logs import logger

log = logger(__name__)

#: Whatever a request, a record or a variable may hold; none of it may leave.
HIDDEN = "hunter2"


class Kept(Transport):
    """Keeps what would have been sent."""

    def __init__(self) -> None:
        super().__init__()
        self.envelopes: list[Envelope] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.envelopes.append(envelope)

    @property
    def events(self) -> list[Any]:
        """The events among them."""
        return [envelope.get_event() for envelope in self.envelopes if envelope.get_event() is not None]

    @property
    def text(self) -> str:
        """All that would have left the machine."""
        return b"".join(envelope.serialize() for envelope in self.envelopes).decode()


@pytest.fixture
def sent(settings: Any) -> Iterator[Kept]:
    """Reporting is on; what it would send is kept."""
    settings.SENTRY_DSN = "https://key@sentry.example/1"
    settings.ENVIRONMENT = "staging"
    kept = Kept()
    with sentry_sdk.isolation_scope():
        reporting.configure(kept)
        yield kept
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def fails(record: dict[str, str]) -> None:
    """A defect of ours, with values in its message and its variables."""
    authorization = f"Bearer {HIDDEN}"
    raise RuntimeError(f"cannot handle {record} with {authorization}")


def view(request: HttpRequest, name: str) -> HttpResponse:
    """A page with that defect."""
    fails({"name": name, "body": request.body.decode()})
    return HttpResponse()


urlpatterns = [path("defect/<str:name>/", view)]


def test_without_a_dsn_nothing_is_started(settings: Any) -> None:
    settings.SENTRY_DSN = ""
    reporting.configure(Kept())

    assert sentry_sdk.get_client().is_active() is False


def test_a_report_says_type_place_and_correlation_id(sent: Kept) -> None:
    context = trace_context.parse(None)
    token = trace_context.current.set(context)
    try:
        fails({"name": HIDDEN})
    except RuntimeError:
        log.exception("tests.defect", customer=HIDDEN)
    finally:
        trace_context.current.reset(token)

    [event] = sent.events
    assert event["message"] == "tests.defect"
    assert (event["level"], event["environment"]) == ("error", "staging")
    assert event["tags"] == {"correlation_id": str(context.trace_id)}
    [error] = event["exception"]["values"]
    assert error["type"] == "RuntimeError"
    assert [frame["function"] for frame in error["stacktrace"]["frames"]] == [
        "test_a_report_says_type_place_and_correlation_id",
        "fails",
    ]
    assert error["stacktrace"]["frames"][-1]["context_line"].strip().startswith("raise RuntimeError(")
    assert HIDDEN not in sent.text.replace('f"Bearer {HIDDEN}"', "")


def test_a_request_leaves_neither_head_nor_body_nor_query(sent: Kept, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = f"{HIDDEN}-cookie"

    response = client.post(
        f"/defect/of-somebody/?token={HIDDEN}-query",
        data=json.dumps({"password": f"{HIDDEN}-body"}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {HIDDEN}-header", "X-Shop-Hmac": f"{HIDDEN}-signature"},
    )

    assert response.status_code == 500
    [event] = sent.events
    assert event["exception"]["values"][-1]["type"] == "RuntimeError"
    assert event["transaction"] == "/defect/{name}/"
    assert HIDDEN not in sent.text
    assert "of-somebody" not in sent.text
    assert set(event) <= {*reporting.OF_AN_EVENT, "exception", "message", "tags"}


def test_what_happened_before_is_not_told(sent: Kept) -> None:
    """Breadcrumbs would hold log lines, statements, commands and addresses that were called."""
    log.info("tests.before", secret=HIDDEN)
    logging.getLogger("somebody.else").warning("with %s", HIDDEN)
    with pytest.raises(OSError, match="refused"):
        urlopen(f"http://127.0.0.1:8/?token={HIDDEN}", timeout=1)
    sentry_sdk.add_breadcrumb(message=HIDDEN, data={"token": HIDDEN})
    sentry_sdk.set_user({"email": HIDDEN})
    sentry_sdk.set_extra("payload", HIDDEN)
    sentry_sdk.set_tag("customer", HIDDEN)
    sentry_sdk.set_context("transaction", {"key": HIDDEN})

    log.error("tests.failed", secret=HIDDEN)

    [event] = sent.events
    assert event["message"] == "tests.failed"
    assert HIDDEN not in sent.text


def test_a_message_of_somebody_elses_logger_is_only_named(sent: Kept) -> None:
    logging.getLogger("somebody.else").error(f"failed with {HIDDEN} and %s", HIDDEN)  # noqa: G004 - as they do

    [event] = sent.events
    assert event["message"] == "a message of somebody.else"
    assert HIDDEN not in sent.text


def test_causes_are_reported_by_their_types(sent: Kept) -> None:
    try:
        try:
            fails({"name": HIDDEN})
        except RuntimeError as error:
            raise ValueError(HIDDEN) from error
    except ValueError as error:
        sentry_sdk.capture_exception(error)

    [event] = sent.events
    assert [error["type"] for error in event["exception"]["values"]] == ["RuntimeError", "ValueError"]
    assert HIDDEN not in sent.text


def test_nothing_but_defects_is_sent(sent: Kept) -> None:
    with sentry_sdk.start_transaction(name=HIDDEN), sentry_sdk.start_span(name=HIDDEN):
        log.info("tests.went_well")
    sentry_sdk.get_client().flush()

    assert sent.envelopes == []


def test_no_header_of_sentrys_goes_to_a_destination(sent: Kept) -> None:
    options = sentry_sdk.get_client().options

    assert options["trace_propagation_targets"] == []
    assert options["include_local_variables"] is False
