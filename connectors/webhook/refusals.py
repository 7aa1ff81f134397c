"""What a receiver calls its refusal, where it says so in JSON: what people group failures by.

Read, in this order: ``{"error": {"code": …}}`` (Stripe and many), ``{"error": "…"}`` (OAuth), ``{"code": …}``,
``{"errors": [{"code": …}]}`` (JSON:API) and the last part of ``{"type": "…/out-of-stock"}`` (RFC 9457). A sentence is
no code: it may hold what was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

#: Larger answers are pages, not refusals.
LARGEST = 64 * 1024
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,79}", re.ASCII)


def code_of(body: bytes) -> str:
    """The receiver's own word for it; "" where there is none."""
    if len(body) > LARGEST:
        return ""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(answer, dict):
        return ""
    return next((text for text in _candidates(answer) if isinstance(text, str) and _CODE.fullmatch(text)), "")


def _candidates(answer: Mapping[str, Any]) -> Iterator[Any]:
    error = answer.get("error")
    yield error.get("code") if isinstance(error, dict) else error
    yield answer.get("code")
    errors = answer.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        yield errors[0].get("code")
    kind = answer.get("type")
    if isinstance(kind, str) and kind != "about:blank":
        yield kind.rstrip("/").replace(":", "/").rpartition("/")[2]
