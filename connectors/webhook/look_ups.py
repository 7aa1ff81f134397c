"""One record by one GET: where it is by the settings, and what the answer means.

Setting ``look_ups``: ``{"customer": "/customers/{key}"}``, paths at the instance's own host. The key travels as one
segment, whatever is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urljoin

from connectors.errors import ContractBroken, Rejected
from connectors.messages import Record
from connectors.response import Response
from connectors.status import error_for

PLACE = "{key}"


def patterns(settings: Mapping[str, Any]) -> Mapping[str, str]:
    """The paths by stream; ``Rejected`` where one could lead to another host, or asks for nothing."""
    found = settings.get("look_ups", {})
    if not isinstance(found, Mapping) or not all(_is_path(path) for path in found.values()):
        raise Rejected(f"look_ups must be names with paths such as /customers/{PLACE}")
    return found


def _is_path(path: Any) -> bool:
    return isinstance(path, str) and path.startswith("/") and not path.startswith("//") and path.count(PLACE) == 1


def address(base_url: str, path: str, key: str) -> str:
    """The path at the host of ``base_url``, with the key in its place."""
    if key in {".", ".."}:
        raise Rejected("the key is no name of a record", detail="invalid_key")
    return urljoin(base_url, path.replace(PLACE, quote(key, safe="")))


def record(response: Response, key: str) -> Record | None:
    """The object that was answered; None for a 404. Its id is its field ``id``, else the key."""
    if response.status == HTTPStatus.NOT_FOUND:
        return None
    if error := error_for(response):
        raise error
    found = response.json()
    if not isinstance(found, dict):
        raise ContractBroken("the answer is no JSON object", status=response.status, body=response.body)
    return Record(str(found.get("id", key)), found)
