"""JSON Schema's dialects, told in the words of 2020-12.

Sources: https://json-schema.org/draft/2020-12, …/draft-07, https://spec.openapis.org/oas/v3.0.4.html#schema-object.
A dialect that is none of these is refused: what it means is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final

from controlplane.contracts.diff.values import same
from controlplane.foundation.errors import Invalid


class Dialect(Enum):
    """How schemas are written."""

    DRAFT_07 = "draft-07"
    DRAFT_2019_09 = "2019-09"
    DRAFT_2020_12 = "2020-12"
    OPENAPI_3_0 = "OpenAPI 3.0"
    OPENAPI_3_1 = "OpenAPI 3.1"

    @property
    def hides_siblings(self) -> bool:
        """Whether what stands beside a ``$ref`` says nothing."""
        return self in {Dialect.DRAFT_07, Dialect.OPENAPI_3_0}


_NAMED: Final = {
    "http://json-schema.org/draft-07/schema": Dialect.DRAFT_07,
    "https://json-schema.org/draft-07/schema": Dialect.DRAFT_07,
    "http://json-schema.org/draft-06/schema": Dialect.DRAFT_07,
    "https://json-schema.org/draft/2019-09/schema": Dialect.DRAFT_2019_09,
    "https://json-schema.org/draft/2020-12/schema": Dialect.DRAFT_2020_12,
    "https://spec.openapis.org/oas/3.1/dialect/base": Dialect.OPENAPI_3_1,
}

ANYTHING: Final[Mapping[str, Any]] = {}
#: Say something about the schema or its place, and refuse nothing.
SAID: Final = frozenset(
    {
        *("$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "$vocabulary"),
        *("title", "description", "examples", "example", "externalDocs", "xml"),
        *("default", "deprecated", "readOnly", "writeOnly", "discriminator", "nullable"),
    }
)
#: Refuse something, and are compared.
JUDGED: Final = frozenset(
    {
        *("type", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType", "contentSchema"),
        *("prefixItems", "items", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains"),
        *("properties", "patternProperties", "additionalProperties", "propertyNames", "required"),
        *("minProperties", "maxProperties", "dependentRequired", "dependentSchemas"),
        *("allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
        *("unevaluatedProperties", "unevaluatedItems", "$ref"),
    }
)
#: Mean the same in every dialect, and hold no schema.
ALONE: Final = frozenset(
    {
        *("type", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "pattern", "format", "title", "description", "default", "deprecated"),
        *("readOnly", "writeOnly", "example", "nullable"),
    }
)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_schema(value: Any) -> bool:
    return isinstance(value, dict | bool)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _is_table_of_lists(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, list) for one in value.values())


def _is_type(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_SHAPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "type": _is_type,
    "dependentRequired": _is_table_of_lists,
    **dict.fromkeys(("$ref", "pattern", "format", "contentEncoding", "contentMediaType"), _is_text),
    **dict.fromkeys(("enum", "required", "prefixItems", "allOf", "anyOf", "oneOf"), _is_list),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), _is_table),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), _is_number),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains"), _is_number),
    **dict.fromkeys(("minProperties", "maxProperties"), _is_number),
    **dict.fromkeys(("items", "contains", "additionalProperties", "propertyNames", "not", "if", "then"), _is_schema),
    **dict.fromkeys(("else", "contentSchema", "unevaluatedProperties", "unevaluatedItems"), _is_schema),
}


def dialect_of(schema: Any, default: Dialect = Dialect.DRAFT_2020_12) -> Dialect:
    """The dialect that a schema names; ``default`` where it names none. :class:`Invalid` for one that is not known."""
    named = schema.get("$schema") if isinstance(schema, Mapping) else None
    if named is None:
        return default
    found = _NAMED.get(named.rstrip("#")) if isinstance(named, str) else None
    if found is None:
        known = ", ".join(sorted({one.value for one in _NAMED.values()}))
        raise Invalid(f"The dialect {str(named)[:80]!r} is not known; these are: {known}.", field="$schema")
    return found


def in_words_of_today(schema: Mapping[str, Any], dialect: Dialect) -> Mapping[str, Any]:
    """The same constraints in the keywords of 2020-12; ``const`` is an ``enum`` of one."""
    words = dict(schema)
    if "const" in words:
        const, listed = words.pop("const"), words.get("enum")
        words["enum"] = [value for value in listed if same(value, const)] if isinstance(listed, list) else [const]
    if dialect is Dialect.OPENAPI_3_0:
        _from_openapi(words)
    if isinstance(words.get("items"), list):
        words["prefixItems"] = words.pop("items")
        if "additionalItems" in words:
            words["items"] = words["additionalItems"]
    if dialect is not Dialect.DRAFT_2020_12:
        words.pop("additionalItems", None)
    if isinstance(words.get("dependencies"), Mapping):
        _split_dependencies(words)
    return _with_malformed_aside(words)


def _with_malformed_aside(words: dict[str, Any]) -> Mapping[str, Any]:
    """What is no value of its keyword means nothing: it goes under a name that nobody knows, and so it is told."""
    wrong = [name for name, value in words.items() if name in _SHAPES and not _SHAPES[name](value)]
    for name in wrong:
        words[f"{name} (malformed)"] = words.pop(name)
    return words


def _from_openapi(words: dict[str, Any]) -> None:
    """``nullable`` is the type null beside a type; the exclusive limits are switches of the others."""
    named = words.get("type")
    if words.get("nullable") is True and isinstance(named, str):
        words["type"] = [named, "null"]
    for switch, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(words.get(switch), bool) and words.pop(switch) and limit in words:
            words[switch] = words.pop(limit)


def _split_dependencies(words: dict[str, Any]) -> None:
    both = words.pop("dependencies")
    names = {name: one for name, one in both.items() if isinstance(one, list)}
    schemas = {name: one for name, one in both.items() if not isinstance(one, list)}
    if names:
        words["dependentRequired"] = names
    if schemas:
        words["dependentSchemas"] = schemas
