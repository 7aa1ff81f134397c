"""What a body is, in short: references as they stand, and of what is written out only its kind."""

from __future__ import annotations

from typing import Any, Final

from controlplane.console.imports.described import Json
from controlplane.console.imports.reading import Path
from controlplane.console.imports.references import References, is_inside

#: Lists of lists of … are followed so far.
DEEPEST: Final = 4
SEVERAL: Final = ("allOf", "anyOf", "oneOf")
#: Alternatives of one body that are kept.
MOST: Final = 50


def shape(schema: Any, at: Path, references: References, depth: int = 0) -> Json:
    """``{"$ref": "#/…/Order"}``, ``{"type": "array", "items": …}``, ``{"oneOf": […]}`` or ``{"type": …}``."""
    if not isinstance(schema, dict):
        return {}
    if "$ref" in schema:
        return _reference(schema["$ref"], (*at, "$ref"), references)
    for word in SEVERAL:
        if isinstance(inner := schema.get(word), list) and depth < DEEPEST:
            parts = [shape(one, (*at, word, number), references, depth + 1) for number, one in enumerate(inner[:MOST])]
            return {word: parts}
    kind = schema.get("type")
    found: Json = {"type": kind} if isinstance(kind, (str, list)) else {}
    if "items" in schema and depth < DEEPEST:
        return {"type": "array", "items": shape(schema["items"], (*at, "items"), references, depth + 1)}
    return found


def _reference(reference: Any, at: Path, references: References) -> Json:
    """One that leads elsewhere is kept as it is written; it is only said that nobody looked there."""
    if isinstance(reference, str) and not is_inside(reference):
        references.leads_away(reference)
        return {"$ref": reference[:500]}
    return {"$ref": reference} if references.is_had(reference, at) else {}
