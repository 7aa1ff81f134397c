"""Requests with the character that no text here can have are refused before anything is looked up by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from controlplane.console.errors import is_api, refused
from controlplane.foundation.errors import BadInput

ZERO: Final = "\x00"
_REFUSED: Final = (
    "It has a zero character (%00) in its {part}, which no text here can have. "
    "Nothing was changed. Take the character out and send it again."
)


class NoZeroMiddleware:
    """Answers 400 to a zero in an address, a query, a cookie or a form.

    PostgreSQL has no text with one, so each place that looks something up by what was sent would fail. Bodies of the
    API are JSON, where a zero may be meant: whoever keeps them says what of it can be kept.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the address and the cookies, before anybody's session is looked up by them."""
        if ZERO in request.path:
            return _refused(request, "path")
        if any(ZERO in key or ZERO in value for key, values in request.GET.lists() for value in values):
            return _refused(request, "query")
        if any(ZERO in value for value in request.COOKIES.values()):
            return _refused(request, "cookies")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Look at the form; what is refused here is told in the frame of who is signed in."""
        # The API takes no forms, and reads its bodies itself.
        takes_form = request.method == "POST" and not is_api(request.path)
        return _refused(request, "form") if takes_form and _in_form(request) else None


def _in_form(request: HttpRequest) -> bool:
    values = ((key, value) for key, values in request.POST.lists() for value in values)
    return any(ZERO in key or ZERO in value for key, value in values)


def _refused(request: HttpRequest, part: str) -> HttpResponse:
    return refused(request, BadInput(_REFUSED.format(part=part)))
