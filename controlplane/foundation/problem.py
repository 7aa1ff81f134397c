"""Problem details for HTTP (RFC 9457): one shape for every refusal a machine is given."""

from __future__ import annotations

import math
from typing import Any

import orjson

from controlplane.foundation.errors import Problem

CONTENT_TYPE = "application/problem+json"


def members(problem: Problem, *, instance: str = "") -> dict[str, Any]:
    """The members of the problem document, ``type`` a stable URN. Further ones do not take the place of these."""
    document: dict[str, Any] = {
        "type": f"urn:interlock:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.field:
        document["field"] = problem.field
    if instance:
        document["instance"] = instance
    return problem.extra | document


def body(problem: Problem, *, instance: str = "") -> bytes:
    """The document as JSON bytes."""
    return orjson.dumps(members(problem, instance=instance), default=str)


def headers(problem: Problem) -> dict[str, str]:
    """Content type, and ``Retry-After`` in whole seconds where the problem passes."""
    found = {"content-type": CONTENT_TYPE}
    if problem.retry_after is not None:
        found["retry-after"] = str(max(1, math.ceil(problem.retry_after)))
    return found
