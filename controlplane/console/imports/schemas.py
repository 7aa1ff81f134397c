"""Schemas of bodies as JSON Schema 2020-12, each complete in itself: what it refers to stands in its ``$defs``.

OpenAPI 3.0 and Swagger 2.0 have a dialect of their own (https://spec.openapis.org/oas/v3.0.4.html#schema-object):
``nullable`` becomes the type null, the exclusive limits become numbers, ``example`` becomes ``examples``, what stands
beside a ``$ref`` is ignored, and ``discriminator``, ``xml`` and ``externalDocs`` constrain nothing and are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import jsonschema_rs
import orjson

from controlplane.console.imports.described import Described, Findings, Json
from controlplane.console.imports.reading import Path
from controlplane.console.imports.references import ELSEWHERE, MISSING, References, is_inside, path_of

#: A contract is read by people and checked for each event.
MOST_BYTES: Final = 500_000
MOST_CONTRACTS: Final = 50
DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_NAMED: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
_LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SINGLE: Final = frozenset(
    {
        *("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"),
        *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
    }
)
_ONLY_SAID: Final = frozenset({"discriminator", "xml", "externalDocs"})


class Dialect(Enum):
    """How the schemas of a document are written."""

    SWAGGER_2 = "Swagger 2.0"
    OPENAPI_3_0 = "OpenAPI 3.0"
    JSON_SCHEMA = "JSON Schema"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which schemas become contracts: those of these names, or all that bodies of operations name themselves."""

    names: Collection[str] = ()
    used: bool = False


NONE: Final = Wanted()


def extracted(
    references: References,
    findings: Findings,
    dialect: Dialect,
    home: Path,
    wanted: Wanted,
    operations: Iterable[Sequence[Described]],
) -> dict[str, Json]:
    """The wanted schemas by name; what is wrong with one is told of the place where it stands."""
    names = dict.fromkeys([*wanted.names, *(_used(home, operations) if wanted.used else ())])
    if len(names) > MOST_CONTRACTS:
        findings.wrong(
            f"{len(names)} schemas would become contracts; {MOST_CONTRACTS} at once are made at most. Name some.",
            home,
        )
        return {}
    found = {}
    for name in names:
        schema = _Extraction(references, findings, dialect, home).of(name)
        if schema is not None:
            found[name] = schema
    return found


def _used(home: Path, operations: Iterable[Sequence[Described]]) -> Iterator[str]:
    prefix = "#/" + "/".join(str(part) for part in home) + "/"
    for described in (one for those in operations for one in those):
        for reference in _references_in([described.request, described.responses]):
            if reference.startswith(prefix):
                yield str(path_of(reference)[-1])


def _references_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name == "$ref" and isinstance(inner, str):
                yield inner
            else:
                yield from _references_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references_in(inner)


class _Extraction:
    """One schema with all it refers to, however they refer to each other."""

    def __init__(self, references: References, findings: Findings, dialect: Dialect, home: Path) -> None:
        self._references = references
        self._findings = findings
        self._is_old = dialect is not Dialect.JSON_SCHEMA
        self._home = home
        self._names: dict[Path, str] = {}
        self._waiting: list[Path] = []

    def of(self, name: str) -> Json | None:
        at = (*self._home, name)
        whole = self._references.at(at)
        if not isinstance(whole, (dict, bool)):
            self._findings.wrong(f"There is no schema {name[:80]!r} in this document.", self._home)
            return None
        schema = self._converted(whole, at)
        schema = schema if isinstance(schema, dict) else {"not": {}} if schema is False else {}
        definitions: Json = {}
        size = 0
        while self._waiting:
            place = self._waiting.pop()
            made = definitions[self._names[place]] = self._converted(self._references.at(place), place)
            size += len(orjson.dumps(made))
            if size > MOST_BYTES:
                self._too_large(name)
                return None
        found = {"$schema": DRAFT, **schema}
        if definitions:
            found["$defs"] = {**found.get("$defs", {}), **dict(sorted(definitions.items()))}
        return self._checked(found, name, at)

    def _too_large(self, name: str) -> None:
        self._findings.note(
            f"{name} is no contract: with all that it refers to it is larger than {MOST_BYTES // 1000} kB, "
            "and nobody could agree on that. Write the part that you use."
        )

    def _checked(self, schema: Json, name: str, at: Path) -> Json | None:
        if len(orjson.dumps(schema)) > MOST_BYTES:
            self._too_large(name)
            return None
        try:
            jsonschema_rs.validator_for(schema, offline=True)
        except ValueError as error:
            self._findings.wrong(f"this is no JSON Schema: {str(error).splitlines()[0][:300]}.", at)
            return None
        return schema

    def _converted(self, schema: Any, at: Path) -> Any:
        if not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else {}
        if "$ref" in schema:
            reference = {"$ref": self._local(schema["$ref"], (*at, "$ref"))}
            if self._is_old:
                return reference
            return {**self._keywords({k: v for k, v in schema.items() if k != "$ref"}, at), **reference}
        made = self._keywords(schema, at)
        return _new(made, schema) if self._is_old else made

    def _keywords(self, schema: Json, at: Path) -> Json:
        made: Json = {}
        for word, value in schema.items():
            if word.startswith("x-") or word in _ONLY_SAID:
                continue
            if word in _NAMED and isinstance(value, dict):
                made[word] = {name: self._converted(inner, (*at, word, name)) for name, inner in value.items()}
            elif word in _LISTS and isinstance(value, list):
                made[word] = [self._converted(inner, (*at, word, number)) for number, inner in enumerate(value)]
            elif word in _SINGLE and isinstance(value, (dict, bool)):
                made[word] = self._converted(value, (*at, word))
            else:
                made[word] = value
        return made

    def _local(self, reference: Any, at: Path) -> str:
        if not isinstance(reference, str) or not is_inside(reference):
            self._findings.wrong(ELSEWHERE.format(str(reference)[:200]), at)
            return "#"
        path = path_of(reference)
        if self._references.at(path) is None:
            self._findings.wrong(MISSING.format(reference[:200]), at)
            return "#"
        if path not in self._names:
            self._names[path] = self._name(path)
            self._waiting.append(path)
        return f"#/$defs/{self._names[path]}"

    def _name(self, path: Path) -> str:
        """The last part where it stands among the schemas; all of them where it does not."""
        parts = path[-1:] if path[:-1] == self._home else path
        name = ".".join("".join(c if c.isalnum() or c in "-_." else "_" for c in str(part)) for part in parts)
        taken, number, free = set(self._names.values()), 2, name
        while free in taken:
            free, number = f"{name}-{number}", number + 1
        return free


def _new(made: Json, before: Json) -> Json:
    """What the older dialect says in its own words."""
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        is_exclusive = made.get(exclusive)
        if isinstance(is_exclusive, bool):
            del made[exclusive]
            if is_exclusive and limit in made:
                made[exclusive] = made.pop(limit)
    if "example" in made:
        made["examples"] = [made.pop("example")]
    if made.get("type") == "file":
        del made["type"]
    if isinstance(made.get("required"), bool):
        del made["required"]
    return _nullable(made) if made.pop("nullable", before.get("x-nullable")) is True else made


def _nullable(made: Json) -> Json:
    if isinstance(kind := made.get("type"), str):
        made["type"] = [kind, "null"]
        if isinstance(values := made.get("enum"), list) and None not in values:
            made["enum"] = [*values, None]
        return made
    # By the letter nullable does nothing without a type beside it; everybody who writes it so means what it says.
    return {"anyOf": [made, {"type": "null"}]}
