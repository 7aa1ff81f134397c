"""The OpenAPI document of the whole API. It says nothing of this company, so everybody may read it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator


@cache
def document() -> dict[str, Any]:
    """The document, written once a process."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    plain: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return plain


@require_GET
def as_json(_request: HttpRequest) -> HttpResponse:
    """As JSON."""
    return HttpResponse(json.dumps(document(), indent=1), content_type="application/json")


@require_GET
def as_yaml(_request: HttpRequest) -> HttpResponse:
    """As YAML."""
    return HttpResponse(yaml.safe_dump(document(), sort_keys=False), content_type="application/yaml")
