"""The parts of an operation's body, checked: what a mapping got wrong is ``Rejected`` with the field's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.errors import Rejected


def only(body: Mapping[str, Any], allowed: Sequence[str], where: str) -> None:
    """Refuse names that nobody would read: a typing error must not lose a value."""
    if unknown := sorted(set(body) - set(allowed)):
        raise wrong(where, f"has {', '.join(unknown)}; it can have {', '.join(allowed)}")


def mapping(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A nested object; empty where it is missing."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise wrong(name, "is not an object")
    return value


def objects(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A list of objects; empty where it is missing."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise wrong(name, "is not a list of objects")
    return value


def text(body: Mapping[str, Any], name: str) -> str | None:
    """A text, trimmed; ``None`` where it is missing, null or empty."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong(name, "is not text")
    return value.strip() or None


def required(body: Mapping[str, Any], name: str) -> str:
    """A text that must be there."""
    value = text(body, name)
    if value is None:
        raise wrong(name, "is missing")
    return value


def flag(body: Mapping[str, Any], name: str) -> bool | None:
    """True, false or ``None`` where it is missing."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise wrong(name, "is neither true nor false")
    return value


def identifier(body: Mapping[str, Any], name: str) -> int:
    """A record's id, as a number or as the text of one."""
    value = body.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise wrong(name, "is not a record's id")


def money(body: Mapping[str, Any], name: str) -> Decimal:
    """An amount: text (``"12.50"``) or a whole number. A float is refused, its cents may be gone already."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise wrong(name, 'is not an amount as text, such as "12.50"')
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise wrong(name, 'is not an amount as text, such as "12.50"') from None
    if not amount.is_finite():
        raise wrong(name, "is not a finite amount")
    return amount


def wrong(name: str, what: str) -> Rejected:
    """The refusal of one field."""
    return Rejected(f"{name!r} in the request {what}", detail="invalid_body")
