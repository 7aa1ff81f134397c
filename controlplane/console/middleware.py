"""What pages pass through last, closest to their views."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from controlplane.audit.models import Via
from controlplane.audit.services import through
from controlplane.console.errors import refused
from controlplane.foundation.errors import Problem


class PageMiddleware:
    """Renders a :class:`Problem` that a page's view raised, and keeps pages out of every cache.

    What is recorded on the way was done through a page.

    A page shows what this person may see now; neither a proxy nor the browser's history after
    signing out may show it again.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; mark what comes back as private, unless its view said otherwise."""
        with through(Via.PAGE):  # an API within says so itself
            response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page, toast or document of a problem; other errors take their usual way."""
        return refused(request, exception) if isinstance(exception, Problem) else None
