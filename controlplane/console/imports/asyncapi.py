"""AsyncAPI 2 and 3: one interface whose operations send and receive, seen from the application that is described.

In 2.x ``publish`` is what others may publish and the application receives, ``subscribe`` what it sends: in 3.x they
are called so (https://www.asyncapi.com/docs/migration/migrating-to-v3#operation).
"""

from __future__ import annotations

from collections.abc import Iterator
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

KNOWN: Final = "This imports AsyncAPI 2.x and 3.x"
#: 2.x → 3.x
ACTIONS: Final = {"publish": "receive", "subscribe": "send"}
#: Over these somebody is called; over all others something is subscribed to.
CALLED: Final = frozenset({"http", "https"})
HOME: Final[Path] = ("components", "schemas")
#: Formats of payloads that are JSON Schema.
OURS: Final = ("application/vnd.aai.asyncapi", "application/schema+json", "application/schema+yaml")


def understood(source: Source, wanted: schemas.Wanted = schemas.NONE) -> Document:
    """What the document describes, with the schemas that are ``wanted``; :class:`Refused` says all that is wrong."""
    findings = Findings(source)
    version = _version(findings)
    findings.settle()
    reading = _Reading(findings, is_new=version.startswith("3."))
    door = reading.door()
    dialect = schemas.Dialect.JSON_SCHEMA
    found = schemas.extracted(reading.references, findings, dialect, HOME, wanted, [door.operations])
    findings.settle()
    return Document(f"AsyncAPI {version}", [door], found, findings.notes)


def _version(findings: Findings) -> str:
    whole = findings.source.value
    if not isinstance(whole, dict) or "asyncapi" not in whole:
        hint = " This is an OpenAPI document." if isinstance(whole, dict) and "openapi" in whole else ""
        findings.wrong(f"{KNOWN}; a document says so at its head: asyncapi: 3.0.0.{hint}", ())
        return ""
    version = str(whole["asyncapi"])
    if not version.startswith(("2.", "3.")):
        findings.wrong(f"{KNOWN}, not {version[:40]!r}.", ("asyncapi",))
    return version


class _Reading:
    def __init__(self, findings: Findings, *, is_new: bool) -> None:
        self.findings = findings
        self.references = References(findings)
        self._is_new = is_new

    def door(self) -> Door:
        """The interface."""
        whole = self.findings.source.value
        info = whole.get("info") if isinstance(whole.get("info"), dict) else {}
        title = one_line(info.get("title"), 120)
        if not title:
            self.findings.wrong("info.title is missing: the interface is called by it.", ("info",))
        docs = info.get("externalDocs") or whole.get("externalDocs")
        return Door(
            kind=self._kind(),
            name=title,
            purpose=one_line(info.get("description"), 500),
            version=one_line(info.get("version"), 40),
            documentation=web_address(docs.get("url")) if isinstance(docs, dict) else "",
            operations=list(self._new() if self._is_new else self._old()),
        )

    def _kind(self) -> str:
        servers = self.findings.source.value.get("servers")
        protocols = {one.get("protocol") for one in _objects(servers)}
        return "webhook" if protocols and protocols <= CALLED else "topic"

    def _old(self) -> Iterator[Described]:
        channels = self.findings.source.value.get("channels", {})
        if not isinstance(channels, dict):
            self.findings.wrong("channels holds channels by name.", ("channels",))
            return
        for address, channel in channels.items():
            found = self.references.followed(channel, ("channels", address)) or {}
            for word, action in ACTIONS.items():
                at = ("channels", address, word)
                if isinstance(operation := found.get(word), dict):
                    messages = self._messages_of(operation.get("message"), (*at, "message"))
                    yield self._described(f"{action} {address}", action, address, operation, messages, at)
                elif operation is not None:
                    self.findings.wrong("an operation holds names with values.", at)

    def _messages_of(self, message: Any, at: Path) -> list[tuple[Any, Path]]:
        if isinstance(message, dict) and isinstance(message.get("oneOf"), list):
            return [(one, (*at, "oneOf", number)) for number, one in enumerate(message["oneOf"])]
        return [] if message is None else [(message, at)]

    def _new(self) -> Iterator[Described]:
        operations = self.findings.source.value.get("operations", {})
        if not isinstance(operations, dict):
            self.findings.wrong("operations holds operations by name.", ("operations",))
            return
        if not operations:
            self.findings.note("The document names no operation: an interface without operations.")
        for name, value in operations.items():
            at = ("operations", name)
            operation = self.references.followed(value, at)
            if operation is None:
                continue
            action = operation.get("action")
            if action not in ACTIONS.values():
                self.findings.wrong("action is send or receive.", (*at, "action"))
                continue
            channel = self._channel(operation, at)
            said = channel.get("address")
            address: str = said if isinstance(said, str) and said else name
            messages = self._messages_in(operation, channel, at)
            named = {"operationId": name, **operation}
            yield self._described(f"{action} {name}", str(action), address, named, messages, at)

    def _channel(self, operation: Json, at: Path) -> Json:
        if not isinstance(operation.get("channel"), dict):
            self.findings.wrong("an operation names its channel: channel: {$ref: '#/channels/…'}.", at)
            return {}
        return self.references.followed(operation["channel"], (*at, "channel")) or {}

    def _messages_in(self, operation: Json, channel: Json, at: Path) -> list[tuple[Any, Path]]:
        """Those that the operation names; all of its channel where it names none."""
        named = operation.get("messages")
        if isinstance(named, list):
            return [(one, (*at, "messages", number)) for number, one in enumerate(named)]
        all_of = channel.get("messages")
        return [(one, (*at, "channel")) for one in all_of.values()] if isinstance(all_of, dict) else []

    def _described(
        self, key: str, action: str, address: str, operation: Json, messages: list[tuple[Any, Path]], at: Path
    ) -> Described:
        if len(address) > 500 or len(key) > 520:  # noqa: PLR2004 - what the column holds
            self.findings.wrong("an address has 500 characters at most.", at)
        bodies: Json = {}
        contents = []
        for number, (message, place) in enumerate(messages):
            found = self.references.followed(message, place) or {}
            contents.append(found)
            name = one_line(found.get("name") or found.get("messageId"), 100) or f"message {number + 1}"
            bodies[name] = self._payload(found, place)
        return Described(
            key=key,
            name=one_line(operation.get("operationId"), 200) or one_line(key, 200),
            action=action,
            address=address,
            summary=one_line(operation.get("summary") or operation.get("title") or operation.get("description"), 300),
            deprecated=operation.get("deprecated") is True,
            request=bodies,
            tags=[one_line(tag.get("name"), 100) for tag in _objects(operation.get("tags"))],
            digest=digest([operation, contents]),
        )

    def _payload(self, message: Json, at: Path) -> Json:
        payload, written = message.get("payload"), message.get("schemaFormat", "")
        if isinstance(payload, dict) and "schema" in payload and "schemaFormat" in payload:
            payload, written = payload["schema"], payload["schemaFormat"]
        if isinstance(written, str) and written and not written.startswith(OURS):
            self.findings.note(f"Payloads written as {written[:80]} are not looked into.")
            return {}
        return shape(payload, (*at, "payload"), self.references)


def _objects(value: Any) -> list[Json]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in inner if isinstance(one, dict)]
