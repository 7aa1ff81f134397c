"""What stands beside a schema, as people write it: business keys one a line, links and examples as a list."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from controlplane.contracts.documents import read_document
from controlplane.foundation.documents.reading import Unreadable
from controlplane.foundation.errors import Invalid

#: Of a field, in characters.
LONGEST: Final = 200_000


def keys_in_lines(keys: Sequence[Mapping[str, Any]]) -> str:
    """``customer: record.customer``, one a line; as JSON where an expression is of several lines itself."""
    if any("\n" in str(key.get("value")) for key in keys):
        return list_in_text(keys)
    return "\n".join(f"{key.get('kind', '')}: {key.get('value', '')}" for key in keys)


def keys_from(text: str) -> list[Any]:
    """The same read back; :class:`Invalid` names the row that is none."""
    if text.lstrip().startswith("["):
        return list_from(text, "keys")
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        kind, colon, value = (part.strip() for part in line.partition(":"))
        if not (kind and colon and value):
            raise Invalid(
                f"Row {number}: {line.strip()[:60]!r} is no key; write the entity, a colon and where it stands: "
                "customer: record.customer.id"
            )
        found.append({"kind": kind, "value": value})
    return found


def lines_in_text(lines: Sequence[Mapping[str, Any]]) -> str:
    """``data.total: record.amount``, one a line."""
    return keys_in_lines([{"kind": one.get("target"), "value": one.get("expression")} for one in lines])


def lines_from(text: str) -> list[Any]:
    """The same read back; :class:`Invalid` names the row that is none."""
    return [{"target": one.get("kind"), "expression": one.get("value")} for one in keys_from(text)]


def list_in_text(listed: Sequence[Any]) -> str:
    """As JSON, an object after the other; nothing for an empty list."""
    return json.dumps(listed, indent=2, ensure_ascii=False) if listed else ""


def list_from(text: str, of: str) -> list[Any]:
    """JSON or YAML read back as a list of objects; :class:`Invalid` names the line that cannot be read, or the row."""
    if not text.strip():
        return []
    try:
        value = read_document(text.encode(), of).value
    except Unreadable as error:
        where = f"Line {error.place[0]}: " if error.place else ""
        raise Invalid(f"{where}{error.detail}") from error
    if not isinstance(value, list):
        raise Invalid(f"This is no list. Write {of} one after the other, in brackets or each with a dash before it.")
    for number, one in enumerate(value, 1):
        if not isinstance(one, Mapping):
            raise Invalid(f"Row {number}: {json.dumps(one, ensure_ascii=False, default=str)[:60]} is no object.")
    return value
