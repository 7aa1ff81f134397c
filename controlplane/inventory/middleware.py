"""What a request takes on of where its person looks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from controlplane.inventory.environments import environments_of


class EnvironmentMiddleware:
    """``request.environments``, asked for when it is first used: by whatever lists something."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Lay it beside ``request.user``."""
        request.__dict__["environments"] = SimpleLazyObject(lambda: environments_of(request.user))
        return self.get_response(request)
