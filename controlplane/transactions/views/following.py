"""A page one part of which fetches itself while something runs: whole, or that part alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def followed(
    request: HttpRequest, whole: str, part: str, region: str, context: dict[str, Any], *, ended: bool
) -> HttpResponse:
    """The template ``part`` where the element ``region`` asks for itself, else ``whole``.

    Once it has ``ended``, what stands around the part is not true any more either: the page is loaded anew.
    """
    is_part = request.headers.get("HX-Target") == region
    response = render(request, part if is_part else whole, context)
    if is_part and ended:
        response["HX-Refresh"] = "true"
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
