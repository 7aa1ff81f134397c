"""Pages of which htmx fetches a part: one view, two templates."""

from __future__ import annotations

from django.http import HttpRequest


def part(request: HttpRequest, page: str, fragment: str) -> str:
    """The template to render: the fragment for htmx's own requests, the page for everybody else."""
    return fragment if request.headers.get("HX-Request") == "true" else page
