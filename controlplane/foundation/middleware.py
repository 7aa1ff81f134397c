"""What each page request passes through first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from django.http import HttpRequest, HttpResponseBase

from controlplane.foundation import trace_context

if TYPE_CHECKING:
    Next = Callable[[HttpRequest], HttpResponseBase]


class CorrelationMiddleware:
    """Gives each request its trace context, puts it in every log line and in the answer."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Bind the correlation id for as long as the request lasts."""
        context = trace_context.parse(request.headers.get("traceparent"))
        token = trace_context.current.set(context)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(correlation_id=str(context.trace_id))
        try:
            response = self.get_response(request)
        finally:
            trace_context.current.reset(token)
            structlog.contextvars.clear_contextvars()
        response["X-Correlation-Id"] = str(context.trace_id)
        return response
