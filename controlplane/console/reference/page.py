"""The page of the API: every operation and shape, read from the OpenAPI document."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from controlplane.console.reference.document import document
from controlplane.console.reference.reading import areas, shapes


@require_GET
@login_required
def reference(request: HttpRequest) -> HttpResponse:
    """How to begin, then every operation by area, then the shapes of answers."""
    written = document()
    context = {
        "areas": areas(written),
        "shapes": shapes(written),
        "public_url": settings.PUBLIC_URL,
        "rate": settings.API_RATE,
    }
    return render(request, "console/reference.html", context)
