"""Small descriptions, and what follows from one becoming another."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

from controlplane.governance.rules.changed import Level

Api: TypeAlias = dict[str, Any]
#: A rule, and how bad it is for those who write requests and for those who read responses.
Found: TypeAlias = tuple[str, Level, Level]

B: Final = Level.BREAKING
R: Final = Level.RISKY
S: Final = Level.SAFE

STRING: Final[Api] = {"type": "string"}
NUMBER: Final[Api] = {"type": "number"}
OK: Final[Api] = {"200": {"description": "done"}}


class Pair(NamedTuple):
    """``found`` is all that is not safe. ``harmless`` are the rules of all that is, where a pair is about that."""

    name: str
    old: Api
    new: Api
    found: list[Found]
    harmless: list[str] | None


def pair(name: str, old: Api, new: Api, *found: Found, harmless: list[str] | None = None) -> Pair:
    """A labelled pair."""
    return Pair(name, old, new, list(found), harmless)


def api(paths: Api | None = None, version: str = "3.0.3", **more: Any) -> Api:
    """A description with these paths."""
    return {"openapi": version, "info": {"title": "Orders", "version": "1"}, "paths": paths or {}, **more}


def op(**more: Any) -> Api:
    """An operation."""
    return {"responses": OK, **more}


def on(operation: Api, method: str = "get", path: str = "/orders", **more: Any) -> Api:
    """A description with one operation."""
    return api({path: {method: operation}}, **more)


def obj(required: list[str] | None = None, **properties: Any) -> Api:
    """An object's schema."""
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def json(schema: Any) -> Api:
    """Content in JSON."""
    return {"application/json": {"schema": schema}}


def ref(name: str, kind: str = "schemas") -> Api:
    """A reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def sent(schema: Any, **more: Any) -> Api:
    """A description of an operation that takes such a body."""
    return on(op(requestBody={"required": True, "content": json(schema)}), "post", **more)


def given(schema: Any, **more: Any) -> Api:
    """A description of an operation that answers so."""
    return on(op(responses={"200": {"description": "done", "content": json(schema)}}), **more)


def query(name: str = "status", schema: Any = None, **more: Any) -> Api:
    """A parameter of the query."""
    return {"name": name, "in": "query", "schema": schema or STRING, **more}


def taking(*parameters: Api, path: str = "/orders", **more: Any) -> Api:
    """A description of an operation with these parameters."""
    return on(op(parameters=list(parameters)), path=path, **more)


def answering(*statuses: str, **more: Any) -> Api:
    """A description of an operation with these responses."""
    return on(op(responses={one: {"description": "so"} for one in statuses}), **more)


def secured(*alternatives: Any, schemes: Api | None = None, **scheme: Any) -> Api:
    """A description of an operation that asks for one of these; ``scheme`` is what ``auth`` is."""
    defined = schemes or {"auth": scheme or {"type": "http", "scheme": "bearer"}}
    return on(op(security=list(alternatives)), components={"securitySchemes": defined})


def hooking(operation: Api, name: str = "paid", **more: Any) -> Api:
    """A description with one webhook."""
    return api(version="3.1.0", webhooks={name: {"post": operation}}, **more)
