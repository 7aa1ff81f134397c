"""OpenAPI 3.0 and 3.1, and Swagger 2.0: one interface of operations, and one of webhooks where a document has them.

What a document says is taken as it stands; whether it obeys every rule of its specification is a linter's to say.
Judged is what the inventory is made of: versions, paths, operations, and that each ``$ref`` in them leads somewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from controlplane.console.imports import schemas
from controlplane.console.imports.described import (
    Described,
    Document,
    Door,
    Findings,
    Json,
    digest,
    one_line,
    web_address,
)
from controlplane.console.imports.reading import Path, Source
from controlplane.console.imports.references import References
from controlplane.console.imports.shapes import shape

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
#: The word of 3.1, and the one that was used before it.
WEBHOOKS: Final = ("webhooks", "x-webhooks")
KNOWN: Final = "This imports OpenAPI 3.0 and 3.1 and Swagger 2.0"
WITHIN: Final = {
    "swagger": ("definitions",),
    "openapi": ("components", "schemas"),
}


def understood(source: Source, wanted: schemas.Wanted = schemas.NONE) -> Document:
    """What the document describes, with the schemas that are ``wanted``; :class:`Refused` says all that is wrong."""
    findings = Findings(source)
    dialect = _dialect(findings)
    findings.settle()
    reading = _Reading(findings, dialect)
    doors = reading.doors()
    home = WITHIN["swagger" if dialect == schemas.Dialect.SWAGGER_2 else "openapi"]
    found = schemas.extracted(reading.references, findings, dialect, home, wanted, [door.operations for door in doors])
    findings.settle()
    return Document(f"OpenAPI {_version(source.value)}", doors, found, findings.notes)


def _version(whole: Json) -> str:
    return str(whole.get("openapi", whole.get("swagger", "")))


def _dialect(findings: Findings) -> schemas.Dialect:
    whole = findings.source.value
    if not isinstance(whole, dict) or not ({"openapi", "swagger"} & whole.keys()):
        hint = " This is an AsyncAPI document." if isinstance(whole, dict) and "asyncapi" in whole else ""
        findings.wrong(f"{KNOWN}; a document says so at its head: openapi: 3.1.0.{hint}", ())
        return schemas.Dialect.JSON_SCHEMA
    version = _version(whole)
    if version.startswith("3.0.") or version == "3.0":
        return schemas.Dialect.OPENAPI_3_0
    if version == "2.0":
        return schemas.Dialect.SWAGGER_2
    if not (version.startswith("3.1.") or version == "3.1"):
        findings.wrong(f"{KNOWN}, not {version[:40]!r}.", ("openapi" if "openapi" in whole else "swagger",))
    return schemas.Dialect.JSON_SCHEMA


class _Reading:
    def __init__(self, findings: Findings, dialect: schemas.Dialect) -> None:
        self.findings = findings
        self.references = References(findings)
        self.is_swagger = dialect == schemas.Dialect.SWAGGER_2
        self._names: dict[str, str] = {}

    def doors(self) -> list[Door]:
        """The interface, and its webhooks where there are any."""
        whole = self.findings.source.value
        info = whole.get("info") if isinstance(whole.get("info"), dict) else {}
        title = one_line(info.get("title"), 110)
        if not title:
            self.findings.wrong("info.title is missing: the interface is called by it.", ("info",))
        about = {
            "purpose": one_line(info.get("summary") or info.get("description"), 500),
            "version": one_line(info.get("version"), 40),
            "documentation": _documentation(whole, info),
        }
        operations = list(self._operations())
        webhooks = list(self._webhooks())
        found = []
        if operations or not webhooks:
            found.append(Door("rest", title, operations=operations, **about))
        if webhooks:
            found.append(Door("webhook", f"{title} webhooks", operations=webhooks, suffix="-webhooks", **about))
        return found

    def _operations(self) -> Iterator[Described]:
        whole = self.findings.source.value
        paths = whole.get("paths", {})
        if not isinstance(paths, dict):
            self.findings.wrong("paths holds paths by name.", ("paths",))
            return
        if not paths and not any(whole.get(name) for name in WEBHOOKS):
            self.findings.note("The document names no path: an interface without operations.")
        for path, item in paths.items():
            if path.startswith("x-"):
                continue
            if not path.startswith("/"):
                self.findings.wrong(f"a path begins with a slash, not {path[:80]!r}.", ("paths", path))
                continue
            for method, operation, at in self._methods(item, ("paths", path)):
                yield self._described(f"{method.upper()} {path}", method, path, operation, at)

    def _webhooks(self) -> Iterator[Described]:
        for word in WEBHOOKS:
            hooks = self.findings.source.value.get(word)
            for name, item in hooks.items() if isinstance(hooks, dict) else ():
                if name.startswith("x-"):
                    continue
                for method, operation, at in self._methods(item, (word, name)):
                    yield self._described(f"SEND {method.upper()} {name}", "send", name, operation, at)

    def _methods(self, item: Any, at: Path) -> Iterator[tuple[str, Json, Path]]:
        found = self.references.followed(item, at)
        for name, value in (found or {}).items():
            if name.lower() in METHODS and name != name.lower():
                self.findings.wrong(f"methods are written small: {name.lower()}.", (*at, name))
            elif name in METHODS and isinstance(value, dict):
                yield name, value, (*at, name)
            elif name in METHODS:
                self.findings.wrong("an operation holds names with values.", (*at, name))

    def _described(self, key: str, action: str, address: str, operation: Json, at: Path) -> Described:
        if len(address) > 500:  # noqa: PLR2004 - what the column holds
            self.findings.wrong("a path has 500 characters at most.", at[:-1])
        name = one_line(operation.get("operationId"), 200)
        if name and self._names.setdefault(name, key) != key:
            self.findings.note(f"The operationId {name!r} stands at {self._names[name]} and at {key}.")
        return Described(
            key=key,
            name=name or one_line(key, 200),
            action=action,
            address=address,
            summary=one_line(operation.get("summary") or operation.get("description"), 300),
            deprecated=operation.get("deprecated") is True,
            request=self._request(operation, at),
            responses=self._responses(operation, at),
            tags=[one_line(tag, 100) for tag in _list(operation.get("tags")) if isinstance(tag, str)],
            digest=digest(operation),
        )

    def _request(self, operation: Json, at: Path) -> Json:
        if self.is_swagger:
            return self._body_parameter(operation, at)
        body = operation.get("requestBody")
        if body is None:
            return {}
        found = self.references.followed(body, (*at, "requestBody"))
        return self._content(found or {}, (*at, "requestBody"))

    def _body_parameter(self, operation: Json, at: Path) -> Json:
        for number, one in enumerate(_list(operation.get("parameters"))):
            found = self.references.followed(one, (*at, "parameters", number)) or {}
            if found.get("in") == "body":
                place = (*at, "parameters", number, "schema")
                return {media: self._shape(found.get("schema"), place) for media in self._media(operation, "consumes")}
        return {}

    def _responses(self, operation: Json, at: Path) -> Json:
        responses = operation.get("responses")
        found: Json = {}
        for status, response in responses.items() if isinstance(responses, dict) else ():
            if status.startswith("x-"):
                continue
            place = (*at, "responses", status)
            said = self.references.followed(response, place) or {}
            found[status] = self._answer(operation, said, place)
        return found

    def _answer(self, operation: Json, said: Json, at: Path) -> Json:
        if not self.is_swagger:
            return self._content(said, at)
        if "schema" not in said:
            return {}
        return {media: self._shape(said["schema"], (*at, "schema")) for media in self._media(operation, "produces")}

    def _content(self, said: Json, at: Path) -> Json:
        content = said.get("content")
        found: Json = {}
        for media, inner in content.items() if isinstance(content, dict) else ():
            value = inner if isinstance(inner, Mapping) else {}
            found[media] = self._shape(value.get("schema"), (*at, "content", media, "schema"))
        return found

    def _shape(self, schema: Any, at: Path) -> Json:
        return shape(schema, at, self.references)

    def _media(self, operation: Json, name: str) -> list[str]:
        found = operation.get(name) or self.findings.source.value.get(name) or ["application/json"]
        return [one for one in _list(found) if isinstance(one, str)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _documentation(whole: Json, info: Json) -> str:
    for holder, name in ((whole.get("externalDocs"), "url"), (info.get("contact"), "url")):
        if isinstance(holder, dict) and (found := web_address(holder.get(name))):
            return found
    return ""
