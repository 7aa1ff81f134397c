"""The format of an estate document as a JSON Schema (2020-12), so that editors complete and check it.

It knows words and types; what stands on what, and what expressions mean, only planning judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from controlplane.console.estate.format import FORMAT, Field, Left

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
SLUG: Final = "^[-a-zA-Z0-9_]+$"
#: An attribute is named by its entity and its path: ``customer.billing_address.city``.
PLACE: Final = "^[-a-zA-Z0-9_]+([.][^./~ ]+)*$"
#: What entries of a section are called; anything where it says nothing.
NAMES: Final = {"ownership": {"pattern": PLACE}, "normalisations": True}


def schema() -> dict[str, Any]:
    """The schema of a whole document."""
    return {
        "$schema": DIALECT,
        "title": "An estate of Interlock",
        "description": "What there is, in one document: applied by `manage.py estate apply`. See docs/estate.md.",
        "type": "object",
        "properties": {section: _section(section) for section in FORMAT},
        "additionalProperties": False,
        "$defs": {section: _entry(fields, maybe_nothing=True) for section, fields in FORMAT.items()},
    }


def _section(section: str) -> dict[str, Any]:
    return {
        "type": ["object", "null"],
        "propertyNames": NAMES.get(section, {"pattern": SLUG}),
        "additionalProperties": {"$ref": f"#/$defs/{section}"},
    }


def _entry(fields: Mapping[str, Field], *, maybe_nothing: bool = False) -> dict[str, Any]:
    """An entry; one without fields that are needed may stand there with nothing."""
    needed = [name for name, one in fields.items() if one.needed]
    found: dict[str, Any] = {
        "type": ["object", "null"] if maybe_nothing and not needed else "object",
        "properties": {name: _field(one) for name, one in fields.items()},
        "additionalProperties": False,
    }
    return found | ({"required": needed} if needed else {})


def _field(one: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"description": _means(one)}
    if one.is_a:
        found["type"] = one.is_a
    if one.one_of is not None:
        found["enum"] = sorted(one.one_of())
    if one.form:
        found["pattern"] = one.form
    if one.is_a == "array" and one.items is not None:
        found["items"] = _item(one.items)
    if one.is_a == "object" and one.items is not None:
        found["additionalProperties"] = _item(one.items, maybe_nothing=True)
    if one.left_out not in (None, "") and not isinstance(one.left_out, Left):
        found["default"] = one.left_out
    return found


def _item(one: Field, *, maybe_nothing: bool = False) -> dict[str, Any]:
    if one.says:
        return {"description": one.means} | _entry(one.says, maybe_nothing=maybe_nothing)
    return _field(one)


def _means(one: Field) -> str:
    """What a field means, whose name it is, and what is so without it."""
    of = f" (of {one.refers})" if one.refers else ""
    stays = "; left out, it stays as it is" if one.left_out is Left.AS_IT_IS else ""
    return f"{one.means[:1].upper()}{one.means[1:]}{of}{stays}."
