"""The Sentry switch: with ``SENTRY_DSN`` set, defects are reported; without, nothing leaves.

A report says where: the error's type, the places in the code, the name of the log event, and the correlation id by
which the rest is found here. It is put together from what may leave; everything else that the client collects
(messages of errors, local variables, requests, breadcrumbs, arguments of tasks) stays, because any of it may hold a
payload or a secret (invariant 8).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.utils import event_from_exception

from controlplane.foundation import trace_context

OF_AN_EVENT = ("event_id", "timestamp", "platform", "level", "logger", "environment", "release", "sdk", "transaction")
OF_AN_ERROR = ("type", "module")
OF_A_PLACE = (
    "filename",
    "abs_path",
    "module",
    "function",
    "lineno",
    "in_app",
    "pre_context",
    "context_line",
    "post_context",
)


def configure(transport: Any = None) -> None:
    """Start reporting when a DSN is set; ``transport`` takes the reports in the place of Sentry's own."""
    if not settings.SENTRY_DSN:
        return
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.ENVIRONMENT,
        transport=transport,
        include_local_variables=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_client_reports=False,
        # No header of Sentry's goes to our destinations.
        trace_propagation_targets=[],
        before_breadcrumb=lambda _crumb, _hint: None,
        before_send=_before_send,
    )


def _before_send(event: Any, hint: Mapping[str, Any]) -> Any:
    """What may leave of an event."""
    report = _chosen(event, OF_AN_EVENT)
    if errors := event.get("exception") or _being_handled():
        report["exception"] = {"values": [_error(error) for error in errors["values"]]}
    if (name := _log_event(hint)) is not None:
        report["message"] = name
    if (context := trace_context.current.get()) is not None:
        report["tags"] = {"correlation_id": str(context.trace_id)}
    return report


def _chosen(source: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: source[name] for name in names if name in source}


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames", ())
    return _chosen(error, OF_AN_ERROR) | {"stacktrace": {"frames": [_chosen(frame, OF_A_PLACE) for frame in frames]}}


def _being_handled() -> Any:
    """The error that ``log.exception`` is called for: structlog has made text of it before Sentry could see it."""
    error = sys.exc_info()
    if error[0] is None:
        return None
    options = sentry_sdk.get_client().options
    return event_from_exception(error, client_options=options)[0]["exception"]


def _log_event(hint: Mapping[str, Any]) -> str | None:
    """The name of the log event that is reported; messages of other people's loggers may hold values."""
    record = hint.get("log_record")
    if record is None:
        return None
    if isinstance(record.msg, Mapping):
        return str(record.msg.get("event", ""))
    return f"a message of {record.name}"
